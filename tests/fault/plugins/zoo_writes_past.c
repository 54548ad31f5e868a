/* Writes on behind the end of each array of results. */
#define ZOO_ID "zoo_writes_past"
#include "zoo.h"

static int32_t misbehave(const call* c) {
  const uint64_t end = c->output->row_count;
  uint64_t i;
  for (i = end; i < end + 16; ++i) {
    c->output->high[i] = 1;
    c->output->low[i] = 1;
    c->output->weight[i] = 1;
    c->output->sample_size[i] = 1;
    c->output->value[i] = 1;
    c->output->state[i] = KS_STATE_VALUE;
  }
  return 0;
}

#include "minimal_library.h"
