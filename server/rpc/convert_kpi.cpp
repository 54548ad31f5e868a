// KPI definitions.
#include "rpc/convert.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

static_assert(static_cast<int>(kpis::Direction::kRangeIsBest) == v1::Kpi::DIRECTION_RANGE_IS_BEST);
static_assert(static_cast<int>(kpis::Timing::kLagging) == v1::Kpi::TIMING_LAGGING);
static_assert(static_cast<int>(kpis::Controllability::kLow) == v1::Kpi::CONTROLLABILITY_LOW);
static_assert(static_cast<int>(kpis::Rollup::kAccounts) == v1::Kpi::ROLLUP_ACCOUNTS);

v1::KpiInput ToProto(const measures::MeasureSpec& spec) {
  v1::KpiInput input;
  input.set_name(spec.name);
  input.set_title(spec.title);
  input.set_dataset(MakeName("datasets", spec.dataset));
  input.set_aggregate(rpc::ToProto(spec.aggregate));
  input.set_window(rpc::ToProto(spec.window));
  input.set_window_days(static_cast<uint32_t>(spec.window_days));
  input.set_value(spec.value);
  input.set_filter(spec.filter);
  input.set_time_column(spec.time_column);
  input.set_end_column(spec.end_column);
  input.set_unit(spec.unit);
  input.set_optional_input(spec.optional);
  return input;
}

v1::KpiFigure ToProto(const kpis::KpiFigure& figure) {
  v1::KpiFigure message;
  message.set_name(figure.name);
  message.set_title(figure.title);
  message.set_unit(figure.unit);
  return message;
}

v1::KpiSetting ToProto(const kpis::KpiSetting& setting) {
  v1::KpiSetting message;
  message.set_name(setting.name);
  message.set_description(setting.description);
  message.set_value(setting.value);
  message.set_default_value(setting.default_value);
  message.set_minimum(setting.minimum);
  message.set_maximum(setting.maximum);
  return message;
}

}  // namespace

v1::Kpi ToProto(const kpis::KpiDefinition& definition) {
  v1::Kpi kpi;
  kpi.set_name(MakeName("kpis", definition.id));
  kpi.set_title(definition.title);
  kpi.set_description(definition.description);
  kpi.set_formula(definition.formula);
  kpi.set_unit(definition.unit);
  kpi.set_pillar(ToProto(definition.pillar));
  kpi.set_direction(static_cast<v1::Kpi::Direction>(definition.direction));
  kpi.set_timing(static_cast<v1::Kpi::Timing>(definition.timing));
  kpi.set_controllability(static_cast<v1::Kpi::Controllability>(definition.controllability));
  kpi.set_rollup(static_cast<v1::Kpi::Rollup>(definition.rollup));
  kpi.set_cadence_days(static_cast<uint32_t>(definition.cadence_days));
  for (const measures::MeasureSpec& input : definition.inputs) *kpi.add_inputs() = ToProto(input);
  kpi.set_default_weight(definition.default_weight);
  for (const kpis::CurvePoint& point : definition.curve) *kpi.add_curve() = ToProto(point);
  if (definition.default_target.has_value()) kpi.set_default_target(*definition.default_target);
  kpi.set_target_source(definition.target_source);
  for (const std::string& action : definition.actions) kpi.add_actions(action);
  kpi.set_plugin(MakeName("plugins", definition.plugin_id));
  kpi.set_version(definition.version);
  for (const kpis::KpiSetting& setting : definition.settings) {
    *kpi.add_settings() = ToProto(setting);
  }
  kpi.set_deterministic(definition.deterministic);
  kpi.set_row_independent(definition.row_independent);
  kpi.set_reentrant(definition.reentrant);
  for (const kpis::KpiFigure& figure : definition.details) *kpi.add_details() = ToProto(figure);
  for (const kpis::KpiFigure& figure : definition.parameters) {
    *kpi.add_parameters() = ToProto(figure);
  }
  return kpi;
}

}  // namespace keyscore::rpc
