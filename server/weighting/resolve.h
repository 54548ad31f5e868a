// Which weights count for a subject: the profile, its tenure band, and the share of every KPI.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kpis/registry.h"
#include "measures/calendar.h"
#include "store/store.h"
#include "weighting/profile.h"

namespace keyscore::weighting {

// What resolution needs to know of a subject.
struct SubjectFacts {
  store::SubjectKind kind = store::SubjectKind::kManager;
  std::string id;
  std::string team_id;                         // managers
  std::string segment;                         // accounts
  std::optional<absl::CivilDay> role_started;  // managers
  std::string display_name;                    // for the reasons; empty = the resource name
};

struct ResolvedKpi {
  const kpis::LoadedKpi* kpi = nullptr;
  double weight_in_pillar = 0;  // 0 to 1; sums to 1 over the pillar's weighted KPIs
  double weight = 0;            // share of the total, 0 to 1
  std::vector<kpis::CurvePoint> curve;
  std::optional<double> target;
};

struct ResolvedWeights {
  const WeightProfile* profile = nullptr;
  std::optional<int> tenure_months;  // whole months in role on the date
  std::string tenure_band;           // "" where tenure doesn't apply
  std::vector<PillarWeight> pillars;
  std::vector<ResolvedKpi> kpis;  // every KPI of the registry, also with weight 0; registry order
  double minimum_coverage = 0.5;
  std::vector<std::string> reasons;  // one step a line, in words
};

// Whole months from `start` to `date`: 2023-01-15 to 2024-07-14 is 17, to 2024-07-15 is 18. A month
// that lacks the start's day is full on the 1st of the next: 2023-01-31 to 2023-02-28 is 0, to
// 2023-03-01 is 1. Negative spans are 0.
int MonthsBetween(absl::CivilDay start, absl::CivilDay date);

// The most specific profile that is in effect on `date` wins (account, manager, team, segment,
// everyone; of two for the same selector the one that took effect later), then the band of the
// manager's tenure. A profile is in effect from the day in `time_zone` that its effective_time lies
// in. A pillar whose KPIs have no weight at all gives its share to the other pillars in proportion.
// NOT_FOUND when no profile applies. The result points into `profiles` and `registry`.
absl::StatusOr<ResolvedWeights> Resolve(const std::vector<WeightProfile>& profiles,
                                        const SubjectFacts& subject, absl::CivilDay date,
                                        const kpis::RegistrySnapshot& registry,
                                        absl::TimeZone time_zone = absl::UTCTimeZone());

// The weights of a scorecard: profiles as in effect on the period's last day, tenure at its end (so
// whoever is 18 months in role when the quarter closes is in the band from 18).
absl::StatusOr<ResolvedWeights> ResolveForPeriod(const std::vector<WeightProfile>& profiles,
                                                 const SubjectFacts& subject,
                                                 const measures::Period& period,
                                                 const kpis::RegistrySnapshot& registry,
                                                 absl::TimeZone time_zone = absl::UTCTimeZone());

}  // namespace keyscore::weighting
