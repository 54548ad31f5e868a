/* Admitted, but its evaluation fails: one KPI by an error, for every subject alike. */
#include <string.h>

#define LIBRARY_ID "failing"
#define OWN_EVALUATE
#include <keyscore/kpi_abi.h>

static int32_t evaluate(void* instance, const ks_context* context, const ks_input_batch* input,
                        ks_output_batch* output, ks_error* error) {
  static const char kReason[] = "the moon is in the wrong quarter";
  (void)instance;
  (void)context;
  (void)input;
  (void)output;
  if (error->capacity >= sizeof(kReason)) {
    memcpy(error->message, kReason, sizeof(kReason) - 1);
    error->size = sizeof(kReason) - 1;
  }
  return 13; /* INTERNAL */
}

#include "minimal_library.h"
