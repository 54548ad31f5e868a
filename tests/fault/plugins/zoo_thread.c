/* Leaves a thread running that takes a whole processor. */
#define _GNU_SOURCE
#define ZOO_ID "zoo_thread"
#include <pthread.h>
#include "zoo.h"

static void* spin(void* argument) {
  volatile uint64_t turns = 0;
  (void)argument;
  while (turns != UINT64_MAX) ++turns;
  return 0;
}

static int32_t misbehave(const call* c) {
  pthread_t thread;
  const int error = pthread_create(&thread, 0, spin, 0);
  return error == 0 ? 0 : stopped(c, "pthread_create", strerror(error));
}

#include "minimal_library.h"
