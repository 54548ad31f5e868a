/* Reads through a null pointer. */
#define ZOO_ID "zoo_segfault"
#include "zoo.h"

static int32_t misbehave(const call* c) {
  const double* volatile nowhere = 0;
  c->output->value[0] = *nowhere;
  return 0;
}

#include "minimal_library.h"
