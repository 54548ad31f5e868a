// One KPI's figure with its inputs.
#include <algorithm>
#include <limits>

#include "rpc/convert.h"
#include "rpc/convert_time.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

uint32_t Clamped(int64_t count) {
  return static_cast<uint32_t>(std::clamp<int64_t>(count, 0, std::numeric_limits<uint32_t>::max()));
}

v1::AppliedOverride ToProto(const weighting::ScoreOverride& exception) {
  v1::AppliedOverride message;
  message.set_name(MakeName("scoreOverrides", exception.id));
  message.set_exempt(!exception.score.has_value());
  message.set_reason(exception.reason);
  message.set_author(exception.author);
  message.set_approver(exception.approver);
  if (exception.expire_date.has_value()) {
    message.set_expire_date(FormatDay(*exception.expire_date));
  }
  return message;
}

}  // namespace

v1::KpiResult::State ToProto(kpis::State state) {
  switch (state) {
    case kpis::State::kValue:
      return v1::KpiResult::VALUE;
    case kpis::State::kNoData:
      return v1::KpiResult::NO_DATA;
    case kpis::State::kNotApplicable:
      return v1::KpiResult::NOT_APPLICABLE;
    case kpis::State::kError:
      return v1::KpiResult::ERROR;
  }
  return v1::KpiResult::STATE_UNSPECIFIED;
}

void Fill(const kpis::KpiDefinition& definition, const kpis::InputValue& input,
          v1::InputValue& message) {
  const measures::MeasureSpec& spec = definition.inputs[input.input];
  message.set_name(spec.name);
  message.set_title(spec.title);
  WriteName("datasets", spec.dataset, *message.mutable_dataset());
  message.set_aggregate(ToProto(spec.aggregate));
  message.set_window(ToProto(spec.window));
  if (input.interval.from != absl::InfinitePast()) {
    Fill(input.interval.from, *message.mutable_start_time());
  }
  if (input.interval.to != absl::InfiniteFuture()) {
    Fill(input.interval.to, *message.mutable_end_time());
  }
  if (input.value.has_value()) message.set_value(*input.value);
  message.mutable_values()->Add(input.values.begin(), input.values.end());
  message.set_fact_count(Clamped(input.fact_count));
  message.set_unit(spec.unit);
}

v1::InputValue ToProto(const kpis::KpiDefinition& definition, const kpis::InputValue& input) {
  v1::InputValue message;
  Fill(definition, input, message);
  return message;
}

v1::FigureValue ToProto(const kpis::KpiFigure& figure, std::optional<double> value) {
  v1::FigureValue message;
  message.set_name(figure.name);
  message.set_title(figure.title);
  message.set_unit(figure.unit);
  if (value.has_value()) message.set_value(*value);
  return message;
}

v1::KpiResult ToProto(const scoring::KpiLine& line) {
  v1::KpiResult result;
  Fill(line, result);
  return result;
}

void Fill(const scoring::KpiLine& line, v1::KpiResult& result) {
  const kpis::KpiOutcome& outcome = line.outcome;
  const kpis::KpiDefinition& definition = outcome.kpi->definition;
  WriteName("kpis", definition.id, *result.mutable_kpi());
  result.set_title(definition.title);
  result.set_pillar(ToProto(definition.pillar));
  result.set_state(ToProto(outcome.state));
  result.set_state_reason(outcome.reason);
  result.set_unit(definition.unit);
  if (outcome.state == kpis::State::kValue) {
    result.set_value(outcome.value);
    if (outcome.low.has_value()) result.set_value_low(*outcome.low);
    if (outcome.high.has_value()) result.set_value_high(*outcome.high);
  }
  if (line.score.has_value()) result.set_score(*line.score);
  result.set_weight(line.weight);
  result.set_nominal_weight(line.nominal_weight);
  result.set_sample_size(Clamped(outcome.sample_size));
  result.set_stale(outcome.stale);
  if (outcome.newest_fact != absl::InfinitePast()) {
    Fill(outcome.newest_fact, *result.mutable_newest_fact_time());
  }
  if (line.target.has_value()) result.set_target(*line.target);
  if (line.full_target.has_value()) result.set_full_target(*line.full_target);
  result.set_target_source(line.target_source);
  result.set_target_note(line.target_note);
  if (line.attainment.has_value()) result.set_attainment(*line.attainment);
  if (line.target_gap.has_value()) result.set_target_gap(*line.target_gap);
  if (line.computed_score.has_value()) result.set_computed_score(*line.computed_score);
  if (line.assumed_score.has_value()) result.set_assumed_score(*line.assumed_score);
  if (line.exception != nullptr) *result.mutable_override() = ToProto(*line.exception);
  result.mutable_inputs()->Reserve(static_cast<int>(outcome.inputs.size()));
  for (const kpis::InputValue& input : outcome.inputs) {
    Fill(definition, input, *result.add_inputs());
  }
  result.set_account_count(Clamped(static_cast<int64_t>(outcome.account_count)));
}

}  // namespace keyscore::rpc
