// Says, from inside a dying child, which of the checker's buffers was touched where it must not be.
#pragma once

#include <cstddef>

namespace keyscore::kpis::conformance {

// What a watched stretch of memory is to the buffer that it belongs to.
enum class Edge { kBefore, kAfter, kReadOnly };

// From now on a fault in a watched region writes one line, "G" and a sentence, to `pipe` before the
// process dies of its signal. For the child alone, before it runs foreign code.
void InstallCrashReport(int pipe);

// A region that is watched while the object lives. `name` is copied ("the output column 'value'").
class WatchedRegion {
 public:
  WatchedRegion(const void* begin, size_t bytes, Edge edge, const char* name);
  ~WatchedRegion();
  WatchedRegion(const WatchedRegion&) = delete;
  WatchedRegion& operator=(const WatchedRegion&) = delete;

 private:
  size_t slot_;
};

}  // namespace keyscore::kpis::conformance
