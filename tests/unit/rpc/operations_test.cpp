// Work that outlives its call: done in order, waited for, cancelled, forgotten.
#include "rpc/operations.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "keyscore/v1/weighting_service.pb.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

using google::longrunning::Operation;
using Result = absl::StatusOr<std::unique_ptr<google::protobuf::Message>>;

v1::PreviewProgress Progress(int done) {
  v1::PreviewProgress progress;
  progress.set_subjects_done(done);
  return progress;
}

Result Periods(int count) {
  auto preview = std::make_unique<v1::WeightPreview>();
  for (int i = 0; i < count; ++i) preview->add_periods();
  return preview;
}

// Work that goes on until it is told to stop.
Result UntilStopped(const Operations::Report&, const store::StopFn& stop) {
  while (!stop()) absl::SleepFor(absl::Milliseconds(1));
  return absl::UnavailableError("stopped");
}

std::string ReasonOf(const google::rpc::Status& status) {
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

Operation Finished(Operations& operations, const std::string& name) {
  auto operation = operations.Wait(name, absl::Now() + absl::Seconds(30), {});
  EXPECT_TRUE(operation.ok()) << operation.status();
  if (!operation.ok()) return {};
  EXPECT_TRUE(operation->done());
  return *std::move(operation);
}

TEST(OperationsTest, ItsResponseIsThereOnceItIsDone) {
  Operations operations;
  absl::Notification begun, go;
  const auto started = operations.Start(
      "preview", Progress(0), [&](const Operations::Report& report, const store::StopFn&) {
        report(Progress(7));
        begun.Notify();
        go.WaitForNotification();
        return Periods(2);
      });
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_TRUE(started->name().starts_with("operations/preview-")) << started->name();
  EXPECT_EQ(started->name().size(), sizeof("operations/preview-") - 1 + 32);
  EXPECT_FALSE(started->done());
  begun.WaitForNotification();
  const auto running = operations.Get(started->name());
  ASSERT_TRUE(running.ok());
  v1::PreviewProgress progress;
  ASSERT_TRUE(running->metadata().UnpackTo(&progress));
  EXPECT_EQ(progress.subjects_done(), 7);
  EXPECT_FALSE(running->done());
  EXPECT_EQ(operations.Delete(started->name()).code(), absl::StatusCode::kFailedPrecondition);
  go.Notify();
  const Operation done = Finished(operations, started->name());
  v1::WeightPreview preview;
  ASSERT_TRUE(done.response().UnpackTo(&preview));
  EXPECT_EQ(preview.periods_size(), 2);
  EXPECT_TRUE(operations.Delete(started->name()).ok());
  const auto gone = operations.Get(started->name());
  EXPECT_EQ(gone.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(FaultOf(gone.status()).reason, "OPERATION_NOT_FOUND");
}

TEST(OperationsTest, WhatTheWorkSaysIsItsError) {
  Operations operations;
  const auto failed = operations.Start(
      "preview", Progress(0), [](const Operations::Report&, const store::StopFn&) -> Result {
        return WithReason(absl::DataLossError("a page is torn"), "TORN_PAGE");
      });
  ASSERT_TRUE(failed.ok());
  const Operation done = Finished(operations, failed->name());
  EXPECT_EQ(done.error().code(), static_cast<int>(absl::StatusCode::kDataLoss));
  EXPECT_EQ(done.error().message(), "a page is torn");
  EXPECT_EQ(ReasonOf(done.error()), "TORN_PAGE");

  const auto thrown = operations.Start(
      "preview", Progress(0), [](const Operations::Report&, const store::StopFn&) -> Result {
        throw std::runtime_error("unforeseen");
      });
  ASSERT_TRUE(thrown.ok());
  EXPECT_EQ(Finished(operations, thrown->name()).error().code(),
            static_cast<int>(absl::StatusCode::kInternal));
  // The thread has survived it.
  const auto next =
      operations.Start("preview", Progress(0), [](const auto&, const auto&) { return Periods(1); });
  ASSERT_TRUE(next.ok());
  EXPECT_TRUE(Finished(operations, next->name()).has_response());
}

TEST(OperationsTest, CancelEndsWhatRunsAndWhatWaits) {
  Operations operations({.threads = 1});
  const auto running = operations.Start("preview", Progress(0), UntilStopped);
  std::atomic<bool> ran = false;
  const auto waiting =
      operations.Start("preview", Progress(0), [&](const auto&, const auto&) -> Result {
        ran = true;
        return Periods(0);
      });
  ASSERT_TRUE(running.ok() && waiting.ok());
  ASSERT_TRUE(operations.Cancel(waiting->name()).ok());
  EXPECT_TRUE(operations.Get(waiting->name())->done());
  ASSERT_TRUE(operations.Cancel(running->name()).ok());
  for (const std::string& name : {running->name(), waiting->name()}) {
    const Operation ended = Finished(operations, name);
    EXPECT_EQ(ended.error().code(), static_cast<int>(absl::StatusCode::kCancelled));
    EXPECT_EQ(ReasonOf(ended.error()), "OPERATION_CANCELLED");
    EXPECT_TRUE(operations.Cancel(name).ok());  // once more changes nothing
  }
  EXPECT_FALSE(ran);
  EXPECT_EQ(operations.Cancel("operations/none").code(), absl::StatusCode::kNotFound);
}

TEST(OperationsTest, WhatIsDoneBeforeTheCancelKeepsItsResponse) {
  Operations operations;
  const auto started =
      operations.Start("preview", Progress(0), [](const auto&, const auto&) { return Periods(3); });
  ASSERT_TRUE(started.ok());
  Finished(operations, started->name());
  EXPECT_TRUE(operations.Cancel(started->name()).ok());
  EXPECT_TRUE(operations.Get(started->name())->has_response());
}

TEST(OperationsTest, WaitEndsAtItsDeadlineOrWhenNobodyWaits) {
  Operations operations;
  const auto started = operations.Start("preview", Progress(0), UntilStopped);
  ASSERT_TRUE(started.ok());
  const auto late = operations.Wait(started->name(), absl::Now() + absl::Milliseconds(5), {});
  ASSERT_TRUE(late.ok());
  EXPECT_FALSE(late->done());
  const auto gone = operations.Wait(started->name(), absl::InfiniteFuture(), [] { return true; });
  ASSERT_TRUE(gone.ok());
  EXPECT_FALSE(gone->done());
}

TEST(OperationsTest, OnlySoManyWait) {
  Operations operations({.threads = 1, .waiting = 2});
  absl::Notification begun;
  const auto first = operations.Start(
      "preview", Progress(0), [&](const Operations::Report& report, const store::StopFn& stop) {
        begun.Notify();
        return UntilStopped(report, stop);
      });
  begun.WaitForNotification();
  ASSERT_TRUE(operations.Start("preview", Progress(0), UntilStopped).ok());
  ASSERT_TRUE(operations.Start("preview", Progress(0), UntilStopped).ok());
  const auto refused = operations.Start("preview", Progress(0), UntilStopped);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(FaultOf(refused.status()).reason, "TOO_MANY_OPERATIONS");
  EXPECT_TRUE(FaultOf(refused.status()).retry_delay.has_value());
}

TEST(OperationsTest, ListHasTheNewestFirstAndTheOldestDoneIsForgotten) {
  Operations operations({.threads = 1, .kept = 2});
  std::vector<std::string> names;
  for (int i = 0; i < 4; ++i) {
    const auto started = operations.Start("preview", Progress(0),
                                          [](const auto&, const auto&) { return Periods(1); });
    ASSERT_TRUE(started.ok());
    names.push_back(started->name());
    Finished(operations, started->name());
  }
  const std::vector<Operation> listed = operations.List();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].name(), names[3]);
  EXPECT_EQ(listed[1].name(), names[2]);
  EXPECT_TRUE(listed[0].done());
  EXPECT_FALSE(listed[0].has_response());
  EXPECT_FALSE(operations.Get(names[0]).ok());
}

TEST(OperationsTest, WhatIsDoneIsForgottenAfterAWhile) {
  Operations operations({.keep = absl::ZeroDuration()});
  const auto started =
      operations.Start("preview", Progress(0), [](const auto&, const auto&) { return Periods(1); });
  ASSERT_TRUE(started.ok());
  while (!operations.List().empty()) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_FALSE(operations.Get(started->name()).ok());
}

TEST(OperationsTest, ShutdownCancelsEverythingAndTakesNoMore) {
  Operations operations({.threads = 2});
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    const auto started = operations.Start("preview", Progress(0), UntilStopped);
    ASSERT_TRUE(started.ok());
    names.push_back(started->name());
  }
  operations.Shutdown();
  for (const std::string& name : names) {
    EXPECT_EQ(operations.Get(name)->error().code(), static_cast<int>(absl::StatusCode::kCancelled));
  }
  EXPECT_EQ(operations.Start("preview", Progress(0), UntilStopped).status().code(),
            absl::StatusCode::kUnavailable);
  operations.Shutdown();  // once more changes nothing
}

}  // namespace
}  // namespace keyscore::rpc
