// The rules of section 5 of the design, step by step as a person would on paper: give away the
// weight of one KPI after the other to its siblings, then what is left to everyone.
#pragma once

#include <optional>
#include <vector>

#include "scoring/score.h"

namespace keyscore::scoring {

inline bool IsMissing(const Scored& kpi) {
  return kpi.state == kpis::State::kNoData || kpi.state == kpis::State::kError;
}

inline bool HasValue(const Scored& kpi) { return kpi.state == kpis::State::kValue; }
inline bool Applies(const Scored& kpi) { return kpi.state != kpis::State::kNotApplicable; }
inline bool AppliesNot(const Scored& kpi) { return !Applies(kpi); }

// What counts though it is missing.
inline std::optional<double> Assumed(const Scored& kpi) {
  if (!IsMissing(kpi) || kpi.weight == 0) return std::nullopt;
  if (kpi.missing == weighting::MissingPolicy::kNeutral) return 50;
  if (kpi.missing == weighting::MissingPolicy::kZero && kpi.state == kpis::State::kNoData) return 0;
  return std::nullopt;
}
inline bool GivesAway(const Scored& kpi) {
  return IsMissing(kpi) && kpi.missing != weighting::MissingPolicy::kNeutral &&
         (kpi.missing != weighting::MissingPolicy::kZero || kpi.state == kpis::State::kError);
}
inline bool GivesToSiblings(const Scored& kpi) {
  return GivesAway(kpi) && kpi.missing != weighting::MissingPolicy::kRedistributeOverall;
}

inline bool AnyValue(const std::vector<Scored>& kpis) {
  for (const Scored& kpi : kpis) {
    if (HasValue(kpi) && kpi.weight > 0) return true;
  }
  return false;
}

struct Plain {
  std::vector<long double> weights;  // after redistribution
  long double total = 0;
  long double coverage = 0;
  bool any = false;
  bool blocked = false;
};

using Is = bool (*)(const Scored&);

inline void GiveToSiblings(const std::vector<Scored>& kpis, Is giver, Is taker,
                           std::vector<long double>& weights) {
  const std::vector<long double> before = weights;
  for (size_t i = 0; i < kpis.size(); ++i) {
    if (!giver(kpis[i]) || before[i] == 0) continue;
    long double siblings = 0;
    for (size_t j = 0; j < kpis.size(); ++j) {
      if (kpis[j].pillar == kpis[i].pillar && taker(kpis[j])) siblings += before[j];
    }
    if (siblings == 0) continue;  // a matter for everyone
    for (size_t j = 0; j < kpis.size(); ++j) {
      if (kpis[j].pillar == kpis[i].pillar && taker(kpis[j])) {
        weights[j] += before[i] * before[j] / siblings;
      }
    }
    weights[i] = 0;
  }
}

inline void GiveToAll(const std::vector<Scored>& kpis, Is giver, Is taker,
                      std::vector<long double>& weights) {
  long double homeless = 0;
  long double taken = 0;
  for (size_t i = 0; i < kpis.size(); ++i) {
    if (giver(kpis[i])) homeless += weights[i];
    if (taker(kpis[i])) taken += weights[i];
  }
  for (size_t i = 0; i < kpis.size(); ++i) {
    if (giver(kpis[i])) weights[i] = 0;
    if (taker(kpis[i]) && taken > 0) weights[i] += homeless * weights[i] / taken;
  }
}

inline Plain OnPaper(const std::vector<Scored>& kpis) {
  Plain plain;
  long double sum = 0;
  for (const Scored& kpi : kpis) sum += kpi.weight;
  for (const Scored& kpi : kpis) {
    plain.weights.push_back(sum > 0 ? kpi.weight / sum : 0);
    plain.blocked |=
        kpi.weight > 0 && IsMissing(kpi) && kpi.missing == weighting::MissingPolicy::kBlock;
  }
  GiveToSiblings(kpis, AppliesNot, Applies, plain.weights);
  GiveToAll(kpis, AppliesNot, Applies, plain.weights);
  for (size_t i = 0; i < kpis.size(); ++i) {
    if (HasValue(kpis[i])) plain.coverage += plain.weights[i];
  }
  plain.any = AnyValue(kpis);
  GiveToSiblings(kpis, GivesToSiblings, HasValue, plain.weights);
  GiveToAll(kpis, GivesAway, HasValue, plain.weights);
  for (size_t i = 0; i < kpis.size(); ++i) {
    const double score = HasValue(kpis[i]) ? kpis[i].score : Assumed(kpis[i]).value_or(0);
    plain.total += plain.weights[i] * score;
  }
  return plain;
}

}  // namespace keyscore::scoring
