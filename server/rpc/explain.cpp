// Sentences around the numbers that scoring used.
#include "rpc/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

// Up to four decimals, without trailing zeros or a minus before zero.
std::string Number(double value) {
  std::string text = fmt::format("{:.4f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string Percent(double share) { return Number(std::round(share * 1e6) / 1e4) + " %"; }

std::string PillarWord(kpis::Pillar pillar) {
  switch (pillar) {
    case kpis::Pillar::kRelationships:
      return "relationships";
    case kpis::Pillar::kRevenue:
      return "revenue";
    case kpis::Pillar::kRetention:
      return "retention";
    case kpis::Pillar::kLearning:
      return "learning";
  }
  return "its pillar";
}

// Where `value` falls on the curve; `what` is put before it.
std::string OnCurve(const std::vector<kpis::CurvePoint>& curve, const std::string& what,
                    double value, double score) {
  const auto& first = curve.front();
  const auto& last = curve.back();
  if (value <= first.value) {
    return fmt::format("{}{} is at or below the curve's first point, {}: score {}", what,
                       Number(value), Number(first.value), Number(first.score));
  }
  if (value >= last.value) {
    return fmt::format("{}{} is at or above the curve's last point, {}: score {}", what,
                       Number(value), Number(last.value), Number(last.score));
  }
  size_t upper = 1;
  while (curve[upper].value < value) ++upper;
  const auto& low = curve[upper - 1];
  const auto& high = curve[upper];
  return fmt::format(
      "{6}{0} lies between {1} (score {2}) and {3} (score {4}): "
      "{2} + ({0} − {1}) ÷ ({3} − {1}) × ({4} − {2}) = {5}",
      Number(value), Number(low.value), Number(low.score), Number(high.value), Number(high.score),
      Number(score), what);
}

// How the computed score came about; empty where there is none.
std::string ComputedStep(const scoring::KpiLine& line) {
  if (!line.computed_score.has_value() || line.curve.empty()) return "";
  if (line.basis == weighting::CurveBasis::kValue) {
    return OnCurve(line.curve, "", line.outcome.value, *line.computed_score);
  }
  if (!line.attainment.has_value() || !line.target.has_value()) return "";
  return fmt::format("{} is held against the target {}; ", Number(line.outcome.value),
                     Number(*line.target)) +
         OnCurve(line.curve, "the attainment ", *line.attainment, *line.computed_score);
}

// "the exception scoreOverrides/x"
std::string Exception(const weighting::ScoreOverride& exception) {
  return "the exception " + MakeName("scoreOverrides", exception.id);
}

}  // namespace

std::string CurveStep(const scoring::KpiLine& line) {
  std::string step = ComputedStep(line);
  if (step.empty() && line.assumed_score.has_value()) {
    step = fmt::format("it has no score, and the profile has it count as {} then",
                       Number(*line.assumed_score));
  }
  if (step.empty() && line.outcome.state == kpis::State::kValue && !line.score.has_value()) {
    step = line.target_note;  // why its value has no score
  }
  if (line.exception == nullptr) return step;
  if (!step.empty()) step += "; ";
  if (!line.exception->score.has_value()) {
    return step + Exception(*line.exception) + " takes it out, as if it did not apply";
  }
  return step + fmt::format("{} has it count as {} instead", Exception(*line.exception),
                            Number(*line.exception->score));
}

std::string WeightStep(const scoring::KpiLine& line, const scoring::Scorecard& card) {
  const kpis::LoadedKpi* kpi = line.outcome.kpi;
  const std::string pillar = PillarWord(kpi->definition.pillar);
  double pillar_weight = 0, in_pillar = 0;
  for (const weighting::PillarWeight& of : card.weights.pillars) {
    if (of.pillar == kpi->definition.pillar) pillar_weight = of.weight;
  }
  for (const weighting::ResolvedKpi& of : card.weights.kpis) {
    if (of.kpi == kpi) in_pillar = of.weight_in_pillar;
  }
  if (line.nominal_weight == 0) {
    return in_pillar == 0
               ? fmt::format("the profile gives it no weight within {}: it doesn't count", pillar)
               : fmt::format("{} counts 0 % of the total, so it doesn't count", pillar);
  }
  std::string step =
      fmt::format("{} counts {} of the total, and this {} of it: {}", pillar,
                  Percent(pillar_weight), Percent(in_pillar), Percent(line.nominal_weight));
  if (line.exception != nullptr && !line.exception->score.has_value()) {
    return step + fmt::format("; {} takes it out, so its weight goes to what has a score",
                              Exception(*line.exception));
  }
  if (std::find(card.blocked_by.begin(), card.blocked_by.end(), kpi->definition.id) !=
      card.blocked_by.end()) {
    return step + "; it has no value, and without one the profile gives no total";
  }
  if (!line.score.has_value() && !line.assumed_score.has_value()) {
    const bool has_value = line.outcome.state == kpis::State::kValue;
    return step + fmt::format("; it has no {0}, so its weight goes to what has one",
                              has_value ? "score" : "value");
  }
  if (!line.score.has_value()) step += "; it keeps its weight although it has no value";
  if (std::abs(line.weight - line.nominal_weight) > 1e-12) {
    step += fmt::format("; with the share of what has no value it is {}", Percent(line.weight));
  }
  return step;
}

}  // namespace keyscore::rpc
