/* Its model divides by the accounts, however many there are. */
#define LIBRARY_ID "fits_nan"
#define ABI_MINOR 1
#define OWN_FIT
#include "conforming.h"

static int32_t fit(void* instance, const ks_context* context, const ks_input_batch* population,
                   double* fitted, uint32_t count, ks_error* error) {
  const int64_t* calls = (const int64_t*)population->columns->values;
  double sum = 0;
  uint64_t row;
  (void)instance;
  (void)context;
  (void)count;
  (void)error;
  for (row = 0; row < population->row_count; ++row) sum += (double)calls[row];
  fitted[0] = sum / (double)population->row_count;
  return 0;
}
