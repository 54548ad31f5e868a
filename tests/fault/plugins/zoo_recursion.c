/* Calls itself until the stack is used up. */
#define ZOO_ID "zoo_recursion"
#include "zoo.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Winfinite-recursion"
#endif

static int (*volatile deeper)(int depth);

static int descend(int depth) {
  volatile char frame[4096];
  frame[depth & 4095] = (char)depth;
  return deeper(depth + 1) + frame[depth & 4095];
}

static int32_t misbehave(const call* c) {
  deeper = descend;
  c->output->value[0] = descend(0);
  return 0;
}

#include "minimal_library.h"
