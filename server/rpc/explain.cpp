// Sentences around the numbers that scoring used.
#include "rpc/explain.h"

#include <fmt/format.h>

#include <cmath>

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

}  // namespace

std::string CurveStep(const scoring::KpiLine& line) {
  if (!line.score.has_value() || line.curve.empty()) return "";
  const double value = line.outcome.value;
  const auto& first = line.curve.front();
  const auto& last = line.curve.back();
  if (value <= first.value) {
    return fmt::format("{} is at or below the curve's first point, {}: score {}", Number(value),
                       Number(first.value), Number(first.score));
  }
  if (value >= last.value) {
    return fmt::format("{} is at or above the curve's last point, {}: score {}", Number(value),
                       Number(last.value), Number(last.score));
  }
  size_t upper = 1;
  while (line.curve[upper].value < value) ++upper;
  const auto& low = line.curve[upper - 1];
  const auto& high = line.curve[upper];
  return fmt::format(
      "{0} lies between {1} (score {2}) and {3} (score {4}): "
      "{2} + ({0} − {1}) ÷ ({3} − {1}) × ({4} − {2}) = {5}",
      Number(value), Number(low.value), Number(low.score), Number(high.value), Number(high.score),
      Number(*line.score));
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
  const bool has_value = line.outcome.state == kpis::State::kValue;
  if (!has_value) return step + "; it has no value, so its weight goes to what has one";
  if (std::abs(line.weight - line.nominal_weight) > 1e-12) {
    step += fmt::format("; with the share of what has no value it is {}", Percent(line.weight));
  }
  return step;
}

}  // namespace keyscore::rpc
