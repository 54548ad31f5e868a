// Section 5 of the design written down once more, as plainly as possible: curve, pillars, total,
// coverage and bounds from the values of a card, with what a profile and exceptions make of them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "keyscore/v1/kpi_service.pb.h"
#include "keyscore/v1/scorecard_service.pb.h"
#include "keyscore/v1/weighting_service.pb.h"

namespace keyscore::testing {

using PlainCurve = std::vector<v1::CurvePoint>;

double PlainCurveScore(const PlainCurve& curve, double value);

// What counts for one subject.
struct PlainRules {
  std::map<v1::Pillar, double> shares;           // the pillars', by tenure
  std::map<std::string, v1::KpiWeight> weights;  // of the profile, by kpis/{id}
  // By kpis/{id}: the score that counts in place of the computed one, none = exempt.
  std::map<std::string, std::optional<double>> exceptions;
};

struct PlainTotal {
  std::optional<double> total;  // whatever the coverage; none where nothing has a value
  double low = 0;
  double high = 0;
  double coverage = 0;
  std::map<v1::Pillar, std::optional<double>> pillar_scores;
  std::map<v1::Pillar, double> pillar_weights;    // effective
  std::map<std::string, double> kpi_weights;      // effective, by kpis/{id}
  std::map<std::string, double> nominal_weights;  // before anything is given away
  std::map<std::string, double> computed_scores;  // by the curve, also without weight
  std::map<std::string, double> assumed_scores;
  std::set<std::string> blocked_by;
};

// `catalogue` by kpis/{id}. Of the card, which lists every KPI, its states and values are read.
PlainTotal PlainScore(const v1::Scorecard& card, const std::map<std::string, v1::Kpi>& catalogue,
                      const PlainRules& rules);

}  // namespace keyscore::testing
