// Plans an evaluation.
#include "kpis/plan.h"

#include <algorithm>
#include <set>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "facts/builtin_datasets.h"

namespace keyscore::kpis {
namespace {

// Datasets that never held a fact.
absl::StatusOr<absl::flat_hash_set<std::string>> EmptyDatasets(store::Store& store) {
  const auto stats = store.Stats("");
  if (!stats.ok()) return stats.status();
  absl::flat_hash_set<std::string> empty;
  for (const store::DatasetStats& dataset : *stats) {
    if (dataset.watermark == 0) empty.insert(dataset.dataset);
  }
  // The book has no log of its own: it is the accounts' life and ownership, and without accounts
  // there is none.
  if (empty.contains("account")) {
    empty.insert("book");
  } else {
    empty.erase("book");
  }
  return empty;
}

std::string EmptyReason(const KpiDefinition& definition,
                        const absl::flat_hash_set<std::string>& empty_datasets) {
  std::set<std::string> missing;
  for (const measures::MeasureSpec& input : definition.inputs) {
    if (!input.optional && empty_datasets.contains(input.dataset)) {
      missing.insert(absl::StrCat("datasets/", input.dataset));
    }
  }
  if (missing.empty()) return "";
  return absl::StrCat("DATASET_EMPTY: no fact was ever recorded in ",
                      absl::StrJoin(missing, " and "));
}

bool HasAccounts(const KpiDefinition& definition) {
  return std::none_of(
      definition.inputs.begin(), definition.inputs.end(),
      [](const measures::MeasureSpec& input) { return facts::HasNoAccounts(input.dataset); });
}

}  // namespace

absl::StatusOr<Plan> MakePlan(const std::vector<const LoadedKpi*>& kpis,
                              const measures::Period& period, const measures::Calendar& calendar,
                              store::Store& store, const LoadedKpi* by_account_too) {
  const auto empty_datasets = EmptyDatasets(store);
  if (!empty_datasets.ok()) return empty_datasets.status();
  Plan plan;
  for (const LoadedKpi* kpi : kpis) {
    const KpiDefinition& definition = kpi->definition;
    measures::MeasureSet& set =
        definition.rollup == Rollup::kAccounts ? plan.by_account : plan.pooled;
    PlannedKpi planned{.kpi = kpi};
    for (const measures::MeasureSpec& input : definition.inputs) {
      planned.columns.push_back(set.Add(measures::Resolve(input, period, calendar)));
      planned.intervals.push_back(measures::ResolveWindow(input, period, calendar));
    }
    if (kpi == by_account_too && definition.rollup == Rollup::kPooled && HasAccounts(definition)) {
      for (const measures::MeasureSpec& input : definition.inputs) {
        planned.account_columns.push_back(
            plan.by_account.Add(measures::Resolve(input, period, calendar)));
      }
    }
    planned.dataset_empty = EmptyReason(definition, *empty_datasets);
    plan.kpis.push_back(std::move(planned));
  }
  return plan;
}

bool IsAtInstant(const measures::MeasureSpec& input) {
  return input.window == measures::Window::kAtStart || input.window == measures::Window::kAtEnd ||
         input.window == measures::Window::kFollowing;
}

bool IsStale(const KpiDefinition& definition, absl::Time newest, absl::Time at) {
  if (definition.cadence_days == 0) return false;
  if (std::all_of(definition.inputs.begin(), definition.inputs.end(), IsAtInstant)) return false;
  return newest < at - absl::Hours(24) * definition.cadence_days;
}

}  // namespace keyscore::kpis
