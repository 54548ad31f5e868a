// Registration: turns the author's structs into the constant tables of the C ABI and emits the one
// exported symbol. Everything here is computed by the compiler; loading a library runs no code.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

#include "keyscore/kpi_abi.h"
#include "keyscore/sdk/checks.h"
#include "keyscore/sdk/dataset.h"
#include "keyscore/sdk/thunks.h"

namespace keyscore::sdk::internal {

template <class T>
concept IsDataset = requires {
  T::kDataset;
};

constexpr ks_measure Describe(const Input& input) {
  ks_measure measure{};
  measure.struct_size = sizeof(ks_measure);
  measure.aggregate = static_cast<uint32_t>(input.aggregate);
  measure.window = static_cast<uint32_t>(input.window);
  measure.window_days = input.window_days;
  measure.flags = input.optional ? KS_INPUT_OPTIONAL : 0;
  measure.name = ToAbi(input.name);
  measure.dataset = ToAbi(input.dataset);
  measure.value = ToAbi(input.value);
  measure.filter = ToAbi(input.filter);
  measure.time_column = ToAbi(input.time_column);
  measure.end_column = ToAbi(input.end_column);
  measure.title = ToAbi(input.title);
  measure.unit = ToAbi(input.unit);
  return measure;
}

template <std::size_t kCount>
constexpr std::array<ks_figure, kCount + 1> Describe(std::span<const Figure> figures) {
  std::array<ks_figure, kCount + 1> table{};  // one spare, so that none is not an empty array
  for (std::size_t i = 0; i < kCount; ++i) {
    table[i] = {sizeof(ks_figure), 0, ToAbi(figures[i].name), ToAbi(figures[i].title),
                ToAbi(figures[i].unit)};
  }
  return table;
}

template <class K>
struct KpiTables {
  static constexpr const Definition& kDefinition = K::kDefinition;
  static constexpr uint32_t kInputCount = std::size(K::kInputs);
  static constexpr uint32_t kSettingCount = kDefinition.settings.count;

  static_assert(IsId(K::kDefinition.id), "id: snake_case after the library's id and a dot");
  static_assert(IsSemVer(K::kDefinition.version), "version: SemVer, such as 1.0.0");
  static_assert(HasAllWords(K::kDefinition), "title, description, formula and unit must be given");
  static_assert(HasKind(K::kDefinition), "pillar, direction and timing must be given");
  static_assert(CurveAscends(K::kDefinition.curve),
                "curve: 2 to 32 points by ascending value, scores 0 to 100");
  static_assert(CurveFollows(K::kDefinition.curve, K::kDefinition.direction),
                "curve: the scores must follow the direction");
  static_assert(IsFinite(K::kDefinition.default_weight) && K::kDefinition.default_weight >= 0,
                "default_weight: finite and not below 0");
  static_assert(SettingsAreSound(K::kDefinition.settings),
                "settings: unique snake_case names, a description, minimum <= default <= maximum");
  static_assert(kInputCount <= 32, "inputs: at most 32");
  static_assert(InputsAreNamed(K::kInputs), "inputs: unique snake_case names, each Titled(...)");
  static_assert(InputsAreComplete(K::kInputs),
                "inputs: From(dataset), Of(expression) unless counting, 1 to 3660 days");
  static_assert(EvaluatesRows<K> || EvaluatesDetailedRows<K> || EvaluatesBatches<K>,
                "the KPI needs Result Evaluate(const Row&) const");
  static_assert(FiguresAreNamed(Details<K>()) && FiguresAreNamed(Parameters<K>()),
                "details and parameters: at most 32, unique snake_case names, each with a title");
  static_assert(EvaluatesDetailedRows<K> == !Details<K>().empty(),
                "kDetails goes with Result Evaluate(const Row&, Details&) const");
  static_assert(Fits<K> == !Parameters<K>().empty(),
                "kParameters goes with void Fit(const Batch&, Parameters&) const");
  static_assert(kSettingCount == 0 || std::is_constructible_v<K, const SettingsOf<K>&>,
                "the KPI has settings: give it a constructor from const Settings&");

  static constexpr std::array<ks_measure, kInputCount> kMeasures = [] {
    std::array<ks_measure, kInputCount> measures{};
    for (uint32_t i = 0; i < kInputCount; ++i) measures[i] = Describe(K::kInputs[i]);
    return measures;
  }();

  static constexpr std::array<ks_config_field, kSettingCount + 1> kConfig = [] {
    std::array<ks_config_field, kSettingCount + 1> fields{};
    for (uint32_t i = 0; i < kSettingCount; ++i) {
      const Setting& setting = K::kDefinition.settings.items[i];
      fields[i] = {sizeof(ks_config_field), 0,
                   ToAbi(setting.name),     ToAbi(setting.description),
                   setting.default_value,   setting.minimum,
                   setting.maximum};
    }
    return fields;
  }();

  static constexpr auto kDetails = Describe<Details<K>().size()>(Details<K>());
  static constexpr auto kParameters = Describe<Parameters<K>().size()>(Parameters<K>());

  // What the library must ask of a host for this KPI's sake: windows, models and calendar_day
  // of 1.1. Details are left out by an older host, which does no harm.
  static constexpr uint32_t kAbiMinor = [] {
    for (const Input& input : K::kInputs) {
      if (input.window == Window::kFollowing) return 1u;
      for (const std::string_view expression : {input.value, input.filter}) {
        if (expression.find("calendar_day") != std::string_view::npos) return 1u;
      }
    }
    return Fits<K> ? 1u : 0u;
  }();
};

template <class K>
constexpr ks_kpi DescribeKpi() {
  using Tables = KpiTables<K>;
  const Definition& d = K::kDefinition;
  ks_kpi kpi{};
  kpi.struct_size = sizeof(ks_kpi);
  kpi.pillar = static_cast<uint32_t>(d.pillar);
  kpi.direction = static_cast<uint32_t>(d.direction);
  kpi.timing = static_cast<uint32_t>(d.timing);
  kpi.controllability = static_cast<uint32_t>(d.control);
  kpi.rollup = static_cast<uint32_t>(d.rollup);
  kpi.cadence_days = d.cadence_days;
  kpi.capabilities = d.capabilities;
  kpi.id = ToAbi(d.id);
  kpi.version = ToAbi(d.version);
  kpi.title = ToAbi(d.title);
  kpi.description = ToAbi(d.description);
  kpi.formula = ToAbi(d.formula);
  kpi.unit = ToAbi(d.unit);
  kpi.inputs = Tables::kMeasures.data();
  kpi.input_count = Tables::kInputCount;
  kpi.input_stride = sizeof(ks_measure);
  kpi.curve = K::kDefinition.curve.items;
  kpi.curve_count = d.curve.count;
  kpi.action_count = d.actions.count;
  kpi.actions = K::kDefinition.actions.items;
  kpi.default_weight = d.default_weight;
  kpi.default_target = d.target;
  kpi.target_source = ToAbi(d.target_source);
  kpi.config = Tables::kConfig.data();
  kpi.config_count = Tables::kSettingCount;
  kpi.config_stride = sizeof(ks_config_field);
  kpi.create = &Create<K>;
  kpi.destroy = &Destroy<K>;
  kpi.evaluate = &Evaluate<K>;
  kpi.details = Tables::kDetails.data();
  kpi.detail_count = static_cast<uint32_t>(Details<K>().size());
  kpi.detail_stride = sizeof(ks_figure);
  kpi.parameters = Tables::kParameters.data();
  kpi.parameter_count = static_cast<uint32_t>(Parameters<K>().size());
  kpi.parameter_stride = sizeof(ks_figure);
  if constexpr (Fits<K>) kpi.fit = &Fit<K>;
  return kpi;
}

template <class D>
struct DatasetTables {
  static constexpr uint32_t kColumnCount = std::size(D::kColumns);

  static_assert(IsId(D::kDataset.id) && D::kDataset.id.find('.') != std::string_view::npos,
                "dataset id: library.name in snake_case");
  static_assert(!D::kDataset.title.empty() && !D::kDataset.description.empty() &&
                    !D::kDataset.occurred_at.empty(),
                "dataset: title, description and occurred_at must be given");
  static_assert(ColumnsAreSound(D::kColumns),
                "columns: unique snake_case names, a description, ranges for numbers and lists of "
                "values for text only, none of the columns that every dataset has");

  static constexpr std::array<ks_dataset_column, kColumnCount> kTable = [] {
    std::array<ks_dataset_column, kColumnCount> table{};
    for (uint32_t i = 0; i < kColumnCount; ++i) {
      const Column& column = D::kColumns[i];
      table[i].struct_size = sizeof(ks_dataset_column);
      table[i].type = column.type;
      table[i].nullable = column.nullable ? 1 : 0;
      table[i].has_range = column.has_range ? 1 : 0;
      table[i].name = ToAbi(column.name);
      table[i].description = ToAbi(column.description);
      table[i].references = ToAbi(column.references);
      table[i].allowed_value_count = column.allowed_values.count;
      if (column.allowed_values.count > 0) {
        table[i].allowed_values = D::kColumns[i].allowed_values.items;
      }
      table[i].minimum = column.minimum;
      table[i].maximum = column.maximum;
    }
    return table;
  }();
};

template <class D>
constexpr ks_dataset DescribeDataset() {
  ks_dataset dataset{};
  dataset.struct_size = sizeof(ks_dataset);
  dataset.column_count = DatasetTables<D>::kColumnCount;
  dataset.id = ToAbi(D::kDataset.id);
  dataset.title = ToAbi(D::kDataset.title);
  dataset.description = ToAbi(D::kDataset.description);
  dataset.occurred_at_meaning = ToAbi(D::kDataset.occurred_at);
  dataset.columns = DatasetTables<D>::kTable.data();
  dataset.column_stride = sizeof(ks_dataset_column);
  return dataset;
}

// The tables of a library with these members, KPIs and datasets in any order.
template <class... Members>
struct LibraryTables {
  static constexpr uint32_t kDatasetCount = (0u + ... + (IsDataset<Members> ? 1u : 0u));
  static constexpr uint32_t kKpiCount = sizeof...(Members) - kDatasetCount;
  uint32_t abi_minor = 0;                    // the lowest that all members can do with
  std::array<ks_kpi, kKpiCount + 1> kpis{};  // one spare, so that none is not an empty array
  std::array<ks_dataset, kDatasetCount + 1> datasets{};

  constexpr LibraryTables() {
    uint32_t kpi = 0;
    uint32_t dataset = 0;
    (Add<Members>(kpi, dataset), ...);
  }

  constexpr bool AllBelongTo(std::string_view library) const {
    for (uint32_t i = 0; i < kKpiCount; ++i) {
      if (!BelongsTo(FromAbi(kpis[i].id), library)) return false;
      for (uint32_t j = 0; j < i; ++j) {
        if (FromAbi(kpis[i].id) == FromAbi(kpis[j].id)) return false;
      }
    }
    for (uint32_t i = 0; i < kDatasetCount; ++i) {
      if (!BelongsTo(FromAbi(datasets[i].id), library)) return false;
    }
    return true;
  }

 private:
  template <class Member>
  constexpr void Add(uint32_t& kpi, uint32_t& dataset) {
    if constexpr (IsDataset<Member>) {
      datasets[dataset++] = DescribeDataset<Member>();
    } else {
      kpis[kpi++] = DescribeKpi<Member>();
      if (KpiTables<Member>::kAbiMinor > abi_minor) abi_minor = KpiTables<Member>::kAbiMinor;
    }
  }
};

template <class Tables>
constexpr ks_library DescribeLibrary(const Tables& tables, std::string_view id,
                                     std::string_view version, std::string_view vendor,
                                     std::string_view description) {
  ks_library library{};
  library.struct_size = sizeof(ks_library);
  library.abi_major = KS_ABI_MAJOR;
  library.abi_minor = tables.abi_minor;
  library.kpi_count = Tables::kKpiCount;
  library.id = ToAbi(id);
  library.version = ToAbi(version);
  library.vendor = ToAbi(vendor);
  library.description = ToAbi(description);
  library.kpis = tables.kpis.data();
  library.datasets = tables.datasets.data();
  library.kpi_stride = sizeof(ks_kpi);
  library.dataset_count = Tables::kDatasetCount;
  library.dataset_stride = sizeof(ks_dataset);
  return library;
}

// Null, with the reason in the host's log, where this host can't run the library.
inline const ks_library* Admit(const ks_host* host, const ks_library& library) noexcept {
  if (host == nullptr || host->struct_size < offsetof(ks_host, reserved)) return nullptr;
  if (host->abi_major == KS_ABI_MAJOR && host->abi_minor >= library.abi_minor) return &library;
  char reason[128];
  const int size = std::snprintf(
      reason, sizeof reason, "KPI library built for ABI %u.%u or later in %u; the host has %u.%u",
      library.abi_major, library.abi_minor, library.abi_major, host->abi_major, host->abi_minor);
  Host(host).Log(LogLevel::kError, {reason, static_cast<std::size_t>(size)});
  return nullptr;
}

}  // namespace keyscore::sdk::internal

// A function `name` that returns the library; for tests that hold several libraries in one program.
#define KEYSCORE_LIBRARY_FUNCTION(name, id, version, vendor, description, ...)                 \
  const ks_library* name(const ks_host* host) {                                                \
    static constexpr ::keyscore::sdk::internal::LibraryTables<__VA_ARGS__> kTables;            \
    static_assert(::keyscore::sdk::internal::IsSnakeCase(id), "library id: snake_case");       \
    static_assert(::keyscore::sdk::internal::IsSemVer(version), "library version: SemVer");    \
    static_assert(kTables.AllBelongTo(id),                                                     \
                  "every id must be unique and start with the library's id and a dot");        \
    static constexpr ks_library kLibrary =                                                     \
        ::keyscore::sdk::internal::DescribeLibrary(kTables, id, version, vendor, description); \
    return ::keyscore::sdk::internal::Admit(host, kLibrary);                                   \
  }                                                                                            \
  static_assert(true, "asks for a semicolon")

// Registers a library: id (the file's name without .so), SemVer version, vendor, description, then
// its KPIs and datasets. Once a library, in one source file, outside any namespace.
#define KEYSCORE_LIBRARY(id, version, vendor, description, ...)                             \
  extern "C" KS_EXPORT KEYSCORE_LIBRARY_FUNCTION(keyscore_kpi_library, id, version, vendor, \
                                                 description, __VA_ARGS__)
