// CBOR, which keeps every double as it is.
#include "kpis/isolation/description.h"

#include <cmath>
#include <deque>
#include <limits>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "kpis/text.h"
#include "nlohmann/json.hpp"

namespace keyscore::kpis {
namespace {

using nlohmann::json;

constexpr size_t kMaxFaults = 1'000;
constexpr size_t kMaxFaultBytes = 1'000;

// ABI enums count from 1.
template <class Enum>
uint32_t Number(Enum value, Enum first) {
  return static_cast<uint32_t>(static_cast<int64_t>(value) - static_cast<int64_t>(first) + 1);
}

json Encode(const measures::MeasureSpec& input) {
  return {{"name", input.name},
          {"title", input.title},
          {"dataset", input.dataset},
          {"aggregate", Number(input.aggregate, store::Aggregate::kCount)},
          {"window", Number(input.window, measures::Window::kPeriod)},
          {"window_days", input.window_days},
          {"value", input.value},
          {"filter", input.filter},
          {"time_column", input.time_column},
          {"end_column", input.end_column},
          {"unit", input.unit},
          {"optional", input.optional}};
}

json Encode(const std::vector<KpiFigure>& figures) {
  json array = json::array();
  for (const KpiFigure& figure : figures) {
    array.push_back({{"name", figure.name}, {"title", figure.title}, {"unit", figure.unit}});
  }
  return array;
}

json Encode(const DescribedKpi& kpi) {
  const KpiDefinition& definition = kpi.definition;
  json inputs = json::array();
  for (const measures::MeasureSpec& input : definition.inputs) inputs.push_back(Encode(input));
  json curve = json::array();
  for (const CurvePoint& point : definition.curve) {
    curve.push_back(point.value);
    curve.push_back(point.score);
  }
  json settings = json::array();
  for (const KpiSetting& setting : definition.settings) {
    settings.push_back({{"name", setting.name},
                        {"description", setting.description},
                        {"default", setting.default_value},
                        {"minimum", setting.minimum},
                        {"maximum", setting.maximum}});
  }
  uint32_t capabilities = 0;
  if (definition.deterministic) capabilities |= KS_CAP_DETERMINISTIC;
  if (definition.row_independent) capabilities |= KS_CAP_ROW_INDEPENDENT;
  if (definition.reentrant) capabilities |= KS_CAP_REENTRANT;
  return {{"id", definition.id},
          {"version", definition.version},
          {"title", definition.title},
          {"description", definition.description},
          {"formula", definition.formula},
          {"unit", definition.unit},
          {"pillar", Number(definition.pillar, Pillar::kRelationships)},
          {"direction", Number(definition.direction, Direction::kHigherIsBetter)},
          {"timing", Number(definition.timing, Timing::kLeading)},
          {"controllability", Number(definition.controllability, Controllability::kHigh)},
          {"rollup", Number(definition.rollup, Rollup::kPooled)},
          {"cadence_days", definition.cadence_days},
          {"capabilities", capabilities},
          {"inputs", std::move(inputs)},
          {"curve", std::move(curve)},
          {"settings", std::move(settings)},
          {"actions", definition.actions},
          {"default_weight", definition.default_weight},
          {"default_target",
           definition.default_target.value_or(std::numeric_limits<double>::quiet_NaN())},
          {"target_source", definition.target_source},
          {"details", Encode(definition.details)},
          {"parameters", Encode(definition.parameters)},
          {"has_evaluate", kpi.functions.evaluate != nullptr},
          {"has_create", kpi.functions.create != nullptr},
          {"has_fit", kpi.functions.fit != nullptr}};
}

json Encode(const facts::DatasetSchema& dataset) {
  json columns = json::array();
  const size_t own = facts::KeyColumns().size();  // those before are in every dataset
  for (size_t i = own; i < dataset.columns.size(); ++i) {
    const facts::ColumnSchema& column = dataset.columns[i];
    columns.push_back({{"name", column.name},
                       {"type", Number(column.type, facts::ColumnType::kBool)},
                       {"nullable", column.nullable},
                       {"description", column.description},
                       {"references", column.references},
                       {"allowed_values", column.allowed_values},
                       {"has_range", column.minimum.has_value()},
                       {"minimum", column.minimum.value_or(0)},
                       {"maximum", column.maximum.value_or(0)}});
  }
  return {{"id", dataset.id},
          {"title", dataset.title},
          {"description", dataset.description},
          {"occurred_at_meaning", dataset.occurred_at_meaning},
          {"columns", std::move(columns)}};
}

// Stands where a function of the worker's would.
template <class... Arguments>
int32_t CannotBeCalled(Arguments...) {
  return static_cast<int32_t>(absl::StatusCode::kInternal);
}

// The structs of the ABI, built from decoded bytes. Holds what they point at. What has the wrong
// type throws, which Decode catches.
class Image {
 public:
  explicit Image(const json& from) : json_(from) {
    for (const json& dataset : from.at("datasets")) AddDataset(dataset);
    for (const json& kpi : from.at("kpis")) AddKpi(kpi);
    const std::vector<std::string> abi =
        absl::StrSplit(from.at("abi").get_ref<const std::string&>(), '.');
    library_ = {.struct_size = sizeof(ks_library),
                .abi_major = static_cast<uint32_t>(std::stoul(abi.at(0))),
                .abi_minor = static_cast<uint32_t>(std::stoul(abi.at(1))),
                .kpi_count = static_cast<uint32_t>(kpis_.size()),
                .id = Text(from, "id"),
                .version = Text(from, "version"),
                .vendor = Text(from, "vendor"),
                .description = Text(from, "description"),
                .kpis = kpis_.data(),
                .datasets = datasets_.data(),
                .kpi_stride = sizeof(ks_kpi),
                .dataset_count = static_cast<uint32_t>(datasets_.size()),
                .dataset_stride = sizeof(ks_dataset),
                .reserved = 0};
  }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  const ks_library& library() const { return library_; }

 private:
  static ks_str View(const std::string& text) { return {text.data(), text.size()}; }
  static ks_str Text(const json& object, const char* name) {
    return View(object.at(name).get_ref<const std::string&>());
  }
  static uint32_t Number(const json& object, const char* name) {
    return object.at(name).get<uint32_t>();
  }
  static double Real(const json& object, const char* name) { return object.at(name).get<double>(); }

  const std::vector<ks_str>& Texts(const json& array) {
    std::vector<ks_str>& texts = texts_.emplace_back();
    for (const json& text : array) texts.push_back(View(text.get_ref<const std::string&>()));
    return texts;
  }

  void AddDataset(const json& from) {
    std::vector<ks_dataset_column>& columns = columns_.emplace_back();
    for (const json& column : from.at("columns")) {
      const std::vector<ks_str>& allowed = Texts(column.at("allowed_values"));
      columns.push_back({.struct_size = sizeof(ks_dataset_column),
                         .type = Number(column, "type"),
                         .nullable = column.at("nullable").get<bool>() ? 1u : 0u,
                         .has_range = column.at("has_range").get<bool>() ? 1u : 0u,
                         .name = Text(column, "name"),
                         .description = Text(column, "description"),
                         .references = Text(column, "references"),
                         .allowed_values = allowed.empty() ? nullptr : allowed.data(),
                         .allowed_value_count = allowed.size(),
                         .minimum = Real(column, "minimum"),
                         .maximum = Real(column, "maximum")});
    }
    datasets_.push_back({.struct_size = sizeof(ks_dataset),
                         .column_count = static_cast<uint32_t>(columns.size()),
                         .id = Text(from, "id"),
                         .title = Text(from, "title"),
                         .description = Text(from, "description"),
                         .occurred_at_meaning = Text(from, "occurred_at_meaning"),
                         .columns = columns.data(),
                         .column_stride = sizeof(ks_dataset_column)});
  }

  const std::vector<ks_measure>& Inputs(const json& array) {
    std::vector<ks_measure>& inputs = inputs_.emplace_back();
    for (const json& input : array) {
      inputs.push_back(
          {.struct_size = sizeof(ks_measure),
           .aggregate = Number(input, "aggregate"),
           .window = Number(input, "window"),
           .window_days = Number(input, "window_days"),
           .flags = input.at("optional").get<bool>() ? uint32_t{KS_INPUT_OPTIONAL} : 0u,
           .reserved = 0,
           .name = Text(input, "name"),
           .dataset = Text(input, "dataset"),
           .value = Text(input, "value"),
           .filter = Text(input, "filter"),
           .time_column = Text(input, "time_column"),
           .end_column = Text(input, "end_column"),
           .title = Text(input, "title"),
           .unit = Text(input, "unit")});
    }
    return inputs;
  }

  const std::vector<ks_figure>& Figures(const json& array) {
    std::vector<ks_figure>& figures = figures_.emplace_back();
    for (const json& figure : array) {
      figures.push_back({.struct_size = sizeof(ks_figure),
                         .reserved = 0,
                         .name = Text(figure, "name"),
                         .title = Text(figure, "title"),
                         .unit = Text(figure, "unit")});
    }
    return figures;
  }

  const std::vector<ks_config_field>& Settings(const json& array) {
    std::vector<ks_config_field>& settings = settings_.emplace_back();
    for (const json& setting : array) {
      settings.push_back({.struct_size = sizeof(ks_config_field),
                          .reserved = 0,
                          .name = Text(setting, "name"),
                          .description = Text(setting, "description"),
                          .default_value = Real(setting, "default"),
                          .minimum = Real(setting, "minimum"),
                          .maximum = Real(setting, "maximum")});
    }
    return settings;
  }

  const std::vector<ks_curve_point>& Curve(const json& array) {
    std::vector<ks_curve_point>& curve = curves_.emplace_back();
    for (size_t i = 0; i + 1 < array.size(); i += 2) {
      curve.push_back({array.at(i).get<double>(), array.at(i + 1).get<double>()});
    }
    return curve;
  }

  void AddKpi(const json& from) {
    const auto& inputs = Inputs(from.at("inputs"));
    const auto& curve = Curve(from.at("curve"));
    const auto& actions = Texts(from.at("actions"));
    const auto& settings = Settings(from.at("settings"));
    const auto& details = Figures(from.at("details"));
    const auto& parameters = Figures(from.at("parameters"));
    ks_kpi kpi{};
    kpi.struct_size = sizeof(ks_kpi);
    kpi.pillar = Number(from, "pillar");
    kpi.direction = Number(from, "direction");
    kpi.timing = Number(from, "timing");
    kpi.controllability = Number(from, "controllability");
    kpi.rollup = Number(from, "rollup");
    kpi.cadence_days = Number(from, "cadence_days");
    kpi.capabilities = Number(from, "capabilities");
    kpi.id = Text(from, "id");
    kpi.version = Text(from, "version");
    kpi.title = Text(from, "title");
    kpi.description = Text(from, "description");
    kpi.formula = Text(from, "formula");
    kpi.unit = Text(from, "unit");
    kpi.inputs = inputs.data();
    kpi.input_count = static_cast<uint32_t>(inputs.size());
    kpi.input_stride = sizeof(ks_measure);
    kpi.curve = curve.data();
    kpi.curve_count = static_cast<uint32_t>(curve.size());
    kpi.actions = actions.data();
    kpi.action_count = static_cast<uint32_t>(actions.size());
    kpi.default_weight = Real(from, "default_weight");
    kpi.default_target = Real(from, "default_target");
    kpi.target_source = Text(from, "target_source");
    kpi.config = settings.data();
    kpi.config_count = static_cast<uint32_t>(settings.size());
    kpi.config_stride = sizeof(ks_config_field);
    if (from.at("has_create").get<bool>()) kpi.create = &CannotBeCalled;
    if (from.at("has_evaluate").get<bool>()) kpi.evaluate = &CannotBeCalled;
    if (from.at("has_fit").get<bool>()) kpi.fit = &CannotBeCalled;
    kpi.details = details.data();
    kpi.detail_count = static_cast<uint32_t>(details.size());
    kpi.detail_stride = sizeof(ks_figure);
    kpi.parameters = parameters.data();
    kpi.parameter_count = static_cast<uint32_t>(parameters.size());
    kpi.parameter_stride = sizeof(ks_figure);
    kpis_.push_back(kpi);
  }

  const json& json_;
  // Deques, since what they hold is pointed at while more is added.
  std::deque<std::vector<ks_dataset_column>> columns_;
  std::deque<std::vector<ks_str>> texts_;
  std::deque<std::vector<ks_measure>> inputs_;
  std::deque<std::vector<ks_figure>> figures_;
  std::deque<std::vector<ks_config_field>> settings_;
  std::deque<std::vector<ks_curve_point>> curves_;
  std::vector<ks_dataset> datasets_;
  std::vector<ks_kpi> kpis_;
  ks_library library_{};
};

// The worker's faults, made safe.
std::string Faults(const json& from) {
  std::vector<std::string> faults;
  for (const json& fault : from) {
    if (faults.size() == kMaxFaults) break;
    faults.push_back(SafeText(fault.get_ref<const std::string&>(), kMaxFaultBytes));
  }
  return absl::StrJoin(faults, "\n");
}

}  // namespace

std::string EncodeDescription(const absl::StatusOr<DescribedLibrary>& described,
                              const DescribedLibrary& readable) {
  const DescribedLibrary& library = described.ok() ? *described : readable;
  json faults = json::array();
  if (!described.ok()) {
    for (const auto fault : absl::StrSplit(described.status().message(), '\n')) {
      faults.push_back(std::string(fault));
    }
  }
  json datasets = json::array();
  for (const facts::DatasetSchema& dataset : library.datasets) datasets.push_back(Encode(dataset));
  json kpis = json::array();
  for (const DescribedKpi& kpi : library.kpis) kpis.push_back(Encode(kpi));
  const json encoded = {{"faults", std::move(faults)},        {"id", library.id},
                        {"version", library.version},         {"vendor", library.vendor},
                        {"description", library.description}, {"abi", library.abi_version},
                        {"datasets", std::move(datasets)},    {"kpis", std::move(kpis)}};
  std::string bytes;
  json::to_cbor(encoded, bytes);
  return bytes;
}

absl::StatusOr<DescribedLibrary> DecodeDescription(std::string_view bytes, std::string_view file_id,
                                                   bool builtin, DescribedLibrary* readable) {
  try {
    const json decoded = json::from_cbor(bytes);
    const std::string faults = Faults(decoded.at("faults"));
    // Of a library that speaks another ABI nothing could be read.
    if (!faults.empty() && decoded.at("abi").get_ref<const std::string&>().empty()) {
      return absl::InvalidArgumentError(faults);
    }
    const Image image(decoded);
    auto described = DescribeLibrary(image.library(), file_id, builtin, readable);
    if (faults.empty()) return described;
    if (described.ok() && readable != nullptr) *readable = *std::move(described);
    return absl::InvalidArgumentError(faults);
  } catch (const std::exception&) {  // of nlohmann: not the shape of a description
    return absl::InvalidArgumentError(
        "its worker returned something that is no description of a library");
  }
}

}  // namespace keyscore::kpis
