// A clock around each call.
#include "kpis/metered_function.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "kpis/failure.h"

namespace keyscore::kpis {
namespace {

// What a failing call is counted as; "" for one that the caller gave up.
std::string CountedAs(const absl::Status& status) {
  if (status.ok() || absl::IsCancelled(status)) return "";
  std::string reason = FailureReason(status);
  return reason.empty() ? kPluginError : reason;
}

class MeteredFunction : public KpiFunction {
 public:
  MeteredFunction(std::shared_ptr<const KpiFunction> function, std::shared_ptr<CallMeter> meter)
      : function_(std::move(function)), meter_(std::move(meter)) {}

  absl::StatusOr<std::vector<RowResult>> Evaluate(const EvaluationContext& context,
                                                  const EvaluationBatch& batch) const override {
    const absl::Time start = absl::Now();
    auto results = function_->Evaluate(context, batch);
    std::string failure = CountedAs(results.status());
    if (results.ok() && std::any_of(results->begin(), results->end(),
                                    [](const RowResult& row) { return !row.fault.empty(); })) {
      failure = kPluginInvalidOutput;
    }
    meter_->Count(static_cast<int64_t>(batch.row_count), absl::Now() - start, failure);
    return results;
  }

  absl::StatusOr<std::vector<double>> Fit(const EvaluationContext& context,
                                          const EvaluationBatch& population) const override {
    const absl::Time start = absl::Now();
    auto parameters = function_->Fit(context, population);
    // Too little to fit is an answer.
    const std::string failure =
        absl::IsFailedPrecondition(parameters.status()) ? "" : CountedAs(parameters.status());
    meter_->Count(static_cast<int64_t>(population.row_count), absl::Now() - start, failure);
    return parameters;
  }

 private:
  const std::shared_ptr<const KpiFunction> function_;
  const std::shared_ptr<CallMeter> meter_;
};

}  // namespace

void CallMeter::Count(int64_t rows, absl::Duration took, const std::string& failure) {
  const bool called = failure != kPluginUnavailable && failure != kPluginBusy;
  const double seconds = absl::ToDoubleSeconds(took);
  const auto bucket =
      static_cast<size_t>(std::lower_bound(kLatencyBounds.begin(), kLatencyBounds.end(), seconds) -
                          kLatencyBounds.begin());
  absl::MutexLock lock(&mutex_);
  if (!failure.empty()) ++stats_.failures[failure];
  if (!called) return;
  ++stats_.calls;
  stats_.rows += rows;
  ++stats_.latency.counts[bucket];
  stats_.latency.sum_seconds += seconds;
}

KpiStats CallMeter::Stats(const std::string& kpi_id) const {
  absl::MutexLock lock(&mutex_);
  KpiStats stats = stats_;
  stats.kpi_id = kpi_id;
  return stats;
}

std::shared_ptr<const KpiFunction> Metered(std::shared_ptr<const KpiFunction> function,
                                           std::shared_ptr<CallMeter> meter) {
  return std::make_shared<MeteredFunction>(std::move(function), std::move(meter));
}

}  // namespace keyscore::kpis
