// A receipt makes its scorecard again, bit by bit, whatever has been learnt and decided since; and
// says so where it can't.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/time/clock.h"
#include "integration/weighting_case.h"
#include "support/facts.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;

constexpr char kAnnaQ1[] = "managers/anna/scorecards/2024-Q1";

class ReceiptTest : public WeightingCase {
 protected:
  // Everything that a card hangs on changes: facts, the directory, weights, targets, exceptions.
  void ChangeEverything() {
    using S = std::string;
    ASSERT_THAT(client().AppendFacts(
                    {Batch("survey_response",
                           {"fact_id", "account_id", "occurred_at", "instrument", "score"},
                           {{S("nps1"), S("acme"), At{"2024-02-15 12:00:00"}, S("nps"), 0.0},
                            {S("nps9"), S("beta"), At{"2024-03-15 12:00:00"}, S("nps"), 10.0}}),
                     Batch("manager", {"fact_id", "manager_id", "occurred_at", "name", "team_id"},
                           {{S("anna"), S("anna"), At{"2019-01-15"}, S("Anna K."), S("south")}})}),
                IsOk());
    ASSERT_THAT(PutInForce(FlatProfile("default", "", 0.2, 0.3, 0.5)), IsOk());
    v1::CreateTargetSeriesRequest target;
    target.set_target_series_id("plan");
    target.set_reason("a plan");
    *target.mutable_target_series() = Parsed<v1::TargetSeries>(
        "kpi: 'kpis/net_promoter_score' points { start_date: '2020-01-01' value: 70 }");
    ASSERT_THAT(As("ada").CreateTargetSeries(target), IsOk());
    for (const std::string subject : {"managers/anna", "organization"}) {
      const std::string id = subject.substr(0, 4);
      CreateException(id, "subject: '" + subject + "' kpi: 'kpis/net_promoter_score' score: 1");
      ApproveException(id);
    }
  }

  v1::GetScorecardRequest Replay(const v1::Scorecard& card) {
    v1::GetScorecardRequest request;
    request.set_name(card.name());
    *request.mutable_replay() = card.receipt();
    return request;
  }
};

TEST_F(ReceiptTest, ReplayGivesTheSameBytesAfterEverythingHasChanged) {
  // One under the built-in weights, one under those of a day, one of a running period.
  const v1::Scorecard first = CardOf(kAnnaQ1);
  EXPECT_FALSE(first.receipt().has_weighting_time());
  ASSERT_THAT(PutInForce(FlatProfile("default", "", 0.7, 0.2, 0.1), "today"), IsOk());
  v1::GetScorecardRequest today;
  today.set_name(kAnnaQ1);
  today.set_weights_of(v1::WEIGHTS_OF_TODAY);
  const v1::Scorecard second = CardOf(today);
  EXPECT_TRUE(second.receipt().has_weighting_time());
  const v1::Scorecard third = CardOf("organization/scorecards/trailing-3000d");

  ChangeEverything();
  EXPECT_NE(CardOf(kAnnaQ1).total(), first.total());
  EXPECT_NE(CardOf("organization/scorecards/trailing-3000d").total(), third.total());
  EXPECT_NE(CardOf(kAnnaQ1).subject_display_name(), first.subject_display_name());
  for (const v1::Scorecard* card : {&first, &second, &third}) {
    const v1::Scorecard again = CardOf(Replay(*card));
    EXPECT_EQ(again.DebugString(), card->DebugString());
    EXPECT_EQ(again.SerializeAsString(), card->SerializeAsString());
  }
  // In one batch too.
  v1::BatchGetScorecardsRequest batch;
  batch.add_names(kAnnaQ1);
  batch.add_names("managers/boris/scorecards/2024-Q1");
  *batch.mutable_replay() = first.receipt();
  const auto replayed = client().BatchGetScorecards(batch);
  ASSERT_THAT(replayed, IsOk());
  ASSERT_EQ(replayed->scorecards_size(), 2);
  EXPECT_EQ(replayed->scorecards(0).SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(replayed->scorecards(1).receipt().fact_watermark(), first.receipt().fact_watermark());
}

TEST_F(ReceiptTest, ReplayOutlivesARestart) {
  const TempDir folder;
  StartAgain({.data = folder / "data"});
  ASSERT_THAT(SendSmallWorld(client()), IsOk());
  ASSERT_THAT(PutInForce(FlatProfile("default", "", 0.7, 0.2, 0.1)), IsOk());
  const v1::Scorecard card = CardOf(kAnnaQ1);
  ChangeEverything();
  ASSERT_EQ(server_->Stop(), 0);
  StartAgain({.data = folder / "data"});
  EXPECT_EQ(CardOf(Replay(card)).SerializeAsString(), card.SerializeAsString());
}

TEST_F(ReceiptTest, WhatIsKnownAtAnInstantIsReplayedAsItWas) {
  const v1::Scorecard before = CardOf(kAnnaQ1);
  v1::GetScorecardRequest known;
  known.set_name(kAnnaQ1);
  absl::SleepFor(absl::Milliseconds(5));  // so that all of it was known by then
  const int64_t nanos = absl::ToUnixNanos(absl::Now());
  known.mutable_known_time()->set_seconds(nanos / 1'000'000'000);
  known.mutable_known_time()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  const v1::Scorecard card = CardOf(known);
  EXPECT_EQ(WithoutReceipt(card), WithoutReceipt(before));
  ChangeEverything();
  EXPECT_EQ(CardOf(Replay(card)).SerializeAsString(), card.SerializeAsString());
}

TEST_F(ReceiptTest, WhatIsNotAsItWasIsNamedAltogether) {
  const v1::Scorecard card = CardOf(kAnnaQ1);
  v1::GetScorecardRequest request = Replay(card);
  v1::Receipt& receipt = *request.mutable_replay();
  receipt.mutable_plugins(0)->set_sha256(std::string(64, '0'));
  receipt.set_server_version("0.0.1");
  receipt.set_fact_watermark(receipt.fact_watermark() + 1000);
  receipt.set_weight_profile_revision(7);
  const auto refused = client().GetScorecard(request);
  EXPECT_THAT(refused, Refused(StatusCode::kFailedPrecondition));
  EXPECT_EQ(ReasonOf(refused), "RECEIPT_NOT_REPRODUCIBLE");
  for (const std::string& part :
       {std::string("the server's version was 0.0.1"), card.receipt().plugins(0).plugin() + " was",
        std::string("the log of facts was batch"), std::string("revision 7")}) {
    EXPECT_THAT(refused, MessageHas(part));
  }
  // The receipt is of another period than the one that is asked for.
  request = Replay(card);
  request.set_name("managers/anna/scorecards/2024-Q2");
  EXPECT_THAT(client().GetScorecard(request), MessageHas("the period's start was"));
}

TEST_F(ReceiptTest, TheReceiptAloneSaysWhatWasKnownAndWhoseWeightsCount) {
  v1::GetScorecardRequest request = Replay(CardOf(kAnnaQ1));
  request.mutable_known_time()->set_seconds(1'700'000'000);
  EXPECT_THAT(client().GetScorecard(request),
              RefusedField(StatusCode::kInvalidArgument, "known_time"));
  request = Replay(CardOf(kAnnaQ1));
  request.set_weights_of(v1::WEIGHTS_OF_TODAY);
  EXPECT_THAT(client().GetScorecard(request),
              RefusedField(StatusCode::kInvalidArgument, "weights_of"));
  request.clear_weights_of();
  request.mutable_replay()->set_as_of_date("yesterday");
  EXPECT_THAT(client().GetScorecard(request),
              RefusedField(StatusCode::kInvalidArgument, "replay.as_of_date"));
}

}  // namespace
}  // namespace keyscore::testing
