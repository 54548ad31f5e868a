// The steps of a resolution in words that a manager understands. Used by resolve.cpp alone.
#pragma once

#include <string>
#include <vector>

#include "weighting/resolve.h"

namespace keyscore::weighting {

// "relationships".
std::string PillarWord(kpis::Pillar pillar);

// "60 % relationships, 20 % revenue, 20 % retention"; those without weight are left out.
std::string PillarsInWords(const std::vector<PillarWeight>& pillars);

// "18 to 36 months", for a band without a name of its own.
std::string BandName(const TenureBand& band);

// Which profile counts, of how many in effect for the subject.
std::string ProfileStep(const WeightProfile& profile, size_t candidates);

// Why these pillar weights count; `band` is null where tenure plays no part.
std::string PillarStep(const SubjectFacts& subject, const WeightProfile& profile,
                       std::optional<int> tenure_months, const TenureBand* band,
                       const std::vector<PillarWeight>& pillars);

// "Within retention: 50 % net_promoter_score, 50 % contract_renewal_rate."
std::string KpiStep(kpis::Pillar pillar, const std::vector<ResolvedKpi>& kpis);

}  // namespace keyscore::weighting
