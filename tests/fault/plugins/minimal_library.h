/* The smallest library that conforms, in plain C: two KPIs that add up minutes. Each file of this
   folder defines what is different about it and then includes this. */
#include <keyscore/kpi_abi.h>
#include <math.h>

#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }

#ifndef LIBRARY_ID
#error "define LIBRARY_ID, the file's name without its ending"
#endif
#ifndef ABI_MAJOR
#define ABI_MAJOR KS_ABI_MAJOR
#endif
#ifndef ABI_MINOR
#define ABI_MINOR KS_ABI_MINOR
#endif
#ifndef LIBRARY_VERSION
#define LIBRARY_VERSION "1.0.0"
#endif
#ifndef KPI_ID
#define KPI_ID LIBRARY_ID ".interactions"
#endif
#ifndef SECOND_KPI_ID
#define SECOND_KPI_ID LIBRARY_ID ".more_interactions"
#endif
#ifndef INPUT_DATASET
#define INPUT_DATASET "interaction"
#endif
#ifndef INPUT_VALUE
#define INPUT_VALUE "coalesce(minutes, 0)"
#endif
#ifndef INPUT_FILTER
#define INPUT_FILTER "channel = 'call'"
#endif
#ifndef INPUT_TIME
#define INPUT_TIME "occurred_at"
#endif

/* Within the pillar; 0 = no total hangs on it. */
#ifndef DEFAULT_WEIGHT
#define DEFAULT_WEIGHT 0
#endif
/* Of both KPIs. */
#ifndef CREATE
#define CREATE 0
#define DESTROY 0
#endif
/* A statement: as the library is described. */
#ifndef AT_ENTRY
#define AT_ENTRY (void)host;
#endif
/* What is added to the minutes. */
#ifndef OFFSET
#define OFFSET 0
#endif
/* Of the second KPI. */
#ifndef SECOND_EVALUATE
#define SECOND_EVALUATE evaluate
#endif

#ifndef OWN_EVALUATE
static int32_t evaluate(void* instance, const ks_context* context, const ks_input_batch* input,
                        ks_output_batch* output, ks_error* error) {
  const double* minutes = (const double*)input->columns[0].values;
  uint64_t row;
  (void)instance;
  (void)context;
  (void)error;
  for (row = 0; row < input->row_count; ++row) {
    output->state[row] = isfinite(minutes[row]) ? KS_STATE_VALUE : KS_STATE_ERROR;
    output->value[row] = minutes[row] + OFFSET;
  }
  return 0;
}
#endif

static const ks_measure inputs[] = {{
    .struct_size = sizeof(ks_measure),
    .aggregate = KS_SUM,
    .window = KS_WINDOW_PERIOD,
    .name = TEXT("minutes"),
    .dataset = TEXT(INPUT_DATASET),
    .value = TEXT(INPUT_VALUE),
    .filter = TEXT(INPUT_FILTER),
    .time_column = TEXT(INPUT_TIME),
    .title = TEXT("minutes on the telephone"),
}};

static const ks_curve_point curve[] = {{0, 0}, {100, 100}};

#define KPI(kpi_id, kpi_weight, kpi_evaluate)                                                   \
  {                                                                                             \
    .struct_size = sizeof(ks_kpi), .pillar = KS_PILLAR_RELATIONSHIPS,                           \
    .direction = KS_HIGHER_IS_BETTER, .timing = KS_LEADING, .controllability = KS_CONTROL_HIGH, \
    .rollup = KS_ROLLUP_POOLED, .cadence_days = 0,                                              \
    .capabilities = KS_CAP_DETERMINISTIC | KS_CAP_ROW_INDEPENDENT | KS_CAP_REENTRANT,           \
    .id = TEXT(kpi_id), .version = TEXT(LIBRARY_VERSION), .title = TEXT("Telephone minutes"),   \
    .description = TEXT("How long was telephoned."), .formula = TEXT("sum of minutes"),         \
    .unit = TEXT("minutes"), .inputs = inputs, .input_count = 1,                                \
    .input_stride = sizeof(ks_measure), .curve = curve, .curve_count = 2,                       \
    .default_weight = kpi_weight, .default_target = 50, .target_source = TEXT("A test."),       \
    .create = CREATE, .destroy = DESTROY, .evaluate = kpi_evaluate                              \
  }

static const ks_kpi kpis[] = {KPI(KPI_ID, DEFAULT_WEIGHT, evaluate),
                              KPI(SECOND_KPI_ID, 0, SECOND_EVALUATE)};

#ifndef DATASETS
#define DATASETS 0
#define DATASET_COUNT 0
#endif

static const ks_library library = {
    .struct_size = sizeof(ks_library),
    .abi_major = ABI_MAJOR,
    .abi_minor = ABI_MINOR,
    .kpi_count = 2,
    .id = TEXT(LIBRARY_ID),
    .version = TEXT(LIBRARY_VERSION),
    .vendor = TEXT("Keyscore's tests"),
    .description = TEXT("A library for the fault tests."),
    .kpis = kpis,
    .datasets = DATASETS,
    .kpi_stride = sizeof(ks_kpi),
    .dataset_count = DATASET_COUNT,
    .dataset_stride = sizeof(ks_dataset),
};

const ks_library* keyscore_kpi_library(const ks_host* host) {
  AT_ENTRY
  return &library;
}
