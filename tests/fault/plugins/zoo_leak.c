/* Leaks a hundred megabytes a call. */
#define ZOO_ID "zoo_leak"
#include <stdlib.h>
#include "zoo.h"

static int32_t misbehave(const call* c) {
  const uint64_t size = 100ULL << 20;
  volatile char* memory = (volatile char*)malloc(size);
  uint64_t at;
  (void)c;
  for (at = 0; at < size; at += 4096) memory[at] = 1;
  return 0;
}

#include "minimal_library.h"
