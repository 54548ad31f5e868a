// Answers that the server keeps are those that it would make: after every kind of change, for every
// kind of question.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "integration/weighting_case.h"
#include "support/background.h"
#include "support/facts.h"
#include "support/plugins.h"
#include "support/standard_services.h"

namespace keyscore::testing {
namespace {

using S = std::string;
using ::testing::HasSubstr;

constexpr char kAnnaQ1[] = "managers/anna/scorecards/2024-Q1";
constexpr const char* kCards[] = {
    kAnnaQ1,
    "managers/boris/scorecards/2024-Q1",
    "accounts/acme/scorecards/2024-Q1",
    "accounts/gamma/scorecards/2024",
    "teams/north/scorecards/2024-Q1",
    "teams/south/scorecards/2024",
    "organization/scorecards/2024-Q1",
};

class KeptAnswersTest : public WeightingCase {
 protected:
  void SetUp() override {
    StartServer({.more_config = "metrics:\n  address: 127.0.0.1:0\n"});
    ASSERT_THAT(SendSmallWorld(client()), IsOk());
  }

  int64_t Metric(const std::string& name) const {
    const std::string text = Scrape(server_->Log());
    const size_t at = text.find("\n" + name + " ");
    if (at == std::string::npos) {
      ADD_FAILURE() << "no " << name;
      return -1;
    }
    return std::stoll(text.substr(at + name.size() + 2));
  }

  // The cards as no call has asked for them yet, so that none of it is kept.
  std::vector<v1::Scorecard> Fresh(const std::vector<std::string>& names) {
    v1::BatchGetScorecardsRequest request;
    for (const std::string& name : names) request.add_names(name);
    for (int i = 0; i < fresh_; ++i) request.add_names(names.front());
    ++fresh_;
    const auto batch = client().BatchGetScorecards(request);
    EXPECT_THAT(batch, IsOk());
    if (!batch.ok()) return std::vector<v1::Scorecard>(names.size());
    return {batch->scorecards().begin(),
            batch->scorecards().begin() + static_cast<int>(names.size())};
  }

  // Every card is what it would be if nothing were kept, at once and again.
  void ExpectRight(const std::string& after) {
    const std::vector<std::string> names(std::begin(kCards), std::end(kCards));
    for (int round = 0; round < 2; ++round) {
      const std::vector<v1::Scorecard> fresh = Fresh(names);
      for (size_t i = 0; i < names.size(); ++i) {
        EXPECT_EQ(CardOf(names[i]).DebugString(), fresh[i].DebugString())
            << names[i] << " after " << after << ", round " << round;
      }
    }
  }

  void Append(const v1::AppendFactsRequest& batch) {
    const auto sent = client().AppendFacts({batch});
    ASSERT_THAT(sent, IsOk());
    ASSERT_EQ(sent->rows_rejected(), 0);
    // Whoever waits for their own batch finds it named.
    EXPECT_GE(CardOf(kAnnaQ1).receipt().fact_watermark(), sent->fact_watermark());
  }

 private:
  int fresh_ = 0;
};

TEST_F(KeptAnswersTest, EveryChangeIsSeenOnEveryCard) {
  ExpectRight("nothing");
  EXPECT_GT(Metric("keyscore_answer_hits_total"), 0);

  Append(Batch("survey_response", {"fact_id", "account_id", "occurred_at", "instrument", "score"},
               {{S("n1"), S("acme"), At{"2024-02-20 12:00:00"}, S("nps"), 0.0}}));
  ExpectRight("a fact");
  Append(Batch("survey_response", {"fact_id", "account_id", "occurred_at", "instrument", "score"},
               {{S("n1"), S("acme"), At{"2024-02-20 12:00:00"}, S("nps"), 9.0}}));
  ExpectRight("a correction");
  Append(Batch("learning", {"fact_id", "manager_id", "occurred_at", "kind"},
               {{S("l1"), S("boris"), At{"2024-02-20 12:00:00"}, S("coaching")}}));
  ExpectRight("the first fact of a dataset");
  Append(Batch("ownership", {"fact_id", "account_id", "manager_id", "occurred_at"},
               {{S("o2"), S("beta"), S("boris"), At{"2020-06-01"}}}));
  ExpectRight("an account that moved");
  Append(Batch("manager", {"fact_id", "manager_id", "occurred_at", "name", "team_id"},
               {{S("anna"), S("anna"), At{"2023-01-15"}, S("Anna K."), S("south")}}));
  EXPECT_EQ(CardOf(kAnnaQ1).subject_display_name(), "Anna K.");
  EXPECT_EQ(CardOf(kAnnaQ1).team(), "teams/south");
  ExpectRight("another name and team");
  Append(Batch("team", {"fact_id", "occurred_at", "team_id", "name"},
               {{S("north"), At{"2020-06-01"}, S("north"), S("Far North")}}));
  EXPECT_EQ(CardOf("teams/north/scorecards/2024-Q1").subject_display_name(), "Far North");
  ExpectRight("another name of a team");

  ASSERT_THAT(PutInForce(FlatProfile("default", "", 0.2, 0.3, 0.5)), IsOk());
  ExpectRight("other weights");
  v1::CreateTargetSeriesRequest target;
  target.set_target_series_id("plan");
  target.set_reason("a plan");
  *target.mutable_target_series() = Parsed<v1::TargetSeries>(
      "kpi: 'kpis/net_promoter_score' points { start_date: '2020-01-01' value: 70 }");
  ASSERT_THAT(As("ada").CreateTargetSeries(target), IsOk());
  ExpectRight("a target");

  v1::DisablePluginRequest disable;
  disable.set_name("plugins/learning");
  ASSERT_THAT(client().DisablePlugin(disable), IsOk());
  ExpectRight("a plugin that is switched off");
  ASSERT_THAT(Install(client(), TestPlugin("good_neighbour")), IsOk());
  ExpectRight("a plugin that was installed");
  ASSERT_THAT(Uninstall(client(), "good_neighbour"), IsOk());
  ExpectRight("a plugin that was taken out");
}

TEST_F(KeptAnswersTest, AnExceptionCountsFromItsApprovalOn) {
  const S name = "managers/anna/scorecards/trailing-30d";
  CardOf(name);
  CreateException("flood", "subject: 'managers/anna' kpi: 'kpis/net_promoter_score' score: 33");
  EXPECT_FALSE(CardOf(name).has_computed_total());
  const double before = CardOf(name).score_high();
  ApproveException("flood");
  EXPECT_NE(CardOf(name).score_high(), before);
  EXPECT_EQ(WithoutReceipt(CardOf(name)), WithoutReceipt(Fresh({name})[0]));
}

TEST_F(KeptAnswersTest, AnExplanationFollowsTheNamesOfItsAccounts) {
  v1::ExplainKpiResultRequest request;
  request.set_name(kAnnaQ1);
  request.set_kpi("kpis/net_promoter_score");
  const auto names = [&] {
    std::string all;
    const auto explained = client().ExplainKpiResult(request);
    EXPECT_THAT(explained, IsOk());
    if (!explained.ok()) return all;
    for (const auto& part : explained->worst_accounts()) absl::StrAppend(&all, part.display_name());
    return all;
  };
  EXPECT_EQ(names(), "Acme");
  EXPECT_EQ(names(), "Acme");
  Append(Batch("account", {"fact_id", "account_id", "occurred_at", "name", "segment"},
               {{S("acme"), S("acme"), At{"2020-06-01"}, S("Acme & Sons"), S("enterprise")}}));
  EXPECT_EQ(names(), "Acme & Sons");
}

TEST_F(KeptAnswersTest, KnownTimesAndReceiptsAreAnsweredFromThen) {
  const v1::Scorecard first = CardOf(kAnnaQ1);
  absl::SleepFor(absl::Milliseconds(5));
  v1::GetScorecardRequest known;
  known.set_name(kAnnaQ1);
  *known.mutable_known_time() = google::protobuf::Timestamp();
  const int64_t nanos = absl::ToUnixNanos(absl::Now());
  known.mutable_known_time()->set_seconds(nanos / 1'000'000'000);
  known.mutable_known_time()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  EXPECT_EQ(CardOf(known).DebugString(), first.DebugString());
  Append(Batch("survey_response", {"fact_id", "account_id", "occurred_at", "instrument", "score"},
               {{S("n1"), S("acme"), At{"2024-02-20 12:00:00"}, S("nps"), 0.0}}));
  EXPECT_NE(CardOf(kAnnaQ1).DebugString(), first.DebugString());
  EXPECT_EQ(CardOf(known).DebugString(), first.DebugString());
  v1::GetScorecardRequest replay;
  replay.set_name(kAnnaQ1);
  *replay.mutable_replay() = first.receipt();
  EXPECT_EQ(CardOf(replay).SerializeAsString(), first.SerializeAsString());
}

TEST_F(KeptAnswersTest, EveryWriterReadsTheirOwnWrites) {
  // Four readers all the while; each write is read back at once by who made it.
  std::vector<Background::Ask> asks;
  asks.emplace_back([](client::Client& from) -> std::string {
    v1::GetScorecardRequest request;
    request.set_name(kAnnaQ1);
    request.add_kpis("kpis/net_promoter_score");
    const auto card = from.GetScorecard(request);
    return card.ok() ? "" : card.status().ToString();
  });
  Background readers(server_->address(), 4, std::move(asks));
  double sum = 2;  // promoters less detractors of acme's four answers
  double count = 4;
  for (int i = 0; i < 40; ++i) {
    const bool promoter = i % 3 != 0;
    Append(Batch("survey_response", {"fact_id", "account_id", "occurred_at", "instrument", "score"},
                 {{absl::StrCat("more", i), S("acme"), At{"2024-02-20 12:00:00"}, S("nps"),
                   promoter ? 10.0 : 1.0}}));
    sum += promoter ? 1 : -1;
    count += 1;
    EXPECT_NEAR(Result(kAnnaQ1, "net_promoter_score").value(), 100 * sum / count, 1e-9) << i;
  }
  EXPECT_EQ(readers.Stop(), "");
}

TEST_F(KeptAnswersTest, WithoutRoomEveryCallIsAnsweredAnew) {
  const std::string kept = CardOf(kAnnaQ1).SerializeAsString();
  EXPECT_EQ(CardOf(kAnnaQ1).SerializeAsString(), kept);
  StartServer({.more_config = "limits:\n  answer_cache: 0\nmetrics:\n  address: 127.0.0.1:0\n"});
  ASSERT_THAT(SendSmallWorld(client()), IsOk());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(CardOf(kAnnaQ1).SerializeAsString(), kept);
  EXPECT_EQ(Metric("keyscore_answer_hits_total"), 0);
  EXPECT_EQ(Metric("keyscore_answer_bytes"), 0);
}

TEST_F(KeptAnswersTest, BytesThatAreNoRequestAreRefused) {
  for (const char* method :
       {"GetScorecard", "BatchGetScorecards", "ListScorecards", "ExplainKpiResult"}) {
    const Reply reply = Ask(server_->address(),
                            absl::StrCat("/keyscore.v1.ScorecardService/", method), "\x0a\x09xx");
    EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method;
    EXPECT_THAT(reply.status.error_details(), HasSubstr("MALFORMED_MESSAGE"));
  }
}

}  // namespace
}  // namespace keyscore::testing
