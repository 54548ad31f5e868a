/* Reads through a null pointer, and weighs in the total. */
#define ZOO_ID "zoo_weighted"
#define DEFAULT_WEIGHT 1
#include "zoo.h"

static int32_t misbehave(const call* c) {
  const double* volatile nowhere = 0;
  c->output->value[0] = *nowhere;
  return 0;
}

#include "minimal_library.h"
