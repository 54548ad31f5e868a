/* A KPI in plain C11, straight on the C ABI: what share of the money billed was credited again.
   Credits are invoice lines with a negative amount, so disputes and wrong invoices show here. */
#include <keyscore/kpi_abi.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }

enum {
  kOk = 0,
  kCancelled = 1,
  kInvalidArgument = 3,
  kResourceExhausted = 8
}; /* google.rpc.Code */

static const double kMaxMinimum = 1e9;

/* An instance: its one setting. */
struct credit_share {
  double minimum_billed;
};

/* Hands the host a code and, as far as it fits, the reason. */
static int32_t fail(ks_error* error, int32_t code, const char* reason) {
  if (error != NULL && error->struct_size >= sizeof *error && error->message != NULL) {
    const size_t size = strlen(reason);
    error->size = (uint32_t)(size < error->capacity ? size : error->capacity);
    memcpy(error->message, reason, error->size);
  }
  return code;
}

static int32_t create(const ks_host* host, const ks_config_value* values, uint32_t count,
                      uint32_t stride, void** instance, ks_error* error) {
  struct credit_share* self;
  (void)host;
  (void)stride; /* one element only */
  if (instance == NULL) return fail(error, kInvalidArgument, "create: no place for the instance");
  *instance = NULL;
  if (count != 1 || values == NULL || values->struct_size < sizeof(ks_config_value) ||
      values->name.size != sizeof "minimum_billed" - 1 ||
      memcmp(values->name.data, "minimum_billed", values->name.size) != 0) {
    return fail(error, kInvalidArgument,
                "billing.credit_share: expected the setting minimum_billed");
  }
  if (!(values->value >= 0 && values->value <= kMaxMinimum)) {
    return fail(error, kInvalidArgument,
                "billing.credit_share: minimum_billed must lie between 0 and 1e9");
  }
  self = malloc(sizeof *self);
  if (self == NULL) return fail(error, kResourceExhausted, "out of memory");
  self->minimum_billed = values->value;
  *instance = self;
  return kOk;
}

static void destroy(void* instance) { free(instance); }

/* Column `index` of the batch; the stride may be longer than this header knows. */
static const ks_column* column_at(const ks_input_batch* input, uint32_t index) {
  return (const ks_column*)((const char*)input->columns + index * input->column_stride);
}

static int is_valid(const ks_column* column, uint64_t row) {
  return column->validity == NULL || ((column->validity[row / 8] >> (row % 8)) & 1) != 0;
}

static int32_t evaluate(void* instance, const ks_context* context, const ks_input_batch* input,
                        ks_output_batch* output, ks_error* error) {
  const struct credit_share* self = instance;
  const ks_column *billed, *credited, *lines;
  uint64_t row;
  if (self == NULL || context == NULL || input == NULL || output == NULL ||
      input->column_count != 3 || input->column_stride < sizeof(ks_column) ||
      output->row_count != input->row_count) {
    return fail(error, kInvalidArgument, "billing.credit_share: not the inputs that it declares");
  }
  billed = column_at(input, 0);
  credited = column_at(input, 1);
  lines = column_at(input, 2);
  for (row = 0; row < input->row_count; ++row) {
    double plus, minus;
    if (row % 4096 == 0 && context->cancelled != NULL &&
        context->cancelled(context->cancel_context) != 0) {
      return fail(error, kCancelled, "billing.credit_share: cancelled");
    }
    /* The host has preset every row to NO_DATA; that is left where there is nothing to say. */
    if (!is_valid(billed, row) || !is_valid(credited, row) || !is_valid(lines, row)) continue;
    plus = ((const double*)billed->values)[row];
    minus = ((const double*)credited->values)[row];
    if (!isfinite(plus) || !isfinite(minus) || !isfinite(100 * minus / (plus > 0 ? plus : 1)) ||
        ((const int64_t*)lines->values)[row] < 0) {
      output->state[row] = KS_STATE_ERROR;
      continue;
    }
    if (!(plus > 0) || plus < self->minimum_billed) continue;
    output->state[row] = KS_STATE_VALUE;
    output->value[row] = 100 * minus / plus;
    output->sample_size[row] = ((const int64_t*)lines->values)[row];
  }
  return kOk;
}

#define INVOICE_LINES(input_name, kind, expression, condition, words, measured_in)        \
  {                                                                                       \
    .struct_size = sizeof(ks_measure), .aggregate = kind, .window = KS_WINDOW_PERIOD,     \
    .name = TEXT(input_name), .dataset = TEXT("invoice_line"), .value = TEXT(expression), \
    .filter = TEXT(condition), .title = TEXT(words), .unit = TEXT(measured_in)            \
  }

static const ks_measure inputs[] = {
    INVOICE_LINES("billed", KS_SUM, "amount", "amount > 0", "billed", "currency"),
    INVOICE_LINES("credited", KS_SUM, "-amount", "amount < 0", "credited", "currency"),
    INVOICE_LINES("lines", KS_COUNT, "", "", "invoice lines", "")};

static const ks_curve_point curve[] = {{0, 100}, {2, 70}, {10, 0}};

static const ks_str actions[] = {TEXT("Go through the last credit notes with billing."),
                                 TEXT("Agree prices and quantities with the account in writing.")};

static const ks_config_field settings[] = {
    {.struct_size = sizeof(ks_config_field),
     .name = TEXT("minimum_billed"),
     .description = TEXT("billed less than this, a subject has no figure"),
     .default_value = 0,
     .minimum = 0,
     .maximum = 1e9}};

static const ks_kpi kpis[] = {
    {.struct_size = sizeof(ks_kpi),
     .pillar = KS_PILLAR_REVENUE,
     .direction = KS_LOWER_IS_BETTER,
     .timing = KS_LAGGING,
     .controllability = KS_CONTROL_SHARED,
     .rollup = KS_ROLLUP_POOLED,
     .cadence_days = 31,
     .capabilities = KS_CAP_DETERMINISTIC | KS_CAP_ROW_INDEPENDENT | KS_CAP_REENTRANT,
     .id = TEXT("billing.credit_share"),
     .version = TEXT("1.0.0"),
     .title = TEXT("Credit share"),
     .description = TEXT("Of the money billed, how much was credited again."),
     .formula = TEXT("credited / billed in the period"),
     .unit = TEXT("%"),
     .inputs = inputs,
     .input_count = sizeof inputs / sizeof inputs[0],
     .input_stride = sizeof inputs[0],
     .curve = curve,
     .curve_count = sizeof curve / sizeof curve[0],
     .actions = actions,
     .action_count = sizeof actions / sizeof actions[0],
     .default_target = 2,
     .target_source = TEXT("An example; look at your own last year."),
     .config = settings,
     .config_count = sizeof settings / sizeof settings[0],
     .config_stride = sizeof settings[0],
     .create = create,
     .destroy = destroy,
     .evaluate = evaluate}};

static const ks_library library = {.struct_size = sizeof(ks_library),
                                   .abi_major = KS_ABI_MAJOR,
                                   .abi_minor = 0, /* nothing here needs more */
                                   .id = TEXT("billing"),
                                   .version = TEXT("1.0.0"),
                                   .vendor = TEXT("Keyscore's examples"),
                                   .description = TEXT("Whether invoices are right the first time"),
                                   .kpis = kpis,
                                   .kpi_count = sizeof kpis / sizeof kpis[0],
                                   .kpi_stride = sizeof kpis[0],
                                   .dataset_stride = sizeof(ks_dataset)};

const ks_library* keyscore_kpi_library(const ks_host* host) {
  (void)host;
  return &library;
}
