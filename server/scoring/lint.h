// Advice on how well the KPIs of a profile are chosen, by what it says and by the actual figures.
//
// Rules: too-many-kpis (more than ten weighted), too-few-kpis (fewer than four), pillar-on-one-kpi,
// no-leading-kpi, no-lagging-kpi, not-controllable (weight on a KPI of low controllability),
// no-target, little-data (a value for fewer than half of the subjects), correlated (two weighted
// KPIs above 0.95, Pearson, over at least ten subjects with both), not-reviewed (for six months),
// band-jump (a pillar's weight differs by more than 20 points between neighbouring bands),
// saturated-curve (every subject at 0, or every subject at 100, of at least ten).
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "scoring/scorecard.h"

namespace keyscore::scoring {

struct LintFinding {
  std::string rule;
  std::string profile;            // id
  std::vector<std::string> kpis;  // ids
  std::string evidence;           // in words, with the figures
  std::string remedy;
};

// `cards` are those of every subject that the profile counts for, with every weighted KPI listed
// (they may be none: then only what the profile itself says is looked at). Findings stand in the
// order of the rules above.
std::vector<LintFinding> Lint(const weighting::WeightProfile& profile,
                              const std::vector<const Scorecard*>& cards,
                              const kpis::RegistrySnapshot& registry, absl::Time now);

}  // namespace keyscore::scoring
