/* Crashes as it is loaded. */
#define ZOO_ID "zoo_constructor"
#include "zoo.h"

__attribute__((constructor)) static void begin(void) {
  const double* volatile nowhere = 0;
  volatile double value = *nowhere;
  (void)value;
}

static int32_t misbehave(const call* c) {
  (void)c;
  return 0;
}

#include "minimal_library.h"
