// In which tenure bands the days of a period lie. Used by day_resolver.cpp alone.
#pragma once

#include <vector>

#include "absl/time/civil_time.h"
#include "weighting/profile.h"
#include "weighting/reasons.h"

namespace keyscore::weighting {

// The first day on which MonthsBetween(start, day) is `months`.
absl::CivilDay FirstDayWith(absl::CivilDay start, int months);

// The band that holds so many months; null where none does.
const TenureBand* BandOf(const std::vector<TenureBand>& bands, int months);

// Days in role of [from, to) by band, oldest first, those without a day left out. None at all where
// the role starts later.
std::vector<BandDays> DaysInBands(const std::vector<TenureBand>& bands, absl::CivilDay role_started,
                                  absl::CivilDay from, absl::CivilDay to);

// The bands' weights, each by its share of the days; all four pillars in order.
std::vector<PillarWeight> MixBands(const std::vector<BandDays>& parts);

}  // namespace keyscore::weighting
