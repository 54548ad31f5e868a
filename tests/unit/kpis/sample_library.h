// A library's description in memory, sound as it stands, for tests to break or to extend.
#pragma once

#include <cmath>
#include <cstring>
#include <string_view>
#include <vector>

#include "keyscore/kpi_abi.h"

namespace keyscore::kpis {

inline ks_str Abi(std::string_view text) { return {text.data(), text.size()}; }

// Result of every row: first input ÷ second input (both counts), weight = the second.
inline int32_t Ratio(void*, const ks_context*, const ks_input_batch* input, ks_output_batch* output,
                     ks_error*) {
  const auto* won = static_cast<const int64_t*>(input->columns[0].values);
  const auto* all = static_cast<const int64_t*>(input->columns[1].values);
  for (uint64_t row = 0; row < input->row_count; ++row) {
    if (all[row] == 0) continue;
    output->state[row] = KS_STATE_VALUE;
    output->value[row] = static_cast<double>(won[row]) / static_cast<double>(all[row]);
    output->weight[row] = static_cast<double>(all[row]);
    output->sample_size[row] = all[row];
  }
  return 0;
}

// The parts may be changed until Get() is called, which ties them together.
struct SampleLibrary {
  std::vector<ks_measure> inputs;
  std::vector<ks_curve_point> curve = {{0, 0}, {0.5, 60}, {1, 100}};
  std::vector<ks_str> actions = {Abi("Call them.")};
  std::vector<ks_config_field> config;
  std::vector<ks_kpi> kpis;
  std::vector<ks_dataset_column> columns;
  std::vector<ks_dataset> datasets;
  ks_library library{};

  SampleLibrary() {
    inputs = {Count("won", "won"), Count("all", "")};
    kpis = {Kpi("acme.win_rate")};
    library.struct_size = sizeof(ks_library);
    library.abi_major = KS_ABI_MAJOR;
    library.abi_minor = KS_ABI_MINOR;
    library.id = Abi("acme");
    library.version = Abi("2.1.0");
    library.vendor = Abi("Acme");
    library.kpi_stride = sizeof(ks_kpi);
    library.dataset_stride = sizeof(ks_dataset);
  }

  static ks_measure Count(std::string_view name, std::string_view filter) {
    ks_measure input{};
    input.struct_size = sizeof(ks_measure);
    input.aggregate = KS_COUNT;
    input.window = KS_WINDOW_PERIOD;
    input.name = Abi(name);
    input.dataset = Abi("opportunity");
    input.filter = Abi(filter);
    input.title = Abi("opportunities");
    return input;
  }

  static ks_kpi Kpi(std::string_view id) {
    ks_kpi kpi{};
    kpi.struct_size = sizeof(ks_kpi);
    kpi.pillar = KS_PILLAR_REVENUE;
    kpi.direction = KS_HIGHER_IS_BETTER;
    kpi.timing = KS_LEADING;
    kpi.controllability = KS_CONTROL_SHARED;
    kpi.rollup = KS_ROLLUP_ACCOUNTS;
    kpi.cadence_days = 30;
    kpi.capabilities = KS_CAP_DETERMINISTIC | KS_CAP_ROW_INDEPENDENT | KS_CAP_REENTRANT;
    kpi.id = Abi(id);
    kpi.version = Abi("1.0.0");
    kpi.title = Abi("Win rate");
    kpi.description = Abi("Share of opportunities won.");
    kpi.formula = Abi("won / all");
    kpi.unit = Abi("%");
    kpi.default_weight = 1;
    kpi.default_target = std::nan("");
    kpi.evaluate = &Ratio;
    return kpi;
  }

  static ks_config_field Setting(std::string_view name, double value, double low, double high) {
    return {sizeof(ks_config_field), 0, Abi(name), Abi("A number."), value, low, high};
  }

  static ks_dataset_column Column(std::string_view name, uint32_t type) {
    ks_dataset_column column{};
    column.struct_size = sizeof(ks_dataset_column);
    column.type = type;
    column.nullable = 1;
    column.name = Abi(name);
    column.description = Abi("Something.");
    return column;
  }

  ks_dataset Dataset(std::string_view id) const {
    ks_dataset dataset{};
    dataset.struct_size = sizeof(ks_dataset);
    dataset.column_count = static_cast<uint32_t>(columns.size());
    dataset.id = Abi(id);
    dataset.title = Abi("Calls");
    dataset.columns = columns.data();
    dataset.column_stride = sizeof(ks_dataset_column);
    return dataset;
  }

  const ks_library& Get() {
    for (ks_kpi& kpi : kpis) {
      kpi.inputs = inputs.data();
      kpi.input_count = static_cast<uint32_t>(inputs.size());
      if (kpi.input_stride == 0) kpi.input_stride = sizeof(ks_measure);
      kpi.curve = curve.data();
      kpi.curve_count = static_cast<uint32_t>(curve.size());
      kpi.actions = actions.data();
      kpi.action_count = static_cast<uint32_t>(actions.size());
      kpi.config = config.data();
      kpi.config_count = static_cast<uint32_t>(config.size());
      kpi.config_stride = sizeof(ks_config_field);
    }
    library.kpis = kpis.data();
    library.kpi_count = static_cast<uint32_t>(kpis.size());
    library.datasets = datasets.data();
    library.dataset_count = static_cast<uint32_t>(datasets.size());
    return library;
  }
};

}  // namespace keyscore::kpis
