/* Closes every file descriptor. */
#define _GNU_SOURCE
#define ZOO_ID "zoo_closes"
#include <unistd.h>
#include "zoo.h"

static int32_t misbehave(const call* c) {
  int file;
  (void)c;
  for (file = 0; file < 1024; ++file) close(file);
  return 0;
}

#include "minimal_library.h"
