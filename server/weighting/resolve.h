// Which weights count for a subject: the profile, its tenure band, and the share of every KPI.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "kpis/registry.h"
#include "measures/calendar.h"
#include "store/store.h"
#include "weighting/rules.h"

namespace keyscore::weighting {

// What resolution needs to know of a subject.
struct SubjectFacts {
  store::SubjectKind kind = store::SubjectKind::kManager;
  std::string id;
  std::string manager_id;                      // accounts: who owns it; "" = nobody
  std::string team_id;                         // managers, and accounts: their owner's
  std::string segment;                         // accounts
  std::optional<absl::CivilDay> role_started;  // managers
  std::string display_name;                    // for the reasons; empty = the resource name
};

// Where a target comes from.
enum class TargetSource { kNone, kKpi, kProfile, kSeries };

struct ResolvedKpi {
  const kpis::LoadedKpi* kpi = nullptr;
  double weight_in_pillar = 0;               // 0 to 1; sums to 1 over the pillar's weighted KPIs
  double weight = 0;                         // share of the total, 0 to 1
  absl::Span<const kpis::CurvePoint> curve;  // the profile's or the KPI's own
  CurveBasis basis = CurveBasis::kValue;
  MissingPolicy missing = MissingPolicy::kRedistributeInPillar;
  // Of a profile or the KPI itself; of a series only Pace can tell, for a given period.
  std::optional<double> target;
  TargetSource target_source = TargetSource::kNone;
  const TargetSeries* series = nullptr;  // kSeries
  // In force on the date; of a period on its last day, or on the day whose rules count if that is
  // earlier.
  const ScoreOverride* exception = nullptr;
};

// KPIs with their weights. A copy is cheap: subjects for whom the same counts share one list.
class ResolvedKpis {
 public:
  using value_type = ResolvedKpi;
  using const_iterator = std::vector<ResolvedKpi>::const_iterator;
  using iterator = const_iterator;

  ResolvedKpis();
  explicit ResolvedKpis(std::vector<ResolvedKpi> kpis);

  const_iterator begin() const { return shared_->kpis.begin(); }
  const_iterator end() const { return shared_->kpis.end(); }
  size_t size() const { return shared_->kpis.size(); }
  bool empty() const { return shared_->kpis.empty(); }
  const ResolvedKpi& operator[](size_t i) const { return shared_->kpis[i]; }

  // Which of them have weight, in order.
  const std::vector<size_t>& weighted() const { return shared_->weighted; }
  // The same for lists that are one and the same, not merely equal.
  const void* identity() const { return shared_.get(); }

 private:
  struct Shared {
    std::vector<ResolvedKpi> kpis;
    std::vector<size_t> weighted;
  };
  std::shared_ptr<const Shared> shared_;
};

// A tenure band and its share of the days.
struct BandShare {
  std::string band;
  double share = 1;
};

struct ResolvedWeights {
  const WeightProfile* profile = nullptr;
  absl::CivilDay date;  // the day whose rules count
  // Whole months in role on the date; of a period on its last day, or under
  // BandPolicy::kAtPeriodEnd on the day it is over.
  std::optional<int> tenure_months;
  std::string tenure_band;       // at the end; "" where tenure doesn't apply
  std::vector<BandShare> bands;  // over the period, oldest first; none where it doesn't apply
  std::vector<PillarWeight> pillars;
  ResolvedKpis kpis;  // every KPI of the registry, also with weight 0; registry order
  double minimum_coverage = 0.5;
  std::vector<std::string> reasons;  // one step a line, in words; where they were asked for
};

// Whole months from `start` to `date`: 2023-01-15 to 2024-07-14 is 17, to 2024-07-15 is 18. A month
// that lacks the start's day is full on the 1st of the next: 2023-01-31 to 2023-02-28 is 0, to
// 2023-03-01 is 1. Negative spans are 0.
int MonthsBetween(absl::CivilDay start, absl::CivilDay date);

// Whether a selector means the subject: an account's owner and the owner's team count for it.
bool IsFor(const Selector& selector, const SubjectFacts& subject);

// The most specific profile that counts on `date` wins (account, manager, team, segment, everyone),
// then the band of the manager's tenure. A pillar whose KPIs have no weight at all gives its share
// to the other pillars in proportion. NOT_FOUND when no profile applies. The result points into
// `rules` and `registry`.
absl::StatusOr<ResolvedWeights> Resolve(const Rules& rules, const SubjectFacts& subject,
                                        absl::CivilDay date,
                                        const kpis::RegistrySnapshot& registry);

// The weights of a scorecard: the rules of `rules_of` (as a rule the period's last day). Under
// BandPolicy::kTimeWeighted each band that the manager was in during the period counts by its share
// of the days in role; under kAtPeriodEnd the band at the end does (so whoever is 18 months in role
// when the quarter closes is in the band from 18).
absl::StatusOr<ResolvedWeights> ResolveForPeriod(const Rules& rules, const SubjectFacts& subject,
                                                 const measures::Period& period,
                                                 absl::CivilDay rules_of,
                                                 const kpis::RegistrySnapshot& registry);

// Every profile that has a word to say about the subject or could have: the winner first, then by
// how near they came.
struct Candidate {
  const Version* version = nullptr;
  bool won = false;
  std::string why;  // in words
};
std::vector<Candidate> ExplainCandidates(const Rules& rules, const SubjectFacts& subject,
                                         absl::CivilDay date);

}  // namespace keyscore::weighting
