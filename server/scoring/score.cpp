// The arithmetic of scores and totals. Sums run in the order of the inputs, always.
#include "scoring/score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace keyscore::scoring {
namespace {

// Weights such as 0.2 / 3 are not exact in binary; a coverage that is the minimum but for such a
// rounding reaches it.
constexpr double kCoverageTolerance = 1e-9;

constexpr size_t kPillarCount = std::size(kpis::kPillars);

size_t IndexOf(kpis::Pillar pillar) { return static_cast<size_t>(pillar) - 1; }

// A weight that counts; anything else (0, negative, not a number) is as if the KPI weren't there.
bool HasWeight(const Scored& kpi) { return kpi.weight > 0; }
bool IsCovered(const Scored& kpi) { return kpi.state == kpis::State::kValue; }
bool IsApplicable(const Scored& kpi) { return kpi.state != kpis::State::kNotApplicable; }

// Sums of nominal weight.
struct PillarSums {
  double all = 0;
  double applicable = 0;
  double covered = 0;
};

// A weighted mean lies between the smallest and the largest of what it is the mean of. Rounding can
// push it out by a bit or two; this brings it back, so that five times 70 is 70.
class Mean {
 public:
  void Add(double share, double score) {
    sum_ += share * score;
    lowest_ = std::min(lowest_, score);
    highest_ = std::max(highest_, score);
  }
  double value() const { return std::clamp(sum_, lowest_, highest_); }

 private:
  double sum_ = 0;
  double lowest_ = HUGE_VAL;
  double highest_ = -HUGE_VAL;
};

// What every pillar counts for, as a share of those for which `has_part` holds.
template <typename HasPart>
std::array<double, kPillarCount> Shares(const std::array<PillarSums, kPillarCount>& pillars,
                                        HasPart has_part) {
  double sum = 0;
  for (const PillarSums& pillar : pillars) sum += has_part(pillar) ? pillar.all : 0;
  std::array<double, kPillarCount> shares = {};
  for (size_t i = 0; i < kPillarCount; ++i) {
    if (has_part(pillars[i])) shares[i] = pillars[i].all / sum;
  }
  return shares;
}

}  // namespace

double CurveScore(const std::vector<kpis::CurvePoint>& curve, double value) {
  if (curve.empty()) return 0;
  if (value <= curve.front().value) return curve.front().score;
  if (value >= curve.back().value) return curve.back().score;
  const auto above = std::upper_bound(
      curve.begin(), curve.end(), value,
      [](double asked, const kpis::CurvePoint& point) { return asked < point.value; });
  if (above == curve.end()) return curve.back().score;
  const kpis::CurvePoint& next = *above;
  const kpis::CurvePoint& previous = *std::prev(above);
  // Halved, so that points at both ends of the number range don't overflow their distance.
  const double part = (value / 2 - previous.value / 2) / (next.value / 2 - previous.value / 2);
  return std::lerp(previous.score, next.score, part);
}

Total ComputeTotal(const std::vector<Scored>& kpis, double minimum_coverage) {
  std::array<PillarSums, kPillarCount> pillars;
  bool any_covered = false;
  bool any_missing = false;
  bool any_error = false;
  for (const Scored& kpi : kpis) {
    if (!HasWeight(kpi)) continue;
    PillarSums& pillar = pillars[IndexOf(kpi.pillar)];
    pillar.all += kpi.weight;
    if (IsApplicable(kpi)) pillar.applicable += kpi.weight;
    if (IsCovered(kpi)) pillar.covered += kpi.weight;
    any_covered |= IsCovered(kpi);
    any_missing |= IsApplicable(kpi) && !IsCovered(kpi);
    any_error |= kpi.state == kpis::State::kError;
  }
  // Before redistribution: what is not applicable is gone, and has left its weight within its
  // pillar. After it: what is missing has gone the same way.
  const auto nominal = Shares(pillars, [](const PillarSums& p) { return p.applicable > 0; });
  const auto effective = Shares(pillars, [](const PillarSums& p) { return p.covered > 0; });

  Total total;
  total.effective_weights.assign(kpis.size(), 0);
  std::array<Mean, kPillarCount> pillar_means;
  Mean mean;
  double missing = 0;  // nominal share of what is missing
  for (size_t i = 0; i < kpis.size(); ++i) {
    const Scored& kpi = kpis[i];
    if (!HasWeight(kpi) || !IsApplicable(kpi)) continue;
    const size_t p = IndexOf(kpi.pillar);
    const double nominal_weight = nominal[p] * (kpi.weight / pillars[p].applicable);
    if (!IsCovered(kpi)) {
      missing += nominal_weight;
      if (kpi.state == kpis::State::kError) total.error_weight += nominal_weight;
      continue;
    }
    const double within_pillar = kpi.weight / pillars[p].covered;
    total.effective_weights[i] = effective[p] * within_pillar;
    pillar_means[p].Add(within_pillar, kpi.score);
    mean.Add(total.effective_weights[i], kpi.score);
    total.coverage += nominal_weight;
    total.low += nominal_weight * kpi.score;
  }

  for (size_t p = 0; p < kPillarCount; ++p) {
    if (pillars[p].all <= 0) continue;
    PillarScore& pillar = total.pillars.emplace_back();
    pillar.pillar = kpis::kPillars[p];
    pillar.weight = effective[p];
    pillar.nominal_weight = pillars[p].all;
    if (pillars[p].covered > 0) {
      pillar.score = pillar_means[p].value();
      pillar.coverage = pillars[p].covered / pillars[p].applicable;
    }
  }

  total.error_weight = std::min(total.error_weight, 1.0);
  if (!any_covered) {
    total.low = 0;
    total.high = 100;
    return total;  // kNotScored
  }
  const double score = mean.value();
  if (any_missing) {
    total.coverage = std::min(total.coverage, 1.0);
    total.high = std::max(std::min(total.low + 100 * missing, 100.0), score);
    total.low = std::min(total.low, score);
  } else {
    total.coverage = 1;
    total.low = score;
    total.high = score;
  }
  if (total.coverage + kCoverageTolerance < minimum_coverage) return total;  // kNotScored
  total.total = score;
  total.state = any_error ? TotalState::kScoredWithErrors : TotalState::kScored;
  return total;
}

}  // namespace keyscore::scoring
