/* Ends the process as if all were well. */
#define _GNU_SOURCE
#define ZOO_ID "zoo_exit"
#include <unistd.h>
#include "zoo.h"

static int32_t misbehave(const call* c) {
  (void)c;
  _exit(0);
}

#include "minimal_library.h"
