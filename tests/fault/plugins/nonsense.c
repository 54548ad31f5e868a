/* Admitted, but what it returns is no value: NaN, a state that doesn't exist, a negative weight. */
#define LIBRARY_ID "nonsense"
#define OWN_EVALUATE
#include <keyscore/kpi_abi.h>

static int32_t evaluate(void* instance, const ks_context* context, const ks_input_batch* input,
                        ks_output_batch* output, ks_error* error) {
  uint64_t row;
  (void)instance;
  (void)context;
  (void)error;
  for (row = 0; row < input->row_count; ++row) {
    output->state[row] = row % 2 == 0 ? KS_STATE_VALUE : 200;
    output->value[row] = __builtin_nan("");
    output->weight[row] = -1;
    output->sample_size[row] = -5;
  }
  return 0;
}

#include "minimal_library.h"
