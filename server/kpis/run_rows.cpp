// One call, or as many as it takes to find the rows at fault.
#include "kpis/run_rows.h"

#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "kpis/failure.h"
#include "kpis/gather.h"

namespace keyscore::kpis {
namespace {

absl::Status Stopped() { return absl::CancelledError("the caller has stopped"); }

class Runner {
 public:
  Runner(const LoadedKpi& kpi, const EvaluationContext& context,
         absl::Span<const store::MeasureColumn* const> inputs, RunResults& found)
      : kpi_(kpi), context_(context), inputs_(inputs), found_(found) {
    batch_.aggregates.reserve(inputs.size());
    for (const measures::MeasureSpec& input : kpi.definition.inputs) {
      batch_.aggregates.push_back(input.aggregate);
    }
  }

  absl::Status RunAll(size_t row_count) {
    batch_.columns.assign(inputs_.begin(), inputs_.end());
    absl::StatusOr<std::vector<RowResult>> results = Call(row_count);
    if (results.ok()) {
      found_.rows = *std::move(results);
      for (size_t row = 0; row < row_count; ++row) Look(row);
      return absl::OkStatus();
    }
    found_.rows.resize(row_count);
    std::vector<size_t> rows(row_count);
    std::iota(rows.begin(), rows.end(), size_t{0});
    return Failed(rows, results.status());
  }

 private:
  // Of the columns that stand in the batch.
  absl::StatusOr<std::vector<RowResult>> Call(size_t row_count) {
    if (context_.stop && context_.stop()) return Stopped();
    batch_.row_count = row_count;
    return kpi_.function->Evaluate(context_, batch_);
  }

  absl::Status Failed(absl::Span<const size_t> rows, const absl::Status& failure) {
    // A library that gave up because it was told to has not failed.
    if (context_.stop && context_.stop()) return Stopped();
    const std::string reason = FailureReason(failure);
    if (rows.size() > 1 && kpi_.definition.row_independent && reason.empty()) {
      const size_t half = rows.size() / 2;
      const absl::Status first = RunSome(rows.subspan(0, half));
      return first.ok() ? RunSome(rows.subspan(half)) : first;
    }
    for (const size_t row : rows) {
      found_.rows[row].state = State::kError;
      found_.reasons[row] = fmt::format("{}: {}", reason.empty() ? kPluginError : reason,
                                        std::string(failure.message()));
    }
    return absl::OkStatus();
  }

  absl::Status RunSome(absl::Span<const size_t> rows) {
    std::vector<store::MeasureColumn> some;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      some.push_back(Gather(*inputs_[i], batch_.aggregates[i], rows));
    }
    for (size_t i = 0; i < some.size(); ++i) batch_.columns[i] = &some[i];
    absl::StatusOr<std::vector<RowResult>> results = Call(rows.size());
    if (!results.ok()) return Failed(rows, results.status());
    for (size_t i = 0; i < rows.size(); ++i) {
      found_.rows[rows[i]] = std::move((*results)[i]);
      Look(rows[i]);
    }
    return absl::OkStatus();
  }

  // Says why, where the row's result is an error.
  void Look(size_t row) {
    const RowResult& result = found_.rows[row];
    if (result.state != State::kError) return;
    const std::string_view fault = result.fault;
    found_.reasons[row] =
        fmt::format("{}: {}: {}", fault.empty() ? kPluginError : kPluginInvalidOutput,
                    kpi_.definition.id, fault.empty() ? "it could not be computed" : fault);
  }

  const LoadedKpi& kpi_;
  const EvaluationContext& context_;
  const absl::Span<const store::MeasureColumn* const> inputs_;
  RunResults& found_;
  EvaluationBatch batch_;
};

}  // namespace

absl::StatusOr<RunResults> RunRows(const LoadedKpi& kpi, const EvaluationContext& context,
                                   absl::Span<const store::MeasureColumn* const> inputs,
                                   size_t row_count) {
  RunResults found;
  if (row_count == 0) return found;
  const absl::Status run = Runner(kpi, context, inputs, found).RunAll(row_count);
  if (!run.ok()) return run;
  return found;
}

}  // namespace keyscore::kpis
