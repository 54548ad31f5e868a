// Fits the model of a KPI over all accounts of the organisation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "kpis/library.h"
#include "measures/calendar.h"
#include "store/store.h"

namespace keyscore::kpis {

struct Model {
  std::vector<double> parameters;
  // Why there are none: "MODEL_NOT_FITTED: …" (every row is NO_DATA), or "PLUGIN_ERROR: …" or
  // "MEASURE_FAILED: …" (every row is an ERROR).
  std::string not_fitted;
  std::string error;
};

// The model for `context`'s period as of `watermark`, fitted once for both and then remembered, for
// as long as nothing that it rests on has changed: `datasets` tells when that was. A KPI without a
// model has an empty one. Only a failing store or a stop is a status.
absl::StatusOr<Model> ModelOf(const LoadedKpi& kpi, const EvaluationContext& context,
                              const measures::Period& period, const measures::Calendar& calendar,
                              int64_t watermark, absl::Span<const store::DatasetStats> datasets,
                              store::MeasureReader& store);

}  // namespace keyscore::kpis
