// What an evaluation has to ask of the store, and where each KPI finds its inputs in the answers.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kpis/evaluate.h"
#include "measures/measure_set.h"

namespace keyscore::kpis {

struct PlannedKpi {
  const LoadedKpi* kpi = nullptr;
  std::vector<size_t> columns;  // of its inputs, in its roll-up's MeasureSet
  // Of a pooled KPI whose accounts are asked for too: of its inputs, in `by_account`; else empty.
  std::vector<size_t> account_columns;
  std::vector<measures::Interval> intervals;  // of its inputs
  // "DATASET_EMPTY: …" when an input that it can't do without comes from a dataset that never held
  // a fact; else empty.
  std::string dataset_empty;
};

struct Plan {
  measures::MeasureSet pooled;
  measures::MeasureSet by_account;
  std::vector<PlannedKpi> kpis;  // in the order of the request
};

// `by_account_too`: this KPI, if it is pooled, is planned by account as well, where its datasets
// have accounts.
absl::StatusOr<Plan> MakePlan(const std::vector<const LoadedKpi*>& kpis,
                              const measures::Period& period, const measures::Calendar& calendar,
                              store::Store& store, const LoadedKpi* by_account_too = nullptr);

// Whether facts have been missing for longer than the KPI's cadence at `at`, judging by `newest`,
// the newest fact of its windows that aren't instants (InfinitePast() = none). Never for a KPI
// without a cadence or with no such window.
bool IsStale(const KpiDefinition& definition, absl::Time newest, absl::Time at);

// A window at an instant asks what stood then, and one that follows the period what is to come, so
// their facts' age says nothing.
bool IsAtInstant(const measures::MeasureSpec& input);

}  // namespace keyscore::kpis
