// What it takes to put a set of profiles and target series in force. Used by the ledger's own
// sources alone.
#pragma once

#include <vector>

#include "weighting/book.h"
#include "weighting/ledger.h"

namespace keyscore::weighting {

struct SetPlan {
  Faults faults;                        // fields under profiles[i] and target_series[i]
  std::vector<AppliedChange> changes;   // the set's, in its order, then what it doesn't name
  std::vector<WeightProfile> profiles;  // revisions to be written, in the order of writing
  std::vector<TargetSeries> targets;
};

// Finds every fault of the set, and where there is none what is to be written.
SetPlan PlanSet(const Book& book, const WeightSet& set, const LedgerOptions& options,
                const Change& change, const kpis::RegistrySnapshot& registry);

// What counts of the profiles that aren't deleted. Of one that was deleted once, what counted
// before is left out: put in force elsewhere, it would go on for too long.
std::vector<Version> LivingVersions(const Book& book);

}  // namespace keyscore::weighting
