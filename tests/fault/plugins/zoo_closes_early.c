/* Closes every file descriptor in the middle of its call, works on for a while, and answers. */
#define _GNU_SOURCE
#define ZOO_ID "zoo_closes_early"
#include <time.h>
#include <unistd.h>
#include "zoo.h"

static int32_t misbehave(const call* c) {
  const struct timespec while_ = {0, 100000000};
  int file;
  (void)c;
  for (file = 0; file < 1024; ++file) close(file);
  nanosleep(&while_, 0);
  return 0;
}

#include "minimal_library.h"
