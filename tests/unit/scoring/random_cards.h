// Random inputs of a total, from fixed seeds: all states, all policies, weights of many sizes, much
// or little missing.
#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "scoring/score.h"

namespace keyscore::scoring {

class Cards {
 public:
  // With all policies for what is missing, or with the usual one alone.
  explicit Cards(unsigned seed, bool all_policies = true)
      : random_(seed), all_policies_(all_policies) {}

  double Uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  size_t Below(size_t end) { return random_() % end; }

  std::vector<Scored> Next() {
    std::vector<Scored> kpis(1 + Below(14));
    const bool much_missing = Below(3) == 0;
    for (Scored& kpi : kpis) {
      kpi.pillar = kpis::kPillars[Below(4)];
      const size_t die = Below(much_missing ? 6 : 12);
      kpi.state = die == 0   ? kpis::State::kNoData
                  : die == 1 ? kpis::State::kError
                  : die == 2 ? kpis::State::kNotApplicable
                  : die == 3 ? kpis::State::kNoData
                             : kpis::State::kValue;
      if (kpi.state == kpis::State::kValue) {
        kpi.score = Below(5) == 0 ? 100.0 * static_cast<double>(Below(2)) : Uniform(0, 100);
      }
      kpi.weight = Below(5) == 0 ? 0 : Uniform(0, 1) * std::pow(10, -static_cast<int>(Below(4)));
      if (!all_policies_) continue;
      // One that blocks ends most claims, so it is rare.
      kpi.missing = Below(40) == 0
                        ? weighting::MissingPolicy::kBlock
                        : static_cast<weighting::MissingPolicy>(1 + static_cast<int>(Below(4)));
    }
    return kpis;
  }

 private:
  std::mt19937 random_;
  bool all_policies_;
};

}  // namespace keyscore::scoring
