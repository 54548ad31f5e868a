// One call, or as many as it takes to find the rows at fault.
#include "kpis/run_rows.h"

#include <numeric>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "fmt/format.h"
#include "kpis/failure.h"
#include "kpis/gather.h"

namespace keyscore::kpis {
namespace {

class Runner {
 public:
  Runner(const LoadedKpi& kpi, const EvaluationContext& context,
         const std::vector<store::MeasureColumn>& inputs, std::vector<RowOutcome>& outcomes)
      : kpi_(kpi), context_(context), inputs_(inputs), outcomes_(outcomes) {
    batch_.columns.resize(inputs.size());
    for (const measures::MeasureSpec& input : kpi.definition.inputs) {
      batch_.aggregates.push_back(input.aggregate);
    }
  }

  absl::Status RunAll() {
    std::vector<size_t> rows(outcomes_.size());
    std::iota(rows.begin(), rows.end(), size_t{0});
    return Run(rows, inputs_);
  }

 private:
  absl::Status Run(absl::Span<const size_t> rows, const std::vector<store::MeasureColumn>& inputs) {
    if (context_.stop && context_.stop()) return absl::CancelledError("the caller has stopped");
    batch_.row_count = rows.size();
    for (size_t i = 0; i < inputs.size(); ++i) batch_.columns[i] = &inputs[i];
    auto results = kpi_.function->Evaluate(context_, batch_);
    if (results.ok()) {
      for (size_t i = 0; i < rows.size(); ++i) Keep(rows[i], std::move((*results)[i]));
      return absl::OkStatus();
    }
    // A library that gave up because it was told to has not failed.
    if (context_.stop && context_.stop()) return absl::CancelledError("the caller has stopped");
    const std::string reason = FailureReason(results.status());
    if (rows.size() > 1 && kpi_.definition.row_independent && reason.empty()) {
      const size_t half = rows.size() / 2;
      const absl::Status first = RunSome(rows.subspan(0, half));
      return first.ok() ? RunSome(rows.subspan(half)) : first;
    }
    for (const size_t row : rows) {
      outcomes_[row].result.state = State::kError;
      outcomes_[row].reason = fmt::format("{}: {}", reason.empty() ? kPluginError : reason,
                                          std::string(results.status().message()));
    }
    return absl::OkStatus();
  }

  absl::Status RunSome(absl::Span<const size_t> rows) {
    std::vector<store::MeasureColumn> some;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      some.push_back(Gather(inputs_[i], batch_.aggregates[i], rows));
    }
    return Run(rows, some);
  }

  void Keep(size_t row, RowResult result) {
    RowOutcome& outcome = outcomes_[row];
    outcome.result = std::move(result);
    if (outcome.result.state != State::kError) return;
    const std::string_view fault = outcome.result.fault;
    outcome.reason =
        fmt::format("{}: {}: {}", fault.empty() ? kPluginError : kPluginInvalidOutput,
                    kpi_.definition.id, fault.empty() ? "it could not be computed" : fault);
  }

  const LoadedKpi& kpi_;
  const EvaluationContext& context_;
  const std::vector<store::MeasureColumn>& inputs_;
  std::vector<RowOutcome>& outcomes_;
  EvaluationBatch batch_;
};

}  // namespace

absl::StatusOr<std::vector<RowOutcome>> RunRows(const LoadedKpi& kpi,
                                                const EvaluationContext& context,
                                                const std::vector<store::MeasureColumn>& inputs,
                                                size_t row_count) {
  std::vector<RowOutcome> outcomes(row_count);
  if (row_count == 0) return outcomes;
  const absl::Status run = Runner(kpi, context, inputs, outcomes).RunAll();
  if (!run.ok()) return run;
  return outcomes;
}

}  // namespace keyscore::kpis
