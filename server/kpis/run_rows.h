// Evaluates one KPI over rows of inputs and keeps a failure to the rows that caused it.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "kpis/library.h"

namespace keyscore::kpis {

struct RunResults {
  std::vector<RowResult> rows;
  // "PLUGIN_ERROR: …" (failure.h) of the rows that are kError, by row.
  absl::flat_hash_map<size_t, std::string> reasons;
};

// `inputs` stand in the order of the definition's and have row_count cells each. One call for all
// rows; when it fails and the KPI takes rows as independent, halves are tried until the rows that
// fail stand alone, so that a row's result doesn't hang on who else is asked about. The status is
// not OK only when the caller stopped (CANCELLED).
absl::StatusOr<RunResults> RunRows(const LoadedKpi& kpi, const EvaluationContext& context,
                                   absl::Span<const store::MeasureColumn* const> inputs,
                                   size_t row_count);

}  // namespace keyscore::kpis
