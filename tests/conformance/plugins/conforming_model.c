/* Nothing is wrong with it. It fits a model, so it needs ABI 1.1. */
#define LIBRARY_ID "conforming_model"
#define ABI_MINOR 1
#define OWN_FIT
#include "conforming.h"

static int32_t fit(void* instance, const ks_context* context, const ks_input_batch* population,
                   double* fitted, uint32_t count, ks_error* error) {
  const int64_t* calls = (const int64_t*)population->columns->values;
  double sum = 0;
  uint64_t row;
  (void)instance;
  (void)count;
  if (population->row_count < 2) return refuse(error, 9, "fewer than 2 accounts");
  for (row = 0; row < population->row_count; ++row) {
    if (row % 4096 == 0 && context->cancelled(context->cancel_context)) {
      return refuse(error, 1, "cancelled");
    }
    sum += (double)calls[row];
  }
  fitted[0] = sum / (double)population->row_count;
  return 0;
}
