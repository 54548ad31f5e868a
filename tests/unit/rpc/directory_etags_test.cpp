// Appends that are sure of what was checked before them, against a store in memory.
#include "rpc/directory_etags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "facts/validate.h"
#include "rpc/directory_rows.h"
#include "rpc/fault.h"
#include "rpc/row_writer.h"
#include "store/duckdb_store.h"

namespace keyscore::rpc {
namespace {

using ::testing::HasSubstr;

class AppendCheckedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = store::OpenDuckDbStore({.path = ":memory:"});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    ASSERT_TRUE(store_->DefineDataset(DirectorySchema("team")).ok());
  }

  static facts::ColumnBatch Team(const std::string& name) {
    RowWriter rows(DirectorySchema("team"));
    rows.NextRow();
    rows.Text("fact_id", "north");
    rows.Text("team_id", "north");
    rows.Text("name", name);
    rows.Time("occurred_at", absl::FromUnixSeconds(0));
    return facts::Validate(DirectorySchema("team"), rows.Finish(), 10)->batch;
  }

  std::unique_ptr<store::Store> store_;
};

TEST_F(AppendCheckedTest, ChecksAgainWhereSomethingCameBetween) {
  std::vector<int64_t> seen;
  const auto appended = AppendChecked(*store_, true, false, [&](int64_t watermark) {
    seen.push_back(watermark);
    if (seen.size() > 2) return Team("mine");
    EXPECT_TRUE(store_->Append(Team(std::to_string(seen.size()))).ok());
    return Team("mine");
  });
  ASSERT_TRUE(appended.ok()) << appended.status();
  EXPECT_THAT(seen, ::testing::ElementsAre(0, 1, 2));
  EXPECT_EQ((*appended)->watermark, 3);
}

TEST_F(AppendCheckedTest, GivesUpWhereOthersKeepWriting) {
  int round = 0;
  const auto appended = AppendChecked(*store_, true, false, [&](int64_t) {
    EXPECT_TRUE(store_->Append(Team(std::to_string(++round))).ok());
    return Team("mine");
  });
  EXPECT_EQ(appended.status().code(), absl::StatusCode::kAborted);
  const Fault fault = FaultOf(appended.status());
  EXPECT_EQ(fault.reason, "CONCURRENT_WRITES");
  EXPECT_TRUE(fault.retry_delay.has_value());
  EXPECT_EQ(round, 10);
  EXPECT_EQ(*store_->Watermark(), 10);  // the others' ten, and none of ours
}

TEST_F(AppendCheckedTest, WithoutEtagsWhatCameBetweenIsReplaced) {
  int round = 0;
  const auto appended = AppendChecked(*store_, false, false, [&](int64_t) {
    EXPECT_TRUE(store_->Append(Team(std::to_string(++round))).ok());
    return Team("mine");
  });
  ASSERT_TRUE(appended.ok()) << appended.status();
  EXPECT_EQ(round, 1);
  EXPECT_EQ((*appended)->updated, 1U);
}

TEST_F(AppendCheckedTest, DryRunWritesNothing) {
  const auto appended = AppendChecked(*store_, true, true, [](int64_t) { return Team("mine"); });
  ASSERT_TRUE(appended.ok());
  EXPECT_FALSE(appended->has_value());
  EXPECT_EQ(*store_->Watermark(), 0);
}

TEST(EtagMismatchTest, NamesOneAndSaysWhatToDo) {
  const absl::Status status = EtagMismatch({"teams/north"});
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(FaultOf(status).reason, "ETAG_MISMATCH");
  EXPECT_EQ(FaultOf(status).metadata.at("stale_count"), "1");
  EXPECT_THAT(std::string(status.message()), HasSubstr("teams/north is not as the etag says"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("Read it again"));
}

}  // namespace
}  // namespace keyscore::rpc
