// Appending: idempotency, versions, deletions, and reading the log as it was known.
#include "store_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AppendTest : public StoreTest {
 protected:
  Fields Review(const std::string& id, double quality, const std::string& manager = "anna") {
    return {{"fact_id", id},
            {"manager_id", manager},
            {"occurred_at", At("2024-03-01")},
            {"quality", quality}};
  }
  double Total(int64_t watermark = 0) {
    const auto numbers =
        Numbers(MeasureOf("plan_review", Aggregate::kSum, "quality"), kEverything, watermark);
    return numbers.empty() ? 0 : numbers.at("");
  }
};

TEST_F(AppendTest, NewFactsGetTheNextWatermark) {
  const AppendResult first = Append("plan_review", {Review("r1", 10), Review("r2", 20)});
  EXPECT_EQ(first.inserted, 2U);
  EXPECT_EQ(first.watermark, 1);
  EXPECT_EQ(Append("plan_review", {Review("r3", 30)}).watermark, 2);
  EXPECT_EQ(*store_->Watermark(), 2);
  EXPECT_EQ(Total(), 60);
}

TEST_F(AppendTest, AReplayChangesNothing) {
  const auto batch = Batch("plan_review", {Review("r1", 10), Review("r2", 20)});
  Append(batch);
  for (int i = 0; i < 2; ++i) {
    const AppendResult again = Append(batch);
    EXPECT_EQ(again.replayed, 2U);
    EXPECT_EQ(again.inserted + again.updated, 0U);
    EXPECT_EQ(again.watermark, 1);
  }
  const auto stats = store_->Stats("plan_review");
  ASSERT_OK(stats);
  EXPECT_EQ(stats->front().version_count, 2);
  EXPECT_EQ(stats->front().watermark, 1);
}

TEST_F(AppendTest, IfUnchangedRefusesWhatIsNoLongerAsItWasRead) {
  Append("plan_review", {Review("r1", 10)});
  const int64_t read = *store_->Watermark();
  // Another dataset's batch is no change of this one.
  Append("account",
         {{{"fact_id", "a1"}, {"account_id", "acme"}, {"occurred_at", At("2024-01-01")}}});
  const auto batch = Batch("plan_review", {Review("r1", 20)});
  ASSERT_OK(store_->AppendIfUnchanged(batch, read));
  EXPECT_EQ(Total(), 20);
  const auto late = store_->AppendIfUnchanged(Batch("plan_review", {Review("r1", 30)}), read);
  EXPECT_EQ(late.status().code(), absl::StatusCode::kAborted);
  EXPECT_THAT(MessageOfResult(late), HasSubstr("plan_review"));
  EXPECT_EQ(Total(), 20);
  EXPECT_EQ(*store_->Watermark(), 3);
  // Nor is a replay refused or let through by what it would write: only by what was written.
  EXPECT_EQ(store_->AppendIfUnchanged(batch, read).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(store_->AppendIfUnchanged(batch, 3)->replayed, 1U);
}

TEST_F(AppendTest, AChangedRowIsANewVersion) {
  Append("plan_review", {Review("r1", 10), Review("r2", 20)});
  const AppendResult changed = Append("plan_review", {Review("r1", 15), Review("r2", 20)});
  EXPECT_EQ(changed.updated, 1U);
  EXPECT_EQ(changed.replayed, 1U);
  EXPECT_EQ(Total(), 35);
  EXPECT_EQ(Total(1), 30);
  const auto stats = store_->Stats("plan_review");
  EXPECT_EQ(stats->front().fact_count, 2);
  EXPECT_EQ(stats->front().version_count, 3);
}

TEST_F(AppendTest, ANullDiffersFromAValue) {
  Fields learning = {{"fact_id", std::string("l1")},
                     {"manager_id", std::string("anna")},
                     {"kind", std::string("coaching")}};
  Append("learning", {learning});
  EXPECT_EQ(Append("learning", {learning}).replayed, 1U);
  learning["hours"] = 0.0;
  EXPECT_EQ(Append("learning", {learning}).updated, 1U);
  learning.erase("hours");
  EXPECT_EQ(Append("learning", {learning}).updated, 1U);
}

TEST_F(AppendTest, GoingBackToAnOldValueIsAVersionToo) {
  Append("plan_review", {Review("r1", 10)});
  Append("plan_review", {Review("r1", 15)});
  EXPECT_EQ(Append("plan_review", {Review("r1", 10)}).updated, 1U);
  EXPECT_THAT((std::vector<double>{Total(1), Total(2), Total(3)}), ElementsAre(10, 15, 10));
}

TEST_F(AppendTest, ADeletionHidesTheFactFromThenOn) {
  Append("plan_review", {Review("r1", 10), Review("r2", 20)});
  const AppendResult deleted = Append(Deletion("plan_review", {"r1", "never-there"}));
  EXPECT_EQ(deleted.deleted, 1U);
  EXPECT_EQ(deleted.unknown_deletes, 1U);
  EXPECT_EQ(Total(), 20);
  EXPECT_EQ(Total(1), 30);
  EXPECT_EQ(store_->Stats("plan_review")->front().fact_count, 1);
  const AppendResult again = Append(Deletion("plan_review", {"r1"}));
  EXPECT_EQ(again.unknown_deletes, 1U);
  EXPECT_EQ(again.watermark, deleted.watermark);
}

TEST_F(AppendTest, ADeletedFactMayComeBack) {
  Append("plan_review", {Review("r1", 10)});
  Append(Deletion("plan_review", {"r1"}));
  const AppendResult back = Append("plan_review", {Review("r1", 10)});
  EXPECT_EQ(back.inserted, 1U);
  EXPECT_THAT((std::vector<double>{Total(1), Total(2), Total(3)}), ElementsAre(10, 0, 10));
  EXPECT_EQ(Append("plan_review", {Review("r1", 10)}).replayed, 1U);
}

TEST_F(AppendTest, RecordedAtAlwaysIncreases) {
  absl::Time last = absl::InfinitePast();
  for (int i = 0; i < 20; ++i) {
    const AppendResult result = Append("plan_review", {Review("r1", i)});
    EXPECT_GT(result.recorded_at, last);
    last = result.recorded_at;
  }
}

TEST_F(AppendTest, WatermarkAtFindsTheLastBatchAtOrBefore) {
  const AppendResult first = Append("plan_review", {Review("r1", 1)});
  const AppendResult second = Append("plan_review", {Review("r2", 2)});
  EXPECT_EQ(*store_->WatermarkAt(first.recorded_at - absl::Microseconds(1)), 0);
  EXPECT_EQ(*store_->WatermarkAt(first.recorded_at), 1);
  EXPECT_EQ(*store_->WatermarkAt(second.recorded_at - absl::Microseconds(1)), 1);
  EXPECT_EQ(*store_->WatermarkAt(absl::InfiniteFuture()), 2);
}

TEST_F(AppendTest, AnEmptyBatchChangesNothing) {
  Append("plan_review", {Review("r1", 1)});
  EXPECT_EQ(Append("plan_review", {}).watermark, 1);
}

TEST_F(AppendTest, RefusesAFactIdTwiceInABatchAndStaysUsable) {
  auto batch = Batch("plan_review", {Review("r1", 1), Review("r2", 2)});
  auto& ids = std::get<facts::StringValues>(batch.columns[0].values);
  ids = {};
  ids.push_back("r1");
  ids.push_back("r1");
  const auto result = store_->Append(batch);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(MessageOfResult(result), HasSubstr("'r1' stands twice"));
  EXPECT_EQ(Append("plan_review", {Review("r1", 1)}).inserted, 1U);
}

TEST_F(AppendTest, RefusesColumnsThatAreNotTheSchemas) {
  auto batch = Batch("plan_review", {Review("r1", 1)});
  batch.columns.pop_back();
  EXPECT_EQ(store_->Append(batch).status().code(), absl::StatusCode::kInvalidArgument);
  batch.dataset = "no_such";
  EXPECT_EQ(store_->Append(batch).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(store_->Append(Deletion("book", {"x"})).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(AppendTest, KeepsEveryTypeAndNullThroughTheLog) {
  Append("opportunity", {{{"fact_id", std::string("o1")},
                          {"account_id", std::string("acme")},
                          {"occurred_at", At("1900-01-01")},
                          {"closed_at", At("9999-12-31T23:59:59.999999Z")},
                          {"amount", -1.5e300},
                          {"qualified", true},
                          {"product", std::string("Zürich ☃ 𝄞 'quoted'\n")}}});
  const auto page = store_->ListRows({.dataset = "opportunity"}, {});
  ASSERT_OK(page);
  ASSERT_EQ(page->rows.size(), 1U);
  const std::vector<Value>& values = page->rows[0].values;
  EXPECT_EQ(values[0], Value(std::string("o1")));
  EXPECT_EQ(values[2], Value());
  EXPECT_EQ(values[3], Value(At("1900-01-01")));
  EXPECT_EQ(values[4], Value(At("9999-12-31T23:59:59.999999Z")));
  EXPECT_EQ(values[6], Value(-1.5e300));
  EXPECT_EQ(values[8], Value(true));
  EXPECT_EQ(values[11], Value(std::string("Zürich ☃ 𝄞 'quoted'\n")));
}

TEST_F(AppendTest, ABatchOf100000RowsIsOneVersionEach) {
  std::vector<Fields> rows;
  for (int i = 0; i < 100'000; ++i) rows.push_back(Review("r" + std::to_string(i), i % 100));
  const auto batch = Batch("plan_review", rows);
  EXPECT_EQ(Append(batch).inserted, 100'000U);
  EXPECT_EQ(Append(batch).replayed, 100'000U);
  EXPECT_EQ(Total(), 4'950'000);  // 1,000 times 0 + … + 99
}

TEST_F(AppendTest, RefusesAnotherSchemaUnderTheSameId) {
  facts::DatasetSchema schema = Builtin("wallet");
  schema.columns.push_back({.name = "extra", .type = facts::ColumnType::kString});
  const absl::Status required = store_->DefineDataset(schema);
  EXPECT_EQ(store_->CheckDataset(schema), required);
  EXPECT_EQ(required.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(required.message()), HasSubstr("'extra' is not nullable"));
  schema = Builtin("wallet");
  schema.columns.back().type = facts::ColumnType::kInt64;
  EXPECT_THAT(std::string(store_->DefineDataset(schema).message()),
              HasSubstr("'category_spend' has another type"));
  schema = Builtin("wallet");
  schema.columns.pop_back();
  EXPECT_THAT(std::string(store_->DefineDataset(schema).message()),
              HasSubstr("'category_spend' is missing"));
}

}  // namespace
}  // namespace keyscore::store
