// Reads a KPI: its words, its inputs, its curve and its settings.
#include "kpis/descriptor_kpi.h"

#include <cmath>
#include <set>

#include "kpis/text.h"

namespace keyscore::kpis {
namespace {

// The ABI counts from 1 in the same order; FieldReader::OneOf relies on it.
static_assert(static_cast<int>(store::Aggregate::kCount) == KS_COUNT - 1 &&
              static_cast<int>(store::Aggregate::kFirst) == KS_FIRST - 1 &&
              static_cast<int>(store::Aggregate::kList) == KS_LIST - 1);
static_assert(static_cast<int>(measures::Window::kPeriod) == KS_WINDOW_PERIOD - 1 &&
              static_cast<int>(measures::Window::kTrailing) == KS_WINDOW_TRAILING - 1 &&
              static_cast<int>(measures::Window::kFollowing) == KS_WINDOW_FOLLOWING - 1);

std::string Named(std::string_view name) { return fmt::format("'{}'", SafeText(name, 80)); }

void CheckId(const std::string& id, const std::string& library_id, bool builtin,
             const FieldReader& reader) {
  if (id.empty()) return;
  if (builtin) {
    if (!IsSnakeCase(id)) reader.Fault("id of a built-in KPI must be snake_case without a dot");
  } else if (!IsNamespaced(id, library_id)) {
    reader.Fault(fmt::format("id must be {}.name, its name in snake_case", library_id));
  }
}

measures::MeasureSpec DescribeInput(const ks_measure& input, const FieldReader& reader) {
  measures::MeasureSpec spec;
  spec.name = reader.SnakeCase("name", input.name);
  const FieldReader named = reader.Inside(Named(spec.name));
  const size_t faults_before = named.fault_count();
  spec.title = named.Optional("title", input.title, kMaxTitleBytes);
  if (spec.title.empty()) spec.title = spec.name;
  spec.dataset = named.Required("dataset", input.dataset, 2 * kMaxNameBytes + 1);
  spec.aggregate =
      named.OneOf("aggregate", input.aggregate, store::Aggregate::kCount, store::Aggregate::kList);
  spec.window =
      named.OneOf("window", input.window, measures::Window::kPeriod, measures::Window::kFollowing);
  // Above the limit anyhow, and an int on our side.
  spec.window_days = static_cast<int>(std::min<uint32_t>(input.window_days, 1'000'000));
  spec.value = named.Optional("value", input.value, kMaxExpressionBytes);
  spec.filter = named.Optional("filter", input.filter, kMaxExpressionBytes);
  const std::string time = named.Optional("time_column", input.time_column, kMaxNameBytes);
  if (!time.empty()) spec.time_column = time;
  spec.end_column = named.Optional("end_column", input.end_column, kMaxNameBytes);
  spec.unit = named.Optional("unit", input.unit, kMaxTitleBytes);
  spec.optional = (input.flags & KS_INPUT_OPTIONAL) != 0;
  if (named.fault_count() == faults_before) {
    if (const absl::Status status = measures::CheckSpec(spec); !status.ok()) {
      named.Fault(status, fmt::format("input {}: ", spec.name));
    }
  }
  return spec;
}

void DescribeInputs(const ks_kpi& kpi, const FieldReader& reader, KpiDefinition& definition) {
  if (kpi.input_count == 0) reader.Fault("inputs: at least one is needed");
  std::set<std::string> seen;
  reader.ReadArray("inputs", kpi.inputs, kpi.input_count, kpi.input_stride, kMaxInputs,
                   [&](const ks_measure& input, const FieldReader& element) {
                     measures::MeasureSpec spec = DescribeInput(input, element);
                     if (!spec.name.empty() && !seen.insert(spec.name).second) {
                       element.Fault(fmt::format("name {} stands there twice", Named(spec.name)));
                     }
                     definition.inputs.push_back(std::move(spec));
                   });
}

// The scores must go where the direction says: up, down, or up and then down.
void CheckShape(const std::vector<CurvePoint>& curve, Direction direction,
                const FieldReader& reader) {
  bool falling = false;
  for (size_t i = 1; i < curve.size(); ++i) {
    if (!(curve[i - 1].value < curve[i].value)) {
      reader.Fault(fmt::format("curve[{}]: value {} must be above the value {} before it", i,
                               curve[i].value, curve[i - 1].value));
    }
    const double step = curve[i].score - curve[i - 1].score;
    const bool wrong = direction == Direction::kHigherIsBetter  ? step < 0
                       : direction == Direction::kLowerIsBetter ? step > 0
                                                                : falling && step > 0;
    if (wrong) {
      reader.Fault(fmt::format("curve[{}]: score {} after {} goes against the direction", i,
                               curve[i].score, curve[i - 1].score));
    }
    falling = falling || step < 0;
  }
}

void DescribeCurve(const ks_kpi& kpi, const FieldReader& reader, KpiDefinition& definition) {
  if (kpi.curve_count < kMinCurvePoints || kpi.curve_count > kMaxCurvePoints) {
    reader.Fault(fmt::format("curve has {} points, it needs {} to {}", kpi.curve_count,
                             kMinCurvePoints, kMaxCurvePoints));
    return;
  }
  if (!reader.CheckArray("curve", kpi.curve, kpi.curve_count, kMaxCurvePoints)) return;
  for (uint32_t i = 0; i < kpi.curve_count; ++i) {
    const CurvePoint point{kpi.curve[i].value, kpi.curve[i].score};
    reader.Finite(fmt::format("curve[{}]: value", i), point.value);
    if (!(point.score >= 0 && point.score <= 100)) {
      reader.Fault(fmt::format("curve[{}]: score is {}, it must be 0 to 100", i, point.score));
    }
    definition.curve.push_back(point);
  }
  CheckShape(definition.curve, definition.direction, reader);
}

void DescribeSettings(const ks_kpi& kpi, const FieldReader& reader, KpiDefinition& definition) {
  std::set<std::string> seen;
  reader.ReadArray(
      "config", kpi.config, kpi.config_count, kpi.config_stride, kMaxSettings,
      [&](const ks_config_field& field, const FieldReader& element) {
        KpiSetting setting;
        setting.name = element.SnakeCase("name", field.name);
        const FieldReader named = element.Inside(Named(setting.name));
        setting.description = named.Optional("description", field.description, kMaxProseBytes);
        setting.default_value = named.Finite("default_value", field.default_value);
        setting.minimum = named.Finite("minimum", field.minimum);
        setting.maximum = named.Finite("maximum", field.maximum);
        setting.value = setting.default_value;
        if (setting.minimum > setting.default_value || setting.default_value > setting.maximum) {
          named.Fault(fmt::format("default_value {} is not within {} to {}", setting.default_value,
                                  setting.minimum, setting.maximum));
        }
        if (!setting.name.empty() && !seen.insert(setting.name).second) {
          named.Fault("name stands there twice");
        }
        definition.settings.push_back(std::move(setting));
      });
}

std::vector<KpiFigure> DescribeFigures(const char* array, const ks_figure* figures, uint32_t count,
                                       uint32_t stride, const FieldReader& reader) {
  std::vector<KpiFigure> described;
  std::set<std::string> seen;
  reader.ReadArray(array, figures, count, stride, kMaxFigures,
                   [&](const ks_figure& figure, const FieldReader& element) {
                     KpiFigure own{.name = element.SnakeCase("name", figure.name)};
                     const FieldReader named = element.Inside(Named(own.name));
                     own.title = named.Required("title", figure.title, kMaxTitleBytes);
                     own.unit = named.Optional("unit", figure.unit, kMaxTitleBytes);
                     if (!own.name.empty() && !seen.insert(own.name).second) {
                       named.Fault("name stands there twice");
                     }
                     described.push_back(std::move(own));
                   });
  return described;
}

// What accompanies the values, and the model that is fitted before them.
void DescribeModel(const ks_kpi& kpi, const FieldReader& reader, KpiDefinition& definition) {
  definition.details =
      DescribeFigures("details", kpi.details, kpi.detail_count, kpi.detail_stride, reader);
  definition.parameters = DescribeFigures("parameters", kpi.parameters, kpi.parameter_count,
                                          kpi.parameter_stride, reader);
  if ((kpi.fit != nullptr) != (kpi.parameter_count > 0)) {
    reader.Fault("fit and parameters go together: give both or neither");
  }
}

void DescribeScoring(const ks_kpi& kpi, const FieldReader& reader, KpiDefinition& definition) {
  definition.default_weight = kpi.default_weight;
  if (!(std::isfinite(kpi.default_weight) && kpi.default_weight >= 0)) {
    reader.Fault(
        fmt::format("default_weight is {}, it must be finite and not below 0", kpi.default_weight));
  }
  if (!std::isnan(kpi.default_target)) {
    definition.default_target = reader.Finite("default_target", kpi.default_target);
  }
  definition.target_source = reader.Optional("target_source", kpi.target_source, kMaxProseBytes);
  if (reader.CheckArray("actions", kpi.actions, kpi.action_count, kMaxActions)) {
    for (uint32_t i = 0; i < kpi.action_count; ++i) {
      definition.actions.push_back(
          reader.Required(fmt::format("actions[{}]", i), kpi.actions[i], kMaxProseBytes));
    }
  }
}

}  // namespace

DescribedKpi DescribeKpi(const ks_kpi& kpi, const std::string& library_id, bool builtin,
                         const FieldReader& reader) {
  DescribedKpi described;
  KpiDefinition& definition = described.definition;
  definition.id = reader.Required("id", kpi.id, 2 * kMaxNameBytes + 1);
  const FieldReader named = reader.Inside(Named(definition.id));
  CheckId(definition.id, library_id, builtin, named);
  definition.plugin_id = library_id;
  definition.version = named.Version(kpi.version);
  definition.title = named.Required("title", kpi.title, kMaxTitleBytes);
  definition.description = named.Required("description", kpi.description, kMaxProseBytes);
  definition.formula = named.Required("formula", kpi.formula, kMaxProseBytes);
  definition.unit = named.Required("unit", kpi.unit, kMaxTitleBytes);
  definition.pillar = named.OneOf("pillar", kpi.pillar, Pillar::kRelationships, Pillar::kLearning);
  definition.direction =
      named.OneOf("direction", kpi.direction, Direction::kHigherIsBetter, Direction::kRangeIsBest);
  definition.timing = named.OneOf("timing", kpi.timing, Timing::kLeading, Timing::kLagging);
  definition.controllability = named.OneOf("controllability", kpi.controllability,
                                           Controllability::kHigh, Controllability::kLow);
  definition.rollup = named.OneOf("rollup", kpi.rollup, Rollup::kPooled, Rollup::kAccounts);
  constexpr uint32_t kMaxCadenceDays = 3'660;  // as the longest window
  if (kpi.cadence_days > kMaxCadenceDays) {
    named.Fault(fmt::format("cadence_days is {}, at most {} are allowed", kpi.cadence_days,
                            kMaxCadenceDays));
  } else {
    definition.cadence_days = static_cast<int>(kpi.cadence_days);
  }
  // Capabilities of a later minor are promises that we don't make use of.
  definition.deterministic = (kpi.capabilities & KS_CAP_DETERMINISTIC) != 0;
  definition.row_independent = (kpi.capabilities & KS_CAP_ROW_INDEPENDENT) != 0;
  definition.reentrant = (kpi.capabilities & KS_CAP_REENTRANT) != 0;
  DescribeInputs(kpi, named, definition);
  DescribeCurve(kpi, named, definition);
  DescribeSettings(kpi, named, definition);
  DescribeScoring(kpi, named, definition);
  DescribeModel(kpi, named, definition);
  described.functions = {kpi.create, kpi.destroy, kpi.evaluate, kpi.fit};
  if (kpi.evaluate == nullptr) named.Fault("evaluate is missing");
  if (kpi.create == nullptr && kpi.config_count > 0) {
    named.Fault("create is missing, though there are settings to give to it");
  }
  return described;
}

}  // namespace keyscore::kpis
