// Evaluates one KPI over rows of inputs and keeps a failure to the rows that caused it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kpis/library.h"

namespace keyscore::kpis {

struct RowOutcome {
  RowResult result;
  std::string reason;  // "PLUGIN_ERROR: …" (failure.h) where the result is kError
};

// `inputs` stand in the order of the definition's and have row_count cells each. One call for all
// rows; when it fails and the KPI takes rows as independent, halves are tried until the rows that
// fail stand alone, so that a row's result doesn't hang on who else is asked about. The status is
// not OK only when the caller stopped (CANCELLED).
absl::StatusOr<std::vector<RowOutcome>> RunRows(const LoadedKpi& kpi,
                                                const EvaluationContext& context,
                                                const std::vector<store::MeasureColumn>& inputs,
                                                size_t row_count);

}  // namespace keyscore::kpis
