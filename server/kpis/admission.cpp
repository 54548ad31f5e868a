// Ids over all libraries, datasets against what the store knows, inputs against their datasets.
#include "kpis/admission.h"

#include <set>

#include "absl/strings/match.h"
#include "facts/builtin_datasets.h"
#include "fmt/format.h"
#include "measures/calendar.h"
#include "measures/measure.h"

namespace keyscore::kpis {
namespace {

void CheckIds(const LoadedLibrary& library,
              const std::vector<std::shared_ptr<const LoadedLibrary>>& admitted,
              std::vector<std::string>& reasons) {
  for (const auto& other : admitted) {
    if (other->id == library.id) {
      reasons.push_back(fmt::format("another library with the id '{}' is loaded, from {}",
                                    library.id, other->file_name));
    }
    for (const LoadedKpi& theirs : other->kpis) {
      for (const LoadedKpi& ours : library.kpis) {
        if (ours.definition.id == theirs.definition.id) {
          reasons.push_back(fmt::format("KPI '{}' is already defined by the library '{}'",
                                        ours.definition.id, other->id));
        }
      }
    }
  }
}

void CheckDatasets(const LoadedLibrary& library, store::Store& store,
                   std::vector<std::string>& reasons) {
  for (const facts::DatasetSchema& dataset : library.datasets) {
    if (!facts::ValidateSchema(dataset).ok()) continue;  // the description's own fault
    const absl::Status checked = store.CheckDataset(dataset);
    if (checked.ok()) continue;
    const std::string prefix = fmt::format("dataset '{}'", dataset.id);
    const std::string message(checked.message());
    reasons.push_back(absl::StartsWith(message, prefix) ? message
                                                        : fmt::format("{}: {}", prefix, message));
  }
}

void CheckInputs(const LoadedLibrary& library, store::Store& store,
                 std::vector<std::string>& reasons) {
  std::set<std::string> seen;  // one id twice is one fault, not two for each input
  for (const LoadedKpi& kpi : library.kpis) {
    if (!seen.insert(kpi.definition.id).second) continue;
    for (const measures::MeasureSpec& input : kpi.definition.inputs) {
      if (!measures::CheckSpec(input).ok()) continue;  // the description's own fault
      const std::string where = fmt::format("KPI '{}': input '{}'", kpi.definition.id, input.name);
      if (const auto fault = FindRollupFault(kpi.definition, input)) {
        reasons.push_back(fmt::format("{}: {}; {}", where, fault->what, fault->fix));
      }
      const absl::Status checked = store.CheckMeasure(ForChecking(input), library.datasets);
      if (!checked.ok()) {
        reasons.push_back(fmt::format("{}: {}", where, std::string(checked.message())));
      }
    }
  }
}

}  // namespace

store::ResolvedMeasure ForChecking(const measures::MeasureSpec& input) {
  const measures::Calendar calendar;
  measures::Period period;
  period.expression = "2024-01";  // any will do
  period.from_day = absl::CivilDay(2024, 1, 1);
  period.to_day = absl::CivilDay(2024, 2, 1);
  period.from = calendar.StartOf(period.from_day);
  period.to = calendar.StartOf(period.to_day);
  return measures::Resolve(input, period, calendar);
}

std::optional<RollupFault> FindRollupFault(const KpiDefinition& definition,
                                           const measures::MeasureSpec& input) {
  const bool no_accounts = facts::HasNoAccounts(input.dataset);
  if (definition.rollup == Rollup::kAccounts && no_accounts) {
    return RollupFault{fmt::format("dataset '{}' has no accounts, so the KPI can't be rolled up "
                                   "over them",
                                   input.dataset),
                       "pool it"};
  }
  if (!definition.parameters.empty() && no_accounts) {
    return RollupFault{
        fmt::format("dataset '{}' has no accounts, and a model is fitted over them", input.dataset),
        "take the input from a dataset about accounts"};
  }
  const bool first = input.aggregate == store::Aggregate::kFirst;
  const bool last = input.aggregate == store::Aggregate::kLast;
  if (definition.rollup == Rollup::kPooled && (first || last)) {
    return RollupFault{
        fmt::format("{} over pooled facts is the value of one account, whichever came {}, and says "
                    "nothing of the others",
                    first ? "first" : "last", first ? "first" : "last"),
        fmt::format("roll the KPI up over accounts, or take {} of an expression such as "
                    "unix_seconds(occurred_at)",
                    first ? "min" : "max")};
  }
  return std::nullopt;
}

std::vector<std::string> FindObjections(
    const LoadedLibrary& library, const std::vector<std::shared_ptr<const LoadedLibrary>>& admitted,
    store::Store& store) {
  std::vector<std::string> reasons;
  CheckIds(library, admitted, reasons);
  CheckDatasets(library, store, reasons);
  CheckInputs(library, store, reasons);
  return reasons;
}

std::vector<std::string> DefineDatasets(const LoadedLibrary& library, store::Store& store) {
  std::vector<std::string> reasons;
  for (const facts::DatasetSchema& dataset : library.datasets) {
    const absl::Status defined = store.DefineDataset(dataset);
    if (!defined.ok()) {
      reasons.push_back(
          fmt::format("dataset '{}': {}", dataset.id, std::string(defined.message())));
    }
  }
  return reasons;
}

}  // namespace keyscore::kpis
