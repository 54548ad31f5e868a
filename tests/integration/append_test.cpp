// Facts in: what is taken, what is rejected row by row, what refuses a batch, and what corrections
// and deletions leave behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "support/facts.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;
using S = std::string;
using AppendTest = EmptyServerTest;
using KnownWorldTest = SmallWorldTest;

v1::AppendFactsRequest Scores(const std::vector<std::pair<S, double>>& scores) {
  std::vector<std::vector<Cell>> rows;
  for (const auto& [id, score] : scores) {
    rows.push_back({id, S("acme"), At{"2024-02-01"}, S("nps"), score});
  }
  return Batch("survey_response", {"fact_id", "account_id", "occurred_at", "instrument", "score"},
               rows);
}

TEST_F(AppendTest, ReplayChangesNothing) {
  const v1::AppendFactsRequest batch = Scores({{"a", 9}, {"b", 7}});
  const auto first = client().AppendFacts(batch);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->rows_inserted(), 2);
  EXPECT_EQ(first->batches_committed(), 1u);
  const auto again = client().AppendFacts(batch);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->rows_inserted(), 0);
  EXPECT_EQ(again->rows_updated(), 0);
  EXPECT_EQ(again->rows_replayed(), 2);
  EXPECT_EQ(again->fact_watermark(), first->fact_watermark());
  const auto changed = client().AppendFacts(Scores({{"a", 9}, {"b", 2}, {"c", 5}}));
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->rows_inserted(), 1);
  EXPECT_EQ(changed->rows_updated(), 1);
  EXPECT_EQ(changed->rows_replayed(), 1);
  EXPECT_GT(changed->fact_watermark(), first->fact_watermark());
}

TEST_F(AppendTest, FaultyRowsAreRejectedWithColumnAndReason) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const S ok_id = "ok";
  const auto row = [](Cell id, Cell account, Cell when, Cell instrument, Cell score) {
    return std::vector<Cell>{id, account, when, instrument, score};
  };
  const At day{"2024-02-01"};
  const auto response = client().AppendFacts(Batch(
      "survey_response", {"fact_id", "account_id", "occurred_at", "instrument", "score"},
      {row(S("ok"), S("acme"), day, S("nps"), 9.0), row(S("nan"), S("acme"), day, S("nps"), kNan),
       row(S("inf"), S("acme"), day, S("nps"), -kInfinity),
       row(S("ok"), S("acme"), day, S("nps"), 3.0),
       row(S("utf8"), S("ac\xffme"), day, S("nps"), 9.0),
       row(S("long"), S(70'000, 'x'), day, S("nps"), 9.0),
       row(S("kind"), S("acme"), day, S("happiness"), 9.0),
       row(S("null"), S("acme"), day, S("nps"), std::monostate()),
       row(S("whose"), std::monostate(), day, S("nps"), 9.0),
       row(S(""), S("acme"), day, S("nps"), 9.0), row(S(300, 'i'), S("acme"), day, S("nps"), 9.0),
       row(S("fine"), S("acme"), day, S("nps"), 10.0)}));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->rows_received(), 12);
  EXPECT_EQ(response->rows_inserted(), 2);
  EXPECT_EQ(response->rows_rejected(), 10);
  ASSERT_EQ(response->rejects_size(), 10);
  const std::vector<S> columns = {"score",      "score", "fact_id", "account_id", "account_id",
                                  "instrument", "score", "",        "fact_id",    "fact_id"};
  for (int i = 0; i < 10; ++i) {
    const v1::RowReject& reject = response->rejects(i);
    EXPECT_EQ(reject.row(), static_cast<uint32_t>(i + 1));
    EXPECT_FALSE(reject.reason().empty());
    if (!columns[static_cast<size_t>(i)].empty()) {
      EXPECT_EQ(reject.column(), columns[static_cast<size_t>(i)]) << reject.reason();
    }
  }
}

TEST_F(AppendTest, RefusedBatchLeavesNothing) {
  v1::AppendFactsRequest bad = Scores({{"a", 9}, {"b", std::numeric_limits<double>::quiet_NaN()}});
  bad.set_reject_policy(v1::AppendFactsRequest::REJECT_POLICY_REFUSE_BATCH);
  const auto response = client().AppendFacts({Scores({{"x", 1}}), bad, Scores({{"y", 2}})});
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->batches_refused(), 1u);
  EXPECT_EQ(response->batches_committed(), 2u);
  EXPECT_EQ(response->rows_inserted(), 2);
  ASSERT_GE(response->rejects_size(), 1);
  EXPECT_EQ(response->rejects(0).batch(), 1u);
  EXPECT_EQ(response->rejects(0).row(), 1u);
  v1::GetDatasetRequest get;
  get.set_name("datasets/survey_response");
  EXPECT_EQ(client().GetDataset(get)->fact_count(), 2);
}

TEST_F(AppendTest, ValidateOnlyWritesNothing) {
  v1::AppendFactsRequest batch = Scores({{"a", 9}, {"b", std::nan("")}});
  batch.set_validate_only(true);
  const auto response = client().AppendFacts(batch);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->rows_rejected(), 1);
  v1::GetDatasetRequest get;
  get.set_name("datasets/survey_response");
  EXPECT_EQ(client().GetDataset(get)->fact_count(), 0);
}

TEST_F(AppendTest, BatchesThatDoNotFitTheDatasetAreRefused) {
  const auto refused = [&](const v1::AppendFactsRequest& batch) {
    return client().AppendFacts(batch);
  };
  v1::AppendFactsRequest unknown = Scores({{"a", 9}});
  unknown.set_dataset("datasets/happiness");
  EXPECT_THAT(refused(unknown), Refused(StatusCode::kNotFound));
  v1::AppendFactsRequest column = Scores({{"a", 9}});
  column.mutable_columns(4)->set_name("points");
  EXPECT_THAT(refused(column), Refused(StatusCode::kInvalidArgument));
  EXPECT_THAT(refused(column), MessageHas("points"));
  v1::AppendFactsRequest type = Scores({{"a", 9}});
  type.mutable_columns(4)->mutable_bools()->add_values(true);
  EXPECT_THAT(refused(type), Refused(StatusCode::kInvalidArgument));
  EXPECT_THAT(refused(type), MessageHas("score"));
  v1::AppendFactsRequest missing = Scores({{"a", 9}});
  missing.mutable_columns()->RemoveLast();
  EXPECT_THAT(refused(missing), Refused(StatusCode::kInvalidArgument));
  EXPECT_THAT(refused(missing), MessageHas("score"));
  v1::AppendFactsRequest count = Scores({{"a", 9}});
  count.set_row_count(2);
  EXPECT_THAT(refused(count), Refused(StatusCode::kInvalidArgument));
  v1::AppendFactsRequest twice = Scores({{"a", 9}});
  *twice.add_columns() = twice.columns(4);
  EXPECT_THAT(refused(twice), Refused(StatusCode::kInvalidArgument));
  v1::AppendFactsRequest lengths = Scores({{"a", 9}});
  lengths.mutable_columns(3)->mutable_strings()->set_lengths(0, 4'000'000'000u);
  EXPECT_THAT(refused(lengths), Refused(StatusCode::kInvalidArgument));
  v1::AppendFactsRequest validity = Scores(
      {{"a", 9}, {"b", 9}, {"c", 1}, {"d", 1}, {"e", 1}, {"f", 1}, {"g", 1}, {"h", 1}, {"i", 1}});
  validity.mutable_columns(4)->set_validity("\x01");
  EXPECT_THAT(refused(validity), Refused(StatusCode::kInvalidArgument));
  v1::AppendFactsRequest book = Scores({{"a", 9}});
  book.set_dataset("datasets/book");
  EXPECT_FALSE(refused(book).ok());
  // The batches before the faulty one stay, and the error says how many they are.
  const auto broken = client().AppendFacts({Scores({{"x", 1}}), Scores({{"y", 1}}), column});
  EXPECT_THAT(broken, Refused(StatusCode::kInvalidArgument));
  EXPECT_EQ(client::DetailsOf(broken.status()).metadata["batches_committed"], "2");
  v1::GetDatasetRequest get;
  get.set_name("datasets/survey_response");
  EXPECT_EQ(client().GetDataset(get)->fact_count(), 2);
}

TEST_F(AppendTest, LimitsAreAnsweredNotCrashed) {
  std::vector<std::pair<S, double>> many;
  for (int i = 0; i <= 100'000; ++i) many.emplace_back("f" + std::to_string(i), 5);
  const v1::AppendFactsRequest too_many = Scores(many);
  const auto refused = client().AppendFacts(too_many);
  EXPECT_TRUE(refused.status().code() == StatusCode::kResourceExhausted ||
              refused.status().code() == StatusCode::kInvalidArgument)
      << refused.status();
  many.pop_back();
  const auto largest = client().AppendFacts(Scores(many));
  ASSERT_THAT(largest, IsOk());
  EXPECT_EQ(largest->rows_inserted(), 100'000);
  // No values at all, though rows are announced.
  v1::AppendFactsRequest empty;
  empty.set_dataset("datasets/survey_response");
  empty.set_row_count(4'000'000'000u);
  EXPECT_FALSE(client().AppendFacts(empty).ok());
  EXPECT_THAT(client().AppendFacts(Scores({{"still", 9}})), IsOk());
}

TEST_F(KnownWorldTest, CorrectionIsSeenAndTheOldValueStaysKnown) {
  const S card = "managers/anna/scorecards/2024-Q1";
  EXPECT_DOUBLE_EQ(Result(card, "net_promoter_score").value(), 50);
  absl::SleepFor(absl::Milliseconds(20));
  const absl::Time before = absl::Now();
  absl::SleepFor(absl::Milliseconds(20));
  // The detractor had meant 10.
  const auto corrected = client().AppendFacts(
      Batch("survey_response", {"fact_id", "account_id", "occurred_at", "instrument", "score"},
            {{S("nps4"), S("acme"), At{"2024-02-15 12:00:00"}, S("nps"), 10.0}}));
  ASSERT_THAT(corrected, IsOk());
  EXPECT_EQ(corrected->rows_updated(), 1);
  EXPECT_DOUBLE_EQ(Result(card, "net_promoter_score").value(), 100);

  v1::GetScorecardRequest then;
  then.set_name(card);
  then.add_kpis("kpis/net_promoter_score");
  then.mutable_known_time()->set_seconds(absl::ToUnixSeconds(before));
  then.mutable_known_time()->set_nanos(
      static_cast<int32_t>((absl::ToUnixNanos(before) % 1'000'000'000)));
  const auto known = client().GetScorecard(then);
  ASSERT_THAT(known, IsOk());
  EXPECT_DOUBLE_EQ(known->kpis(0).value(), 50);
  EXPECT_LT(known->receipt().fact_watermark(), corrected->fact_watermark());
}

TEST_F(KnownWorldTest, DeletedFactNoLongerCounts) {
  v1::AppendFactsRequest gone = Batch("survey_response", {"fact_id"}, {{S("nps4")}, {S("never")}});
  gone.set_operation(v1::AppendFactsRequest::OPERATION_DELETE);
  const auto deleted = client().AppendFacts(gone);
  ASSERT_THAT(deleted, IsOk());
  EXPECT_EQ(deleted->rows_deleted(), 1);
  EXPECT_EQ(deleted->rows_unknown(), 1);
  EXPECT_DOUBLE_EQ(Result("managers/anna/scorecards/2024-Q1", "net_promoter_score").value(), 100);
  const auto again = client().AppendFacts(gone);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->rows_deleted(), 0);
  // It may come back.
  ASSERT_THAT(
      client().AppendFacts(
          Batch("survey_response", {"fact_id", "account_id", "occurred_at", "instrument", "score"},
                {{S("nps4"), S("acme"), At{"2024-02-15 12:00:00"}, S("nps"), 3.0}})),
      IsOk());
  EXPECT_DOUBLE_EQ(Result("managers/anna/scorecards/2024-Q1", "net_promoter_score").value(), 50);
}

TEST_F(KnownWorldTest, MovingAnAccountMovesItsFutureNotItsPast) {
  // Gamma goes from Boris to Anna on 1 March; one interaction without manager_id is on 5 March.
  ASSERT_THAT(client().AppendFacts(Batch(
                  "ownership", {"fact_id", "account_id", "manager_id", "occurred_at", "until"},
                  {{S("o3"), S("gamma"), S("boris"), At{"2020-06-01"}, At{"2024-03-01"}},
                   {S("o4"), S("gamma"), S("anna"), At{"2024-03-01"}, std::monostate()}})),
              IsOk());
  const auto volume = [&](const S& manager, const S& period) {
    return Result("managers/" + manager + "/scorecards/" + period, "client_initiated_share")
        .sample_size();
  };
  EXPECT_EQ(volume("boris", "2024-Q1"), 2u);
  EXPECT_EQ(volume("anna", "2024-Q1"), 4u);
  // NPS answers of February stay with Boris.
  EXPECT_EQ(Result("managers/boris/scorecards/2024-Q1", "net_promoter_score").sample_size(), 2u);
  // At the quarter's end Anna has three accounts, Boris none.
  EXPECT_DOUBLE_EQ(Result("managers/anna/scorecards/2024-Q1", "revenue_per_account").value(),
                   2000.0 / 3);
  EXPECT_EQ(Result("managers/boris/scorecards/2024-Q1", "revenue_per_account").state(),
            v1::KpiResult::NO_DATA);
}

}  // namespace
}  // namespace keyscore::testing
