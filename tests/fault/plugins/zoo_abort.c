/* Aborts. */
#define ZOO_ID "zoo_abort"
#include <stdlib.h>
#include "zoo.h"

static int32_t misbehave(const call* c) {
  (void)c;
  abort();
}

#include "minimal_library.h"
