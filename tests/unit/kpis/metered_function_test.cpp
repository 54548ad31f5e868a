// Counts of calls, rows, failures and time.
#include "kpis/metered_function.h"

#include <numeric>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kpis/failure.h"

namespace keyscore::kpis {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// Answers with what it was told to.
class Scripted : public KpiFunction {
 public:
  absl::StatusOr<std::vector<RowResult>> Evaluate(const EvaluationContext&,
                                                  const EvaluationBatch& batch) const override {
    if (!status.ok()) return status;
    std::vector<RowResult> rows(batch.row_count);
    for (RowResult& row : rows) row.fault = fault;
    return rows;
  }
  absl::StatusOr<std::vector<double>> Fit(const EvaluationContext&,
                                          const EvaluationBatch&) const override {
    return status;
  }

  absl::Status status;
  std::string_view fault;
};

class MeteredFunctionTest : public ::testing::Test {
 protected:
  void Call(size_t rows) { metered_->Evaluate({}, {.row_count = rows}).IgnoreError(); }

  std::shared_ptr<Scripted> scripted_ = std::make_shared<Scripted>();
  std::shared_ptr<CallMeter> meter_ = std::make_shared<CallMeter>();
  std::shared_ptr<const KpiFunction> metered_ = Metered(scripted_, meter_);
};

TEST_F(MeteredFunctionTest, CountsCallsAndRowsAndEachCallInOneBucket) {
  Call(3);
  Call(10);
  const KpiStats stats = meter_->Stats("acme.x");
  EXPECT_EQ(stats.kpi_id, "acme.x");
  EXPECT_EQ(stats.calls, 2);
  EXPECT_EQ(stats.rows, 13);
  EXPECT_TRUE(stats.failures.empty());
  EXPECT_EQ(std::accumulate(stats.latency.counts.begin(), stats.latency.counts.end(), int64_t{0}),
            2);
  EXPECT_GT(stats.latency.sum_seconds, 0);
}

TEST_F(MeteredFunctionTest, CountsFailuresByTheirReason) {
  scripted_->status = absl::InternalError("no");
  Call(1);
  scripted_->status = PluginFailure(absl::StatusCode::kInternal, kPluginCrashed, "it crashed");
  Call(1);
  Call(1);
  scripted_->status = absl::OkStatus();
  scripted_->fault = "the value is not finite";
  Call(2);
  EXPECT_THAT(
      meter_->Stats("").failures,
      ElementsAre(Pair(kPluginCrashed, 2), Pair(kPluginError, 1), Pair(kPluginInvalidOutput, 1)));
  EXPECT_EQ(meter_->Stats("").calls, 4);
}

TEST_F(MeteredFunctionTest, WhatWasNotCalledIsAFailureButNoCall) {
  scripted_->status = PluginFailure(absl::StatusCode::kUnavailable, kPluginUnavailable, "paused");
  Call(5);
  EXPECT_EQ(meter_->Stats("").calls, 0);
  EXPECT_EQ(meter_->Stats("").rows, 0);
  EXPECT_THAT(meter_->Stats("").failures, ElementsAre(Pair(kPluginUnavailable, 1)));
}

TEST_F(MeteredFunctionTest, ACallerWhoStoppedAndTooLittleToFitAreNoFailures) {
  scripted_->status = absl::CancelledError("stopped");
  Call(5);
  scripted_->status = absl::FailedPreconditionError("too little");
  metered_->Fit({}, {.row_count = 4}).IgnoreError();
  EXPECT_TRUE(meter_->Stats("").failures.empty());
  EXPECT_EQ(meter_->Stats("").rows, 9);
}

}  // namespace
}  // namespace keyscore::kpis
