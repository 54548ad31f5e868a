// The worker's view of the block that it shares with the server.
#pragma once

#include <cstddef>
#include <utility>

#include "kpis/isolation/protocol.h"

namespace keyscore::kpis {

class SharedBlock {
 public:
  SharedBlock() = default;
  ~SharedBlock();
  SharedBlock(SharedBlock&& other) noexcept
      : at_(std::exchange(other.at_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  SharedBlock& operator=(SharedBlock&& other) noexcept {
    std::swap(at_, other.at_);
    std::swap(size_, other.size_);
    return *this;
  }

  // Maps the descriptor and closes it. Empty where that fails.
  static SharedBlock Map(int descriptor);

  explicit operator bool() const { return at_ != nullptr; }
  CallBlock* header() const { return reinterpret_cast<CallBlock*>(at_); }
  std::byte* bytes() const { return at_; }
  size_t size() const { return size_; }

 private:
  std::byte* at_ = nullptr;
  size_t size_ = 0;
};

}  // namespace keyscore::kpis
