/* A KPI library in plain C that conforms to every rule. Each file of this folder defines what is
   wrong about it, in one of the places below, and then includes this; conforming.c and
   conforming_model.c define nothing wrong. One KPI: `scale` times the quality of the best call,
   plus the minutes of the longest, plus the number of calls. */
#include <keyscore/kpi_abi.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }

#ifndef LIBRARY_ID
#error "define LIBRARY_ID, the file's name without its ending"
#endif
#ifndef ABI_MAJOR
#define ABI_MAJOR KS_ABI_MAJOR
#endif
#ifndef ABI_MINOR
#define ABI_MINOR 0 /* nothing here needs more */
#endif
#ifndef KPI_TITLE
#define KPI_TITLE "Calls"
#endif
#ifndef KPI_VERSION
#define KPI_VERSION "1.0.0"
#endif
#ifndef ROLLUP
#define ROLLUP KS_ROLLUP_POOLED
#endif
#ifndef CAPABILITIES
#define CAPABILITIES (KS_CAP_DETERMINISTIC | KS_CAP_ROW_INDEPENDENT | KS_CAP_REENTRANT)
#endif
#ifndef QUALITY_AGGREGATE
#define QUALITY_AGGREGATE KS_MAX
#endif
#ifndef QUALITY_VALUE
#define QUALITY_VALUE "quality"
#endif
#ifndef QUALITY_DATASET
#define QUALITY_DATASET "interaction"
#endif
#ifndef CURVE
#define CURVE \
  {0, 0}, { 100, 100 }
#endif
/* Statements: when a call begins; for each row, after its result; when the library is described. */
#ifndef AT_BEGIN
#define AT_BEGIN
#endif
#ifndef AT_ROW
#define AT_ROW
#endif
#ifndef AT_ENTRY
#define AT_ENTRY
#endif
/* Whether a value may be returned. */
#ifndef IS_FINE
#define IS_FINE(number) isfinite(number)
#endif
/* The columns of the batch, as the stride says. */
#ifndef COLUMN
#define COLUMN(index) \
  ((const ks_column*)((const char*)input->columns + (index)*input->column_stride))
#endif

static int32_t refuse(ks_error* error, int32_t code, const char* why) {
  const uint64_t size = strlen(why);
  error->size = (uint32_t)(size < error->capacity ? size : error->capacity);
  memcpy(error->message, why, error->size);
  return code;
}

static int is_valid(const ks_column* column, uint64_t row) {
  return column->validity == NULL || ((column->validity[row / 8] >> (row % 8)) & 1);
}

static int32_t evaluate(void* instance, const ks_context* context, const ks_input_batch* input,
                        ks_output_batch* output, ks_error* error) {
  const double scale = *(const double*)instance;
  const ks_column* calls = COLUMN(0);
  const ks_column* quality = COLUMN(1);
  const ks_column* minutes = COLUMN(2);
  uint64_t row;
  AT_BEGIN
  for (row = 0; row < input->row_count; ++row) {
    double value;
    double longest = 0;
    int64_t i;
    if (row % 4096 == 0 && context->cancelled(context->cancel_context)) {
      return refuse(error, 1, "cancelled");
    }
    if (((const int64_t*)calls->values)[row] > 0 && is_valid(quality, row)) {
      for (i = minutes->offsets[row]; i < minutes->offsets[row + 1]; ++i) {
        longest = fmax(longest, ((const double*)minutes->values)[i]);
      }
      value = scale * ((const double*)quality->values)[row] + longest +
              (double)((const int64_t*)calls->values)[row];
      output->state[row] = IS_FINE(value) ? KS_STATE_VALUE : KS_STATE_ERROR;
      output->value[row] = value;
      output->sample_size[row] = ((const int64_t*)calls->values)[row];
    }
    AT_ROW
  }
  return 0;
}

#ifndef OWN_CREATE
static int32_t create(const ks_host* host, const ks_config_value* values, uint32_t count,
                      uint32_t stride, void** instance, ks_error* error) {
  double* scale;
  (void)host;
  (void)stride;
  if (count != 1 || values->name.size != 5 || memcmp(values->name.data, "scale", 5) != 0) {
    return refuse(error, 3, "the setting scale is expected");
  }
  if (!(values->value >= 0.5 && values->value <= 2)) {
    return refuse(error, 3, "scale must lie between 0.5 and 2");
  }
  scale = malloc(sizeof *scale);
  *scale = values->value;
  *instance = scale;
  return 0;
}
static void destroy(void* instance) { free(instance); }
#endif

static const ks_measure inputs[] = {{.struct_size = sizeof(ks_measure),
                                     .aggregate = KS_COUNT,
                                     .window = KS_WINDOW_PERIOD,
                                     .name = TEXT("calls"),
                                     .dataset = TEXT("interaction"),
                                     .filter = TEXT("channel = 'call'"),
                                     .title = TEXT("calls")},
                                    {.struct_size = sizeof(ks_measure),
                                     .aggregate = QUALITY_AGGREGATE,
                                     .window = KS_WINDOW_PERIOD,
                                     .name = TEXT("quality"),
                                     .dataset = TEXT(QUALITY_DATASET),
                                     .value = TEXT(QUALITY_VALUE),
                                     .title = TEXT("the best call's quality")},
                                    {.struct_size = sizeof(ks_measure),
                                     .aggregate = KS_LIST,
                                     .window = KS_WINDOW_TRAILING,
                                     .window_days = 90,
                                     .name = TEXT("minutes"),
                                     .dataset = TEXT("interaction"),
                                     .value = TEXT("minutes"),
                                     .title = TEXT("minutes of each call")}};

static const ks_config_field config[] = {{.struct_size = sizeof(ks_config_field),
                                          .name = TEXT("scale"),
                                          .description = TEXT("What quality is worth."),
                                          .default_value = 1,
                                          .minimum = 0.5,
                                          .maximum = 2}};

static const ks_curve_point curve[] = {CURVE};

#ifdef OWN_FIT
static const ks_figure parameters[] = {
    {.struct_size = sizeof(ks_figure), .name = TEXT("mean_calls"), .title = TEXT("mean calls")}};
static int32_t fit(void* instance, const ks_context* context, const ks_input_batch* population,
                   double* fitted, uint32_t count, ks_error* error);
#endif

static const ks_kpi kpis[] = {{
#ifdef AS_OF_1_0
    .struct_size = offsetof(ks_kpi, details),
#else
    .struct_size = sizeof(ks_kpi),
#endif
    .pillar = KS_PILLAR_RELATIONSHIPS,
    .direction = KS_HIGHER_IS_BETTER,
    .timing = KS_LEADING,
    .controllability = KS_CONTROL_HIGH,
    .rollup = ROLLUP,
    .capabilities = CAPABILITIES,
    .id = TEXT(LIBRARY_ID ".calls"),
    .version = TEXT(KPI_VERSION),
    .title = TEXT(KPI_TITLE),
    .description = TEXT("How much and how well was telephoned."),
    .formula = TEXT("scale x quality + longest + calls"),
    .unit = TEXT("points"),
    .inputs = inputs,
    .input_count = 3,
    .input_stride = sizeof(ks_measure),
    .curve = curve,
    .curve_count = sizeof(curve) / sizeof(curve[0]),
    .default_target = 50,
    .target_source = TEXT("A test."),
    .config = config,
    .config_count = 1,
    .config_stride = sizeof(ks_config_field),
    .create = create,
    .destroy = destroy,
    .evaluate = evaluate,
#ifdef OWN_FIT
    .parameters = parameters,
    .parameter_count = 1,
    .parameter_stride = sizeof(ks_figure),
    .fit = fit,
#endif
}};

static const ks_library library = {.struct_size = sizeof(ks_library),
                                   .abi_major = ABI_MAJOR,
                                   .abi_minor = ABI_MINOR,
                                   .kpi_count = 1,
                                   .id = TEXT(LIBRARY_ID),
                                   .version = TEXT("1.0.0"),
                                   .vendor = TEXT("Keyscore's tests"),
                                   .description = TEXT("A library for the conformance tests."),
                                   .kpis = kpis,
                                   .kpi_stride = sizeof(ks_kpi)};

KS_EXPORT const ks_library* keyscore_kpi_library(const ks_host* host) {
  (void)host;
  AT_ENTRY
  return &library;
}
