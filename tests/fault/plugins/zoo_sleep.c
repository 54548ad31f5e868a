/* Never wakes up. */
#define _GNU_SOURCE
#define ZOO_ID "zoo_sleep"
#include <time.h>
#include "zoo.h"

static int32_t misbehave(const call* c) {
  const struct timespec hour = {3600, 0};
  (void)c;
  while (nanosleep(&hour, 0) == 0) {
  }
  return 0;
}

#include "minimal_library.h"
