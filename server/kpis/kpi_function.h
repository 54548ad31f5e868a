// The function of a KPI: input columns in, one result a row out. Hides the C ABI.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/store.h"

namespace keyscore::kpis {

enum class State { kNoData = 0, kValue = 1, kNotApplicable = 2, kError = 3 };

struct RowResult {
  State state = State::kNoData;
  double value = 0;
  int64_t sample_size = 0;
  double weight = 1;
  std::optional<double> low;
  std::optional<double> high;
  std::vector<std::optional<double>> details;  // in the order of the definition's
  std::string_view fault;  // kError: what the host found wrong with the row; static text, may be ""
};

struct EvaluationContext {
  store::SubjectKind subject_kind = store::SubjectKind::kManager;
  absl::Time period_from;
  absl::Time period_to;
  int64_t period_days = 0;
  store::StopFn stop;
  std::vector<double> parameters;  // of the KPI's model, as Fit returned them
};

// Input `i` of the KPI stands in columns[i]; each has row_count cells.
struct EvaluationBatch {
  size_t row_count = 0;
  std::vector<const store::MeasureColumn*> columns;
  std::vector<store::Aggregate> aggregates;
};

class KpiFunction {
 public:
  virtual ~KpiFunction() = default;

  // One result a row. Serialised by the function itself when the KPI is not reentrant. What the
  // library returns is checked before anyone sees it: an unknown state, a value that is not finite,
  // a negative or non-finite weight, a negative sample make that row kError. A failing call is the
  // library's status, its message prefixed with the KPI's id.
  virtual absl::StatusOr<std::vector<RowResult>> Evaluate(const EvaluationContext& context,
                                                          const EvaluationBatch& batch) const = 0;

  // The parameters of the KPI's model, in the order of the definition's, from one row for each
  // account of the organisation. FAILED_PRECONDITION: there is too little to fit. INTERNAL for a
  // parameter that is not finite, and for a KPI without a model. Serialised like Evaluate.
  virtual absl::StatusOr<std::vector<double>> Fit(const EvaluationContext& /*context*/,
                                                  const EvaluationBatch& /*population*/) const {
    return absl::InternalError("the KPI has no model to fit");
  }
};

}  // namespace keyscore::kpis
