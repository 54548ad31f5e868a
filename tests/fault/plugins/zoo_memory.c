/* Takes ten gigabytes and writes to every page of them. */
#define ZOO_ID "zoo_memory"
#include <stdlib.h>
#include "zoo.h"

static int32_t misbehave(const call* c) {
  const uint64_t size = 10ULL << 30;
  volatile char* memory = (volatile char*)malloc(size);
  uint64_t at;
  /* Without looking whether it got them, as such code does. */
  for (at = 0; at < size; at += 4096) memory[at] = 1;
  c->output->value[0] = memory[0];
  return 0;
}

#include "minimal_library.h"
