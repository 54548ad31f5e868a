/* Never stops computing. */
#define ZOO_ID "zoo_loop"
#include "zoo.h"

static int32_t misbehave(const call* c) {
  volatile uint64_t turns = 0;
  (void)c;
  while (turns != UINT64_MAX) ++turns;
  return 0;
}

#include "minimal_library.h"
