// What lint looks at: which KPIs a profile weighs and how much, and their figures in the cards.
// Used by the lint of this folder alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kpis/registry.h"
#include "scoring/scorecard.h"

namespace keyscore::scoring {

struct WeightedKpi {
  const kpis::LoadedKpi* kpi = nullptr;
  double weight_in_pillar = 0;
  double largest_weight = 0;  // share of the total, in the band where that is largest
  bool has_target = false;    // of a series, the profile or the KPI itself
  const std::string& id() const { return kpi->definition.id; }
};

// In registry order. `cards` tell of the targets that come from series.
std::vector<WeightedKpi> WeightedKpis(const weighting::WeightProfile& profile,
                                      const std::vector<const Scorecard*>& cards,
                                      const kpis::RegistrySnapshot& registry);

// One KPI's figures in the cards that list it.
struct KpiFigures {
  size_t cards = 0;
  size_t not_applicable = 0;
  std::vector<std::optional<double>> values;  // one a card of all; none where it has no value
  size_t value_count = 0;
  std::vector<double> scores;  // by the curve, of those that have one
};

KpiFigures FiguresOf(const kpis::LoadedKpi& kpi, const std::vector<const Scorecard*>& cards);

}  // namespace keyscore::scoring
