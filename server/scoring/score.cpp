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

// Where the weight of a KPI stands after redistribution.
enum class Fate { kOut, kCovered, kAssumed, kToPillar, kToAll };

Fate FateOf(const Scored& kpi) {
  using enum weighting::MissingPolicy;
  if (!HasWeight(kpi) || !IsApplicable(kpi)) return Fate::kOut;
  if (IsCovered(kpi)) return Fate::kCovered;
  if (kpi.missing == kNeutral) return Fate::kAssumed;
  if (kpi.missing == kZero && kpi.state != kpis::State::kError) return Fate::kAssumed;
  // One that blocks leaves no total; what else is told of the card, is told as if it didn't.
  return kpi.missing == kRedistributeOverall ? Fate::kToAll : Fate::kToPillar;
}

// Sums of a pillar's weight: as the inputs have it, or as shares of the total.
struct PillarSums {
  double all = 0;
  double applicable = 0;
  double covered = 0;
  double to_pillar = 0;
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

std::array<PillarSums, kPillarCount> SumUp(const std::vector<Scored>& kpis) {
  std::array<PillarSums, kPillarCount> pillars;
  for (const Scored& kpi : kpis) {
    if (!HasWeight(kpi)) continue;
    PillarSums& pillar = pillars[IndexOf(kpi.pillar)];
    pillar.all += kpi.weight;
    if (IsApplicable(kpi)) pillar.applicable += kpi.weight;
    if (IsCovered(kpi)) pillar.covered += kpi.weight;
    if (FateOf(kpi) == Fate::kToPillar) pillar.to_pillar += kpi.weight;
  }
  return pillars;
}

// Each KPI's share of the total once what is not applicable is gone: it has left its weight to its
// siblings, or where none of them applies, to the other pillars.
std::vector<double> NominalShares(const std::vector<Scored>& kpis,
                                  const std::array<PillarSums, kPillarCount>& pillars) {
  double sum = 0;
  for (const PillarSums& pillar : pillars) sum += pillar.applicable > 0 ? pillar.all : 0;
  std::vector<double> shares(kpis.size(), 0);
  for (size_t i = 0; i < kpis.size(); ++i) {
    if (FateOf(kpis[i]) == Fate::kOut) continue;
    const PillarSums& pillar = pillars[IndexOf(kpis[i].pillar)];
    shares[i] = pillar.all / sum * (kpis[i].weight / pillar.applicable);
  }
  return shares;
}

// What counts after redistribution: first within each pillar, then what finds no sibling with a
// value there (or is not meant to) over all that has one, in proportion to what it has by then.
std::vector<double> EffectiveShares(const std::vector<Scored>& kpis,
                                    const std::vector<double>& nominal,
                                    const std::array<PillarSums, kPillarCount>& pillars) {
  std::vector<double> shares(kpis.size(), 0);
  double pool = 0;
  double taken = 0;
  for (size_t i = 0; i < kpis.size(); ++i) {
    const PillarSums& pillar = pillars[IndexOf(kpis[i].pillar)];
    switch (FateOf(kpis[i])) {
      case Fate::kOut:
        break;
      case Fate::kCovered:
        shares[i] = nominal[i] * ((pillar.covered + pillar.to_pillar) / pillar.covered);
        taken += shares[i];
        break;
      case Fate::kAssumed:
        shares[i] = nominal[i];
        break;
      case Fate::kToPillar:
        if (pillar.covered <= 0) pool += nominal[i];
        break;
      case Fate::kToAll:
        pool += nominal[i];
        break;
    }
  }
  if (pool <= 0) return shares;
  for (size_t i = 0; i < kpis.size(); ++i) {
    if (IsCovered(kpis[i])) shares[i] *= (taken + pool) / taken;
  }
  return shares;
}

}  // namespace

double CurveScore(absl::Span<const kpis::CurvePoint> curve, double value) {
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
  const std::array<PillarSums, kPillarCount> pillars = SumUp(kpis);
  const std::vector<double> nominal = NominalShares(kpis, pillars);

  Total total;
  total.assumed.assign(kpis.size(), std::nullopt);
  bool any_covered = false;
  bool any_missing = false;
  bool any_error = false;
  double missing = 0;  // nominal share of what is missing
  for (size_t i = 0; i < kpis.size(); ++i) {
    const Scored& kpi = kpis[i];
    const Fate fate = FateOf(kpi);
    if (fate == Fate::kOut) continue;
    if (fate == Fate::kCovered) {
      any_covered = true;
      total.coverage += nominal[i];
      total.low += nominal[i] * kpi.score;
      continue;
    }
    any_missing = true;
    missing += nominal[i];
    if (kpi.state == kpis::State::kError) {
      any_error = true;
      total.error_weight += nominal[i];
    }
    if (kpi.missing == weighting::MissingPolicy::kBlock) total.blocked_by.push_back(i);
    if (fate == Fate::kAssumed) {
      total.assumed[i] = kpi.missing == weighting::MissingPolicy::kNeutral ? kNeutralScore : 0;
    }
  }
  total.error_weight = std::min(total.error_weight, 1.0);
  total.effective_weights.assign(kpis.size(), 0);
  if (any_covered) total.effective_weights = EffectiveShares(kpis, nominal, pillars);

  std::array<double, kPillarCount> pillar_weights = {};
  for (size_t i = 0; i < kpis.size(); ++i) {
    pillar_weights[IndexOf(kpis[i].pillar)] += total.effective_weights[i];
  }
  std::array<Mean, kPillarCount> pillar_means;
  Mean mean;
  for (size_t i = 0; i < kpis.size(); ++i) {
    const double weight = total.effective_weights[i];
    if (weight <= 0) continue;
    const double score = total.assumed[i].value_or(kpis[i].score);
    const size_t p = IndexOf(kpis[i].pillar);
    pillar_means[p].Add(weight / pillar_weights[p], score);
    mean.Add(weight, score);
  }
  for (size_t p = 0; p < kPillarCount; ++p) {
    if (pillars[p].all <= 0) continue;
    PillarScore& pillar = total.pillars.emplace_back();
    pillar.pillar = kpis::kPillars[p];
    pillar.weight = pillar_weights[p];
    pillar.nominal_weight = pillars[p].all;
    if (pillar_weights[p] > 0) pillar.score = pillar_means[p].value();
    if (pillars[p].covered > 0) pillar.coverage = pillars[p].covered / pillars[p].applicable;
  }

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
  if (!total.blocked_by.empty()) return total;                               // kNotScored
  if (total.coverage + kCoverageTolerance < minimum_coverage) return total;  // kNotScored
  total.total = score;
  total.state = any_error ? TotalState::kScoredWithErrors : TotalState::kScored;
  return total;
}

}  // namespace keyscore::scoring
