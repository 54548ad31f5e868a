/* Gives itself more of everything. */
#define _GNU_SOURCE
#define ZOO_ID "zoo_limits"
#include <errno.h>
#include <sys/resource.h>
#include "zoo.h"

static int32_t misbehave(const call* c) {
  static const int kLimits[] = {RLIMIT_AS, RLIMIT_CPU, RLIMIT_NOFILE, RLIMIT_FSIZE};
  const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
  const struct rlimit many = {1 << 16, 1 << 16};
  int raised = 0;
  unsigned i;
  for (i = 0; i < sizeof(kLimits) / sizeof(kLimits[0]); ++i) {
    const struct rlimit* const wish = kLimits[i] == RLIMIT_NOFILE ? &many : &none;
    raised |= setrlimit(kLimits[i], wish) == 0;
  }
  return raised ? 0 : stopped(c, "setrlimit", strerror(errno));
}

#include "minimal_library.h"
