// The target that a card's line is held against, and how far the line has come.
#pragma once

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "measures/calendar.h"
#include "scoring/season.h"
#include "weighting/resolve.h"

namespace keyscore::scoring {

struct HeldTarget {
  std::optional<double> target;  // for the days of the period that are over
  std::optional<double> full;    // for all of it, where that differs
  std::string source;            // resource name; "" without a target
  std::string note;              // how it was paced, in words
};

// A series that says something of the period beats the profile's target, that the KPI's default.
// Only series are paced: the days before `elapsed_to` are over.
HeldTarget TargetOf(const weighting::ResolvedKpi& kpi, const weighting::WeightProfile& profile,
                    const measures::Period& period, absl::CivilDay elapsed_to, Season& season);

}  // namespace keyscore::scoring
