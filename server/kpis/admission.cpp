// Ids over all libraries, datasets against what the store knows, inputs against their datasets.
#include "kpis/admission.h"

#include <algorithm>

#include "facts/builtin_datasets.h"
#include "fmt/format.h"
#include "measures/calendar.h"
#include "measures/measure.h"

namespace keyscore::kpis {
namespace {

// Any period will do: the store checks expressions, not instants.
measures::Period SomePeriod(const measures::Calendar& calendar) {
  measures::Period period;
  period.expression = "2024-01";
  period.from_day = absl::CivilDay(2024, 1, 1);
  period.to_day = absl::CivilDay(2024, 2, 1);
  period.from = calendar.StartOf(period.from_day);
  period.to = calendar.StartOf(period.to_day);
  return period;
}

bool IsOwnDataset(const LoadedLibrary& library, const std::string& dataset) {
  return std::any_of(library.datasets.begin(), library.datasets.end(),
                     [&](const facts::DatasetSchema& own) { return own.id == dataset; });
}

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

// Facts about managers and teams belong to no account, so nothing can be rolled up over accounts.
bool HasNoAccounts(const std::string& dataset) {
  for (const facts::DatasetSchema& schema : facts::BuiltinDatasets()) {
    if (schema.id == dataset) {
      return schema.key_column == "manager_id" || schema.key_column == "team_id";
    }
  }
  return false;
}

// The inputs from the library's own datasets, or all the others.
void CheckInputs(const LoadedLibrary& library, bool own, store::Store& store,
                 std::vector<std::string>& reasons) {
  const measures::Calendar calendar;
  const measures::Period period = SomePeriod(calendar);
  for (const LoadedKpi& kpi : library.kpis) {
    for (const measures::MeasureSpec& input : kpi.definition.inputs) {
      if (IsOwnDataset(library, input.dataset) != own) continue;
      const std::string where = fmt::format("KPI '{}': input '{}'", kpi.definition.id, input.name);
      if (kpi.definition.rollup == Rollup::kAccounts && HasNoAccounts(input.dataset)) {
        reasons.push_back(fmt::format(
            "{}: dataset '{}' has no accounts, so the KPI can't be rolled up over them; pool it",
            where, input.dataset));
      }
      const absl::Status checked = store.CheckMeasure(measures::Resolve(input, period, calendar));
      if (!checked.ok()) {
        reasons.push_back(fmt::format("{}: {}", where, std::string(checked.message())));
      }
    }
  }
}

}  // namespace

std::vector<std::string> Admit(const LoadedLibrary& library,
                               const std::vector<std::shared_ptr<const LoadedLibrary>>& admitted,
                               store::Store& store) {
  std::vector<std::string> reasons;
  CheckIds(library, admitted, reasons);
  CheckInputs(library, /*own=*/false, store, reasons);
  if (!reasons.empty()) return reasons;
  for (const facts::DatasetSchema& dataset : library.datasets) {
    const absl::Status defined = store.DefineDataset(dataset);
    if (!defined.ok()) {
      reasons.push_back(
          fmt::format("dataset '{}': {}", dataset.id, std::string(defined.message())));
    }
  }
  if (reasons.empty()) CheckInputs(library, /*own=*/true, store, reasons);
  return reasons;
}

}  // namespace keyscore::kpis
