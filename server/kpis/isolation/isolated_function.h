// The KpiFunction of a KPI whose library runs in a worker.
#pragma once

#include <memory>
#include <utility>

#include "kpis/isolation/worker.h"
#include "kpis/kpi_function.h"

namespace keyscore::kpis {

class IsolatedFunction : public KpiFunction {
 public:
  // `index`: of the KPI in the worker's library.
  IsolatedFunction(std::shared_ptr<Worker> worker, size_t index)
      : worker_(std::move(worker)), index_(index) {}

  absl::StatusOr<std::vector<RowResult>> Evaluate(const EvaluationContext& context,
                                                  const EvaluationBatch& batch) const override {
    if (batch.row_count == 0) return std::vector<RowResult>();
    return worker_->Evaluate(index_, context, batch);
  }

  absl::StatusOr<std::vector<double>> Fit(const EvaluationContext& context,
                                          const EvaluationBatch& population) const override {
    return worker_->Fit(index_, context, population);
  }

 private:
  const std::shared_ptr<Worker> worker_;
  const size_t index_;
};

}  // namespace keyscore::kpis
