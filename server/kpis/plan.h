// What an evaluation has to ask of the store, and where each KPI finds its inputs in the answers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "kpis/evaluate.h"
#include "measures/measure_set.h"

namespace keyscore::kpis {

struct PlannedKpi {
  const LoadedKpi* kpi = nullptr;
  std::vector<size_t> columns;  // of its inputs, in its roll-up's MeasureSet
  // Of a pooled KPI whose accounts are asked for too: of its inputs, in `by_account`; else empty.
  std::vector<size_t> account_columns;
  std::vector<measures::Interval> intervals;  // of its inputs
};

struct Plan {
  measures::MeasureSet pooled;
  measures::MeasureSet by_account;
  std::vector<PlannedKpi> kpis;  // in the order of the request
};

// `by_account_too`: this KPI, if it is pooled, is planned by account as well, where its datasets
// have accounts.
Plan MakePlan(const std::vector<const LoadedKpi*>& kpis, const measures::Period& period,
              const measures::Calendar& calendar, const LoadedKpi* by_account_too = nullptr);

// The plans that were asked for last, of one generation of the registry. May be used from any
// thread.
class PlanCache {
 public:
  std::shared_ptr<const Plan> Get(const std::vector<const LoadedKpi*>& kpis,
                                  const measures::Period& period,
                                  const measures::Calendar& calendar,
                                  const LoadedKpi* by_account_too) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Key {
    std::vector<const LoadedKpi*> kpis;
    const LoadedKpi* by_account_too;
    absl::Time from;
    absl::Time to;
    absl::CivilDay from_day;
    absl::CivilDay to_day;
    std::string time_zone;
    bool operator==(const Key&) const = default;
    template <typename H>
    friend H AbslHashValue(H state, const Key& key) {
      return H::combine(std::move(state), key.kpis, key.by_account_too, key.from, key.to);
    }
  };

  absl::Mutex mutex_;
  absl::flat_hash_map<Key, std::shared_ptr<const Plan>> plans_ ABSL_GUARDED_BY(mutex_);
};

// "DATASET_EMPTY: …" when an input that the KPI can't do without comes from a dataset that never
// held a fact; else empty.
std::string EmptyReason(const KpiDefinition& definition,
                        absl::Span<const store::DatasetStats> datasets);

// Whether facts have been missing for longer than the KPI's cadence at `at`, judging by `newest`,
// the newest fact of its windows that aren't instants (InfinitePast() = none). Never for a KPI
// without a cadence or with no such window.
bool IsStale(const KpiDefinition& definition, absl::Time newest, absl::Time at);

// A window at an instant asks what stood then, and one that follows the period what is to come, so
// their facts' age says nothing.
bool IsAtInstant(const measures::MeasureSpec& input);

}  // namespace keyscore::kpis
