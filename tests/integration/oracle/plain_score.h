// Section 5 of the design written down once more, as plainly as possible: curve, pillars, total,
// coverage and bounds from the results of a card.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "keyscore/v1/kpi_service.pb.h"
#include "keyscore/v1/scorecard_service.pb.h"

namespace keyscore::testing {

double PlainCurveScore(const v1::Kpi& kpi, double value);

struct PlainTotal {
  std::optional<double> total;  // whatever the coverage
  double low = 0;
  double high = 0;
  double coverage = 0;
  std::map<v1::Pillar, std::optional<double>> pillar_scores;
  std::map<v1::Pillar, double> pillar_weights;  // effective
  std::map<std::string, double> kpi_weights;    // effective, by kpis/{id}
  std::map<std::string, double> nominal_weights;
};

// `catalogue` by kpis/{id}; `shares` are the pillars' by tenure. A KPI counts in its pillar by its
// default weight.
PlainTotal PlainScore(const v1::Scorecard& card, const std::map<std::string, v1::Kpi>& catalogue,
                      const std::map<v1::Pillar, double>& shares);

}  // namespace keyscore::testing
