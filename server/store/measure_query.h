// Checks measures, and computes them for the subjects of a scope.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "store/bound_measure.h"
#include "store/current_rows.h"

namespace keyscore::store {

// Store::CheckMeasure. Reads no table: the catalog may hold datasets that are not defined yet.
absl::Status CheckMeasureTypes(const ResolvedMeasure& measure, const Catalog& catalog,
                               ExpressionChecker& checker, Connection& connection);

// Store::Measure: one statement per dataset, run on the connections side by side. There is at least
// one connection; what the others' transactions see is at least what the first's does.
absl::StatusOr<MeasureTable> ComputeMeasures(const std::vector<ResolvedMeasure>& measures,
                                             const Scope& scope, const AsOf& as_of,
                                             ExpressionChecker& checker,
                                             const std::vector<Connection*>& connections,
                                             const StopFn& stop);

}  // namespace keyscore::store
