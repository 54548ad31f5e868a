/* Fills its results with what is no number. */
#define ZOO_ID "zoo_nan"
#include "zoo.h"

static int32_t misbehave(const call* c) {
  uint64_t i;
  for (i = 0; i < c->output->row_count; ++i) {
    c->output->state[i] = KS_STATE_VALUE;
    c->output->value[i] = NAN;
    c->output->weight[i] = NAN;
    c->output->low[i] = INFINITY;
    c->output->high[i] = -INFINITY;
    c->output->sample_size[i] = INT64_MIN;
  }
  return 0;
}

#include "minimal_library.h"
