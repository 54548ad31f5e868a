/* Overwrites what lies before its inputs, word by word as far as it gets. */
#define ZOO_ID "zoo_scribbles"
#include "zoo.h"

static int32_t misbehave(const call* c) {
  volatile uint64_t* word = (volatile uint64_t*)c->input->columns[0].values;
  uint64_t i;
  for (i = 0; i < (1ULL << 32); ++i) *--word = 0xfefefefefefefefeULL;
  return 0;
}

#include "minimal_library.h"
