/* Written for a later minor version, but needing none of it: its structs have fields at the tail
   that this host doesn't know. It must be admitted; the strides tell where the next element is. */
#include <keyscore/kpi_abi.h>

#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }

struct roomy_measure {
  ks_measure known;
  double later[3];
};
struct roomy_kpi {
  ks_kpi known;
  const void* later[5];
};
struct roomy_library {
  ks_library known;
  uint64_t later;
};

static int32_t evaluate(void* instance, const ks_context* context, const ks_input_batch* input,
                        ks_output_batch* output, ks_error* error) {
  uint64_t row;
  (void)instance;
  (void)context;
  (void)error;
  for (row = 0; row < input->row_count; ++row) {
    const char* first = (const char*)input->columns;
    const ks_column* calls = (const ks_column*)first;
    const ks_column* all = (const ks_column*)(first + input->column_stride);
    const int64_t whole = ((const int64_t*)all->values)[row];
    if (whole == 0) continue;
    output->state[row] = KS_STATE_VALUE;
    output->value[row] = 100.0 * (double)((const int64_t*)calls->values)[row] / (double)whole;
    output->sample_size[row] = whole;
  }
  return 0;
}

#define MEASURE(measure_name, measure_filter)              \
  {                                                        \
    .known = {.struct_size = sizeof(struct roomy_measure), \
              .aggregate = KS_COUNT,                       \
              .window = KS_WINDOW_PERIOD,                  \
              .name = TEXT(measure_name),                  \
              .dataset = TEXT("interaction"),              \
              .filter = TEXT(measure_filter),              \
              .title = TEXT(measure_name)},                \
    .later = {                                             \
      1,                                                   \
      2,                                                   \
      3                                                    \
    }                                                      \
  }

static const struct roomy_measure inputs[] = {MEASURE("calls", "channel = 'call'"),
                                              MEASURE("all_interactions", "true")};
static const ks_curve_point curve[] = {{0, 0}, {50, 80}, {100, 100}};

#define KPI(kpi_id)                                         \
  {                                                         \
    .known = {.struct_size = sizeof(struct roomy_kpi),      \
              .pillar = KS_PILLAR_RELATIONSHIPS,            \
              .direction = KS_HIGHER_IS_BETTER,             \
              .timing = KS_LEADING,                         \
              .controllability = KS_CONTROL_HIGH,           \
              .rollup = KS_ROLLUP_POOLED,                   \
              .capabilities = KS_CAP_DETERMINISTIC,         \
              .id = TEXT(kpi_id),                           \
              .version = TEXT("2.1.0"),                     \
              .title = TEXT("Calls"),                       \
              .description = TEXT("Share of calls."),       \
              .formula = TEXT("calls / all"),               \
              .unit = TEXT("%"),                            \
              .inputs = &inputs[0].known,                   \
              .input_count = 2,                             \
              .input_stride = sizeof(struct roomy_measure), \
              .curve = curve,                               \
              .curve_count = 3,                             \
              .default_target = 50,                         \
              .target_source = TEXT("A test."),             \
              .evaluate = evaluate},                        \
    .later = {                                              \
      0                                                     \
    }                                                       \
  }

static const struct roomy_kpi kpis[] = {KPI("roomy.calls"), KPI("roomy.calls_again")};

static const struct roomy_library library = {
    .known = {.struct_size = sizeof(struct roomy_library),
              .abi_major = KS_ABI_MAJOR,
              .abi_minor = KS_ABI_MINOR,
              .kpi_count = 2,
              .id = TEXT("roomy"),
              .version = TEXT("2.1.0"),
              .vendor = TEXT("Keyscore's tests"),
              .description = TEXT("A library with later fields."),
              .kpis = &kpis[0].known,
              .kpi_stride = sizeof(struct roomy_kpi)},
    .later = 7,
};

const ks_library* keyscore_kpi_library(const ks_host* host) {
  (void)host;
  return &library.known;
}
