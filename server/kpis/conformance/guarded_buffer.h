// Memory for one buffer of a call, laid out so that a stray access shows, or doesn't matter.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "kpis/conformance/crash_report.h"

namespace keyscore::kpis::conformance {

enum class Placement {
  kRoomy,       // writable slack on both sides: what is written there does no harm
  kFlushEnd,    // ends at a page that can't be touched
  kFlushStart,  // begins right after such a page
};

class GuardedBuffer {
 public:
  // `bytes` of zeroed memory aligned to 64 bytes (`alignment` where that is less: structs). `name`
  // is for people: "the output column 'value'".
  GuardedBuffer(size_t bytes, Placement placement, std::string name, size_t alignment = 64);
  ~GuardedBuffer();
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;

  template <class T>
  T* As() {
    return reinterpret_cast<T*>(begin_);
  }
  std::byte* begin() { return begin_; }

  // From now on a write faults.
  void MakeReadOnly();

  // What was written between the buffer and the page's edge, where alignment left a gap. Never in a
  // roomy buffer, which may be written around.
  std::optional<std::string> Damage() const;

 private:
  const size_t bytes_;
  const Placement placement_;
  const std::string name_;
  std::byte* mapping_;
  size_t mapping_bytes_;
  std::byte* inner_;  // what lies between the guard pages
  size_t inner_bytes_;
  std::byte* begin_;
  std::optional<WatchedRegion> before_;
  std::optional<WatchedRegion> after_;
  std::optional<WatchedRegion> read_only_;
};

}  // namespace keyscore::kpis::conformance
