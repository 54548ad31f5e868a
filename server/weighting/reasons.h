// The steps of a resolution in words that a manager understands.
#pragma once

#include <string>
#include <vector>

#include "weighting/resolve.h"

namespace keyscore::weighting {

// The display name, or the resource name where there is none.
std::string NameOf(const SubjectFacts& subject);

// "relationships".
std::string PillarWord(kpis::Pillar pillar);

// "60 % relationships, 20 % revenue, 20 % retention"; those without weight are left out.
std::string PillarsInWords(const std::vector<PillarWeight>& pillars);

// "18 to 36 months", for a band without a name of its own.
std::string BandName(const TenureBand& band);

// Which profile counts, of how many in effect for the subject.
std::string ProfileStep(const WeightProfile& profile, size_t candidates);

// Why no band counts.
std::string TenurelessStep(const SubjectFacts& subject, const ProfileContent& profile);

// Why just one band counts.
std::string BandStep(const SubjectFacts& subject, int tenure_months, const TenureBand& band);

// Days of the period that a manager was in a band.
struct BandDays {
  const TenureBand* band;
  int64_t days;
};

// Why several bands count, and what they come to.
std::string CrossingStep(const SubjectFacts& subject, int months_at_start, int months_at_end,
                         const std::vector<BandDays>& bands,
                         const std::vector<PillarWeight>& pillars);

// "Within retention: 50 % net_promoter_score, 50 % contract_renewal_rate."
std::string KpiStep(kpis::Pillar pillar, const ResolvedKpis& kpis);

}  // namespace keyscore::weighting
