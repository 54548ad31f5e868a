// Plans an evaluation.
#include "kpis/plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "facts/builtin_datasets.h"

namespace keyscore::kpis {
namespace {

// A plan of the whole catalogue takes some 50 kB.
constexpr size_t kMaxPlans = 128;

// Of the book, which has no log of its own: it is the accounts' life and ownership, and without
// accounts there is none.
std::string_view LogOf(std::string_view dataset) { return dataset == "book" ? "account" : dataset; }

bool HasAccounts(const KpiDefinition& definition) {
  return std::none_of(
      definition.inputs.begin(), definition.inputs.end(),
      [](const measures::MeasureSpec& input) { return facts::HasNoAccounts(input.dataset); });
}

}  // namespace

Plan MakePlan(const std::vector<const LoadedKpi*>& kpis, const measures::Period& period,
              const measures::Calendar& calendar, const LoadedKpi* by_account_too) {
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
    plan.kpis.push_back(std::move(planned));
  }
  return plan;
}

std::shared_ptr<const Plan> PlanCache::Get(const std::vector<const LoadedKpi*>& kpis,
                                           const measures::Period& period,
                                           const measures::Calendar& calendar,
                                           const LoadedKpi* by_account_too) {
  // Windows hang on nothing else of period and calendar.
  Key key{.kpis = kpis,
          .by_account_too = by_account_too,
          .from = period.from,
          .to = period.to,
          .from_day = period.from_day,
          .to_day = period.to_day,
          .time_zone = calendar.time_zone_name};
  {
    absl::ReaderMutexLock lock(&mutex_);
    const auto found = plans_.find(key);
    if (found != plans_.end()) return found->second;
  }
  auto plan = std::make_shared<const Plan>(MakePlan(kpis, period, calendar, by_account_too));
  absl::MutexLock lock(&mutex_);
  if (plans_.size() >= kMaxPlans) plans_.clear();  // rare, and soon made good
  return plans_.try_emplace(std::move(key), std::move(plan)).first->second;
}

std::string EmptyReason(const KpiDefinition& definition,
                        absl::Span<const store::DatasetStats> datasets) {
  std::set<std::string> missing;
  for (const store::DatasetStats& dataset : datasets) {
    if (dataset.watermark != 0) continue;
    for (const measures::MeasureSpec& input : definition.inputs) {
      if (!input.optional && LogOf(input.dataset) == dataset.dataset) {
        missing.insert(absl::StrCat("datasets/", input.dataset));
      }
    }
  }
  if (missing.empty()) return "";
  return absl::StrCat("DATASET_EMPTY: no fact was ever recorded in ",
                      absl::StrJoin(missing, " and "));
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
