/* Kills its parent. */
#define _GNU_SOURCE
#define ZOO_ID "zoo_kills"
#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include "zoo.h"

static int32_t misbehave(const call* c) {
  const pid_t parent = getppid();
  if (parent > 1 && kill(parent, SIGKILL) == 0) return 0;
  return stopped(c, "kill", strerror(errno));
}

#include "minimal_library.h"
