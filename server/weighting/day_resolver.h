// Resolves the weights of many subjects for the same days under the same rules: what they share is
// worked out once.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "weighting/resolve.h"

namespace keyscore::weighting {

// The days that a resolution looks at.
struct Days {
  absl::CivilDay rules_of;  // the profile is that of this day
  absl::CivilDay from;      // [from, to): for bands and targets
  absl::CivilDay to;
  bool whole_period = true;  // false: one day, `from`
  bool operator==(const Days&) const = default;
};

// May be used from any thread. Rules and registry must outlive it.
class DayResolver {
 public:
  DayResolver(const Rules& rules, const kpis::RegistrySnapshot& registry, const Days& days);

  // As Resolve and ResolveForPeriod, but for exceptions, which are the subject's alone. The reasons
  // only where they are wanted.
  absl::StatusOr<ResolvedWeights> Resolve(const SubjectFacts& subject, bool with_reasons) const
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Series = std::vector<const TargetSeries*>;
  using Shares = std::array<double, std::size(kpis::kPillars)>;
  // What a profile says of every KPI, with the target series that count; without pillars' weights.
  struct Base {
    std::vector<ResolvedKpi> kpis;
    std::array<bool, std::size(kpis::kPillars)> weighted = {};  // pillars with a weighted KPI
  };
  // With the weights of the pillars.
  struct Mix {
    ResolvedKpis kpis;
    std::vector<PillarWeight> pillars;
    std::vector<std::string> reasons;  // which pillars gave their share away
  };

  // The most specific profile, ids decide last (what is published never lets it come to that), and
  // how many there are; null where there is none.
  std::pair<const WeightProfile*, size_t> Choose(const SubjectFacts& subject) const;
  // The most specific series of each KPI that has a point within the days.
  Series SeriesOf(const SubjectFacts& subject) const;
  std::shared_ptr<const Base> BaseOf(const WeightProfile& profile, const Series& series) const
      ABSL_LOCKS_EXCLUDED(mutex_);
  std::shared_ptr<const Mix> MixOf(const WeightProfile& profile, const Series& series,
                                   const std::vector<PillarWeight>& pillars) const
      ABSL_LOCKS_EXCLUDED(mutex_);

  const kpis::RegistrySnapshot& registry_;
  const Days days_;
  std::vector<const WeightProfile*> profiles_;  // in effect, in the order of the rules
  std::map<Selector, Series> series_;           // with a point within the days, likewise
  mutable absl::Mutex mutex_;
  mutable absl::flat_hash_map<std::pair<const WeightProfile*, Series>, std::shared_ptr<const Base>>
      bases_ ABSL_GUARDED_BY(mutex_);
  mutable absl::flat_hash_map<std::tuple<const WeightProfile*, Series, Shares>,
                              std::shared_ptr<const Mix>>
      mixes_ ABSL_GUARDED_BY(mutex_);
};

// The resolvers that were asked for last, of one generation of the registry (kpis/derived.h).
class DayResolvers {
 public:
  // For no longer than the rules live.
  std::shared_ptr<const DayResolver> Get(const std::shared_ptr<const Rules>& rules,
                                         const kpis::RegistrySnapshot& registry, const Days& days)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Entry {
    std::weak_ptr<const Rules> alive;
    const Rules* rules;
    Days days;
    std::shared_ptr<const DayResolver> resolver;
  };
  std::shared_ptr<const DayResolver> Find(const Rules* rules, const Days& days) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::weighting
