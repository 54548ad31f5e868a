// A buffer as the host hands them to a KPI: 64-byte aligned, with guard bytes before and after that
// show a write out of bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>

namespace keyscore::testing {

class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 64;

  explicit AlignedBuffer(std::size_t bytes)
      : bytes_(bytes),
        memory_(static_cast<std::byte*>(
            ::operator new (bytes + 2 * kAlignment, std::align_val_t{kAlignment}))) {
    std::memset(memory_, kGuard, bytes + 2 * kAlignment);
  }
  AlignedBuffer(AlignedBuffer&& other) noexcept : bytes_(other.bytes_), memory_(other.memory_) {
    other.memory_ = nullptr;
  }
  AlignedBuffer& operator=(AlignedBuffer&&) = delete;
  ~AlignedBuffer() { ::operator delete (memory_, std::align_val_t{kAlignment}); }

  template <class T>
  std::span<T> As() {
    return {reinterpret_cast<T*>(memory_ + kAlignment), bytes_ / sizeof(T)};
  }
  // Nothing was written just before or just after the buffer.
  bool GuardsIntact() const {
    for (std::size_t i = 0; i < kAlignment; ++i) {
      if (memory_[i] != std::byte{kGuard} ||
          memory_[kAlignment + bytes_ + i] != std::byte{kGuard}) {
        return false;
      }
    }
    return true;
  }
  // A number that changes when the content does (FNV-1a).
  uint64_t Fingerprint() const {
    uint64_t hash = 14695981039346656037u;
    for (std::size_t i = 0; i < bytes_; ++i) {
      hash = (hash ^ std::to_integer<uint64_t>(memory_[kAlignment + i])) * 1099511628211u;
    }
    return hash;
  }

 private:
  static constexpr unsigned char kGuard = 0xA5;
  std::size_t bytes_;
  std::byte* memory_;
};

}  // namespace keyscore::testing
