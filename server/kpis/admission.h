// Whether a loaded library may serve: what only the store and the other libraries can tell.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kpis/kpi_definition.h"
#include "kpis/library.h"
#include "store/store.h"

namespace keyscore::kpis {

// Every reason against `library`, given those already admitted; empty = it may serve. Its inputs
// are checked over its own datasets as it declares them. Defines nothing; what is at fault in the
// description itself (of which only the readable part may be there) is passed over.
std::vector<std::string> FindObjections(
    const LoadedLibrary& library, const std::vector<std::shared_ptr<const LoadedLibrary>>& admitted,
    store::Store& store);

// Defines the datasets of a library that nothing else speaks against; the reasons why not.
std::vector<std::string> DefineDatasets(const LoadedLibrary& library, store::Store& store);

// Why an input means nothing under its KPI's roll-up; absent = it does.
struct RollupFault {
  std::string what;
  std::string fix;
};
std::optional<RollupFault> FindRollupFault(const KpiDefinition& definition,
                                           const measures::MeasureSpec& input);

// The input as Store::CheckMeasure takes it, which looks at expressions and not at instants.
store::ResolvedMeasure ForChecking(const measures::MeasureSpec& input);

}  // namespace keyscore::kpis
