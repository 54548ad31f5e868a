/* Returns more rows than it was asked about, and says so. */
#define ZOO_ID "zoo_wrong_length"
#include "zoo.h"

static int32_t misbehave(const call* c) {
  const uint64_t row = c->output->row_count;
  c->output->state[row] = KS_STATE_VALUE;
  c->output->value[row] = 1;
  c->output->row_count = row + 1;
  return 0;
}

#include "minimal_library.h"
