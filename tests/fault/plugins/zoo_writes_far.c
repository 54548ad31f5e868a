/* Writes where nothing is. */
#define ZOO_ID "zoo_writes_far"
#include "zoo.h"

static int32_t misbehave(const call* c) {
  volatile double* value = c->output->value;
  value[1ULL << 32] = 1;
  return 0;
}

#include "minimal_library.h"
