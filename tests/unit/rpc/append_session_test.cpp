// A stream of batches: the next one is validated while one is being written, and each is accounted
// for in its turn.
#include "rpc/append_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "rpc/fault.h"
#include "unit/kpis/fake_store.h"

namespace keyscore::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;

// Says of the batch with a given first fact_id what the test wants, and of others OK.
class SlowStore : public store::FakeStore {
 public:
  std::string failing;               // first fact_id of the batch that can't be written
  absl::Notification* go = nullptr;  // each write waits for it
  std::vector<std::string> appended;

  absl::StatusOr<store::AppendResult> Append(const facts::ColumnBatch& batch) override {
    if (go != nullptr) go->WaitForNotification();
    const auto& ids = std::get<facts::StringValues>(batch.FindColumn("fact_id")->values);
    appended.emplace_back(ids[0]);
    if (ids[0] == failing) return absl::UnavailableError("the disk is full");
    return store::AppendResult{.watermark = static_cast<int64_t>(appended.size()),
                               .inserted = batch.row_count};
  }
};

// Writes down what was acknowledged, and whether it was waited for.
class ToldSources : public measures::Sources {
 public:
  std::vector<std::pair<int64_t, bool>> told;

  absl::StatusOr<std::shared_ptr<measures::Source>> Now(const store::StopFn&) override {
    return absl::UnimplementedError("nobody reads");
  }
  std::shared_ptr<measures::Source> TryNow() override { return nullptr; }
  void Acknowledge(int64_t watermark, bool may_wait) override {
    told.emplace_back(watermark, may_wait);
  }
  absl::StatusOr<std::shared_ptr<measures::Source>> At(int64_t) override { return Now({}); }
};

class AppendSessionTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(datasets_.Load().ok()); }

  static v1::AppendFactsRequest Costs(const std::vector<std::string>& ids, double amount = 1) {
    v1::AppendFactsRequest message;
    message.set_dataset("datasets/service_cost");
    message.set_row_count(static_cast<uint32_t>(ids.size()));
    for (const char* name : {"fact_id", "account_id"}) {
      v1::FactColumn& column = *message.add_columns();
      column.set_name(name);
      for (const std::string& id : ids) {
        column.mutable_strings()->mutable_data()->append(id);
        column.mutable_strings()->add_lengths(static_cast<uint32_t>(id.size()));
      }
    }
    v1::FactColumn& times = *message.add_columns();
    times.set_name("occurred_at");
    v1::FactColumn& amounts = *message.add_columns();
    amounts.set_name("amount");
    for (size_t i = 0; i < ids.size(); ++i) {
      times.mutable_timestamps()->add_micros(0);
      amounts.mutable_doubles()->add_values(amount);
    }
    return message;
  }
  absl::Status Take(v1::AppendFactsRequest message) { return session_.Take(message); }

  SlowStore store_;
  DatasetCatalog datasets_{store_};
  ToldSources sources_;
  AppendSession session_{store_, sources_, datasets_, 100};
};

TEST_F(AppendSessionTest, ABatchIsTakenWhileItIsBeingWritten) {
  absl::Notification go;
  store_.go = &go;
  ASSERT_TRUE(Take(Costs({"a", "b"})).ok());  // returns although nothing is written yet
  go.Notify();
  ASSERT_TRUE(Take(Costs({"c"})).ok());
  const auto response = session_.Finish();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->rows_received(), 3);
  EXPECT_EQ(response->rows_inserted(), 3);
  EXPECT_EQ(response->batches_committed(), 2);
  EXPECT_EQ(response->fact_watermark(), 2);
  EXPECT_THAT(store_.appended, ElementsAre("a", "c"));
}

TEST_F(AppendSessionTest, ABatchThatCannotBeWrittenIsNamedAndEndsTheStream) {
  store_.failing = "b";
  ASSERT_TRUE(Take(Costs({"a"})).ok());
  ASSERT_TRUE(Take(Costs({"b"})).ok());
  const absl::Status status = Take(Costs({"c"}));
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), StartsWith("batch 1: "));
  EXPECT_EQ(FaultOf(status).metadata.at("batch"), "1");
  EXPECT_EQ(FaultOf(status).metadata.at("batches_committed"), "1");
  EXPECT_EQ(session_.Finish().status(), status);
  EXPECT_THAT(store_.appended, ElementsAre("a", "b"));  // c never came to it
}

TEST_F(AppendSessionTest, TheLastBatchsErrorComesAtTheEnd) {
  store_.failing = "a";
  ASSERT_TRUE(Take(Costs({"a"})).ok());
  const auto response = session_.Finish();
  EXPECT_TRUE(absl::IsUnavailable(response.status()));
  EXPECT_EQ(FaultOf(response.status()).metadata.at("batches_committed"), "0");
}

TEST_F(AppendSessionTest, AnErrorOfAnEarlierBatchComesBeforeThatOfALaterOne) {
  store_.failing = "a";
  ASSERT_TRUE(Take(Costs({"a"})).ok());
  v1::AppendFactsRequest unknown = Costs({"b"});
  unknown.mutable_columns(0)->set_name("no_such_column");
  const absl::Status status = Take(unknown);
  EXPECT_THAT(std::string(status.message()), HasSubstr("the disk is full"));
  EXPECT_EQ(FaultOf(status).metadata.at("batch"), "0");
}

TEST_F(AppendSessionTest, AFaultyBatchCountsThoseThatWereBeingWritten) {
  ASSERT_TRUE(Take(Costs({"a"})).ok());
  v1::AppendFactsRequest unknown = Costs({"b"});
  unknown.mutable_columns(0)->set_name("no_such_column");
  const absl::Status status = Take(unknown);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(FaultOf(status).metadata.at("batch"), "1");
  EXPECT_EQ(FaultOf(status).metadata.at("batches_committed"), "1");
  EXPECT_EQ(FaultOf(session_.Fail(absl::InternalError("x"))).metadata.at("batches_committed"), "1");
}

TEST_F(AppendSessionTest, WhatWasWrittenIsAcknowledgedOnceBeforeTheResponse) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(Take(Costs({id})).ok());
  EXPECT_THAT(sources_.told, IsEmpty());
  ASSERT_TRUE(session_.Finish().ok());
  EXPECT_THAT(sources_.told, ElementsAre(Pair(3, true)));
}

TEST_F(AppendSessionTest, AnErrorAcknowledgesTheBatchesBeforeItWithoutWaiting) {
  store_.failing = "c";
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(Take(Costs({id})).ok());
  ASSERT_FALSE(session_.Finish().ok());
  EXPECT_THAT(sources_.told, ElementsAre(Pair(2, false)));
}

TEST_F(AppendSessionTest, RejectsNameTheirBatch) {
  ASSERT_TRUE(Take(Costs({"a"})).ok());
  ASSERT_TRUE(Take(Costs({"b", "b"})).ok());
  const auto response = session_.Finish();
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->rejects_size(), 1);
  EXPECT_EQ(response->rejects(0).batch(), 1);
  EXPECT_EQ(response->rejects(0).row(), 1);
  EXPECT_EQ(response->rows_rejected(), 1);
  EXPECT_EQ(response->rows_inserted(), 2);
}

}  // namespace
}  // namespace keyscore::rpc
