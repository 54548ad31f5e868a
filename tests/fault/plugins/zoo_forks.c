/* A fork bomb, with a fuse: at most 64 processes, gone by themselves after a minute, lest it takes
   the machine where nothing stops it. */
#define _GNU_SOURCE
#define ZOO_ID "zoo_forks"
#include <errno.h>
#include <unistd.h>
#include "zoo.h"

static int32_t misbehave(const call* c) {
  int i;
  int forked = 0;
  const pid_t first = getpid();
  for (i = 0; i < 6; ++i) forked |= fork() >= 0;
  if (!forked) return stopped(c, "fork", strerror(errno));
  if (getpid() == first) return 0;
  alarm(60);
  while (pause() < 0) {
  }
  return 0;
}

#include "minimal_library.h"
