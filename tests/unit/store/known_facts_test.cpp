// Looking facts up where the index can't help: too many facts, or two ids with one hash.
#include "store/known_facts.h"

#include "store/append.h"
#include "store/define_dataset.h"
#include "store/format.h"
#include "store_fixture.h"

namespace keyscore::store {
namespace {

Fields Review(const std::string& id, double quality) {
  return {{"fact_id", id}, {"manager_id", std::string("anna")}, {"quality", quality}};
}

class KnownFactsTest : public ::testing::TestWithParam<int64_t> {
 protected:
  void SetUp() override {
    auto database = Database::Open(":memory:", {});
    ASSERT_OK(database);
    auto connection = Connection::Open(*database);
    ASSERT_OK(connection);
    connection_ = *std::move(connection);
    ASSERT_OK(PrepareFormat(*connection_));
    session_ = std::make_unique<WriteSession>(*connection_, GetParam());
    ASSERT_OK(DefineDataset(Builtin("plan_review"), *session_));
  }

  AppendResult Append(const facts::ColumnBatch& batch) {
    auto result = AppendBatch(batch, *session_);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : AppendResult();
  }
  FactIndex& Index() { return **session_->IndexOf(*session_->catalog().Find("plan_review")); }

  std::unique_ptr<Connection> connection_;
  std::unique_ptr<WriteSession> session_;
};

// -1: no index at all.
INSTANTIATE_TEST_SUITE_P(WithAndWithoutIndex, KnownFactsTest, ::testing::Values(-1, 1'000));

TEST_P(KnownFactsTest, ClassifiesEveryKindOfRow) {
  EXPECT_EQ(Index().usable(), GetParam() > 0);
  EXPECT_EQ(
      Append(Batch("plan_review", {Review("r1", 1), Review("r2", 2), Review("r3", 3)})).inserted,
      3U);
  EXPECT_EQ(Append(Deletion("plan_review", {"r3", "r9"})).deleted, 1U);
  const AppendResult mixed = Append(
      Batch("plan_review", {Review("r1", 1), Review("r2", 5), Review("r3", 3), Review("r4", 4)}));
  EXPECT_EQ(mixed.replayed, 1U);
  EXPECT_EQ(mixed.updated, 1U);
  EXPECT_EQ(mixed.inserted, 2U);
  EXPECT_EQ(Append(Batch("plan_review", {Review("r2", 5)})).replayed, 1U);
}

TEST_P(KnownFactsTest, AFactIdTwiceInABatchIsRefused) {
  auto batch = Batch("plan_review", {Review("r1", 1), Review("r2", 1)});
  auto& ids = std::get<facts::StringValues>(batch.columns[0].values);
  ids = {};
  ids.push_back("r1");
  ids.push_back("r1");
  EXPECT_EQ(AppendBatch(batch, *session_).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_P(KnownFactsTest, AHashThatTwoIdsShareIsNoticed) {
  if (GetParam() < 0) GTEST_SKIP() << "needs the index";
  Append(Batch("plan_review", {Review("r1", 1), Review("r2", 2)}));
  // As if r1 and r3 had the hash of r2, which came last.
  Index().Set(FactIndex::Hash("r1"), 2);
  Index().Set(FactIndex::Hash("r3"), 2);
  EXPECT_EQ(Append(Batch("plan_review", {Review("r1", 1)})).replayed, 1U);
  EXPECT_EQ(Append(Batch("plan_review", {Review("r3", 3)})).inserted, 1U);
  EXPECT_EQ(Append(Batch("plan_review", {Review("r1", 7)})).updated, 1U);
}

TEST_P(KnownFactsTest, WhatIsTakenBackIsUnknownAgain) {
  if (GetParam() < 0) GTEST_SKIP() << "needs the index";
  Index().Set(FactIndex::Hash("r1"), 1);
  Index().Keep();
  Index().Set(FactIndex::Hash("r1"), 2);
  Index().Set(FactIndex::Hash("r2"), 3);
  Index().Undo();
  EXPECT_EQ(Index().Find(FactIndex::Hash("r1")), 1);
  EXPECT_EQ(Index().Find(FactIndex::Hash("r2")), 0);
}

}  // namespace
}  // namespace keyscore::store
