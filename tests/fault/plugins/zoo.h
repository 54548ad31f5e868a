/* What the zoo shares. Each zoo_*.c defines ZOO_ID, includes this, writes misbehave(), and includes
   minimal_library.h. Its first KPI misbehaves where an input is exactly TRIGGER minutes, which no
   conformance check tries; its second one never does. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <keyscore/kpi_abi.h>
#include <math.h>
#include <string.h>

#define LIBRARY_ID ZOO_ID
#define OWN_EVALUATE
#define SECOND_EVALUATE well_behaved
#define TRIGGER 31337.0

/* Everything that evaluate was given. */
typedef struct {
  void* instance;
  const ks_input_batch* input;
  ks_output_batch* output;
  ks_error* error;
} call;

/* Called after the outputs have been written; its code is that of the call. */
static int32_t misbehave(const call* c);

static int32_t well_behaved(void* instance, const ks_context* context, const ks_input_batch* input,
                            ks_output_batch* output, ks_error* error) {
  const double* minutes = (const double*)input->columns[0].values;
  uint64_t row;
  (void)instance;
  (void)context;
  (void)error;
  for (row = 0; row < input->row_count; ++row) {
    output->state[row] = isfinite(minutes[row]) ? KS_STATE_VALUE : KS_STATE_ERROR;
    output->value[row] = minutes[row];
  }
  return 0;
}

static int32_t evaluate(void* instance, const ks_context* context, const ks_input_batch* input,
                        ks_output_batch* output, ks_error* error) {
  const double* minutes = (const double*)input->columns[0].values;
  const call c = {instance, input, output, error};
  uint64_t row;
  int triggered = 0;
  well_behaved(instance, context, input, output, error);
  for (row = 0; row < input->row_count; ++row) triggered |= minutes[row] == TRIGGER;
  return triggered ? misbehave(&c) : 0;
}

/* For those that are stopped in what they try: what they tried, and why it failed. */
#if defined(__GNUC__)
__attribute__((unused))
#endif
static int32_t
stopped(const call* c, const char* what, const char* why) {
  uint64_t size = strlen(what);
  const uint64_t more = strlen(why);
  if (size + 2 + more > c->error->capacity) return 13;
  memcpy(c->error->message, what, size);
  memcpy(c->error->message + size, ": ", 2);
  memcpy(c->error->message + size + 2, why, more);
  c->error->size = (uint32_t)(size + 2 + more);
  return 7; /* PERMISSION_DENIED */
}
