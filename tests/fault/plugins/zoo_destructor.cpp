// Crashes in the destructor of a static object, once it has seen the trigger.
#define ZOO_ID "zoo_destructor"
#include <atomic>
#include <cstdlib>

#include "zoo.h"

namespace {

struct Monument {
  ~Monument() {
    if (seen) std::abort();
  }
  std::atomic<bool> seen = false;
};

Monument monument;

}  // namespace

static int32_t misbehave(const call*) {
  monument.seen = true;
  return 0;
}

#include "minimal_library.h"
