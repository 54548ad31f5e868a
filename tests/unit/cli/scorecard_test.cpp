// What a person, a program and a spreadsheet see of a scorecard.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/exit_code.h"
#include "unit/cli/cli_harness.h"
#include "unit/client/fake_server.h"

namespace keyscore::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

v1::Scorecard AnnasCard() {
  v1::Scorecard card;
  card.set_subject("managers/anna-snelling");
  card.set_subject_display_name("Anna Snelling");
  card.mutable_period()->set_expression("2017-Q3");
  card.mutable_period()->set_start_date("2017-07-01");
  card.mutable_period()->set_end_date("2017-10-01");
  card.mutable_period()->set_days(92);
  card.mutable_period()->mutable_calendar()->set_time_zone("UTC");
  card.set_total_state(v1::Scorecard::NOT_SCORED);
  card.set_score_low(5.5);
  card.set_score_high(95.5);
  card.set_coverage(0.1);
  card.set_minimum_coverage(0.5);
  v1::PillarScore* revenue = card.add_pillars();
  revenue->set_pillar(v1::PILLAR_REVENUE);
  revenue->set_score(55);
  revenue->set_weight(1);
  revenue->set_nominal_weight(0.2);
  revenue->set_coverage(0.5);
  v1::KpiResult* value = card.add_kpis();
  value->set_kpi("kpis/opportunity_conversion_rate");
  value->set_title("Opportunity conversion rate");
  value->set_pillar(v1::PILLAR_REVENUE);
  value->set_state(v1::KpiResult::VALUE);
  value->set_value(0);
  value->set_unit("%");
  value->set_score(55);
  value->set_weight(1);
  value->set_nominal_weight(0.1);
  value->set_sample_size(1234);
  value->set_stale(true);
  value->mutable_newest_fact_time()->set_seconds(1483228800);  // 2017-01-01
  v1::KpiResult* missing = card.add_kpis();
  missing->set_kpi("kpis/upsell_revenue_share");
  missing->set_title("Upsell revenue share");
  missing->set_pillar(v1::PILLAR_REVENUE);
  missing->set_state(v1::KpiResult::NO_DATA);
  missing->set_state_reason("DATASET_EMPTY: no invoice_line in the window");
  missing->set_nominal_weight(0.1);
  v1::KpiResult* broken = card.add_kpis();
  broken->set_kpi("kpis/revenue_per_account");
  broken->set_title("Revenue per account");
  broken->set_pillar(v1::PILLAR_REVENUE);
  broken->set_state(v1::KpiResult::ERROR);
  broken->set_state_reason("PLUGIN_FAILED: a \"bug\", with a comma");
  return card;
}

class ScorecardTest : public ::testing::Test {
 protected:
  ScorecardTest() { server_.scorecard = AnnasCard(); }
  CliRun Scorecard(const std::string& output) {
    return RunCli({"scorecard", "managers/anna-snelling", "-p", "2017-Q3", "--server",
                   server_.address(), "--output", output});
  }
  keyscore::testing::FakeServer server_;
};

TEST_F(ScorecardTest, TableSaysHonestlyWhatIsMissing) {
  const CliRun run = Scorecard("table");
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("Anna Snelling"), HasSubstr("1 Jul – 30 Sep 2017"),
                             HasSubstr("not scored"), HasSubstr("at least 50 %"),
                             HasSubstr("between 5.5 and 95.5")));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*Upsell revenue share +no data +–(.|\n)*"));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*Revenue per account +ERROR +–(.|\n)*"));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*conversion rate +0.0  % +55.0(.|\n)*1,234(.|\n)*"));
  EXPECT_THAT(run.out, HasSubstr("stale, last fact 2017-01-01"));
  EXPECT_THAT(run.out, HasSubstr("DATASET_EMPTY: no invoice_line in the window"));
  EXPECT_THAT(run.out, Not(HasSubstr("\x1b")));  // no colour, as this is no terminal
}

TEST_F(ScorecardTest, TheTotalSaysWhatWeightCouldNotBeComputed) {
  v1::Scorecard& card = server_.scorecard;
  card.set_error_weight(0.18);
  EXPECT_THAT(Scorecard("table").out,
              HasSubstr("at least 50 % is needed; 18 % of the weight could not be computed: the "
                        "KPIs in ERROR below\n"));
  card.set_total(72);
  card.set_total_state(v1::Scorecard::SCORED_WITH_ERRORS);
  EXPECT_THAT(
      Scorecard("table").out,
      MatchesRegex("(.|\n)*Total     72.0  [^ ]+  18 % of the weight could not be computed: "
                   "the KPIs in ERROR below\n(.|\n)*"));
  EXPECT_EQ(nlohmann::json::parse(Scorecard("json").out)["errorWeight"], 0.18);
  // KPIs that don't weigh may be in ERROR too.
  card.set_error_weight(0);
  EXPECT_THAT(Scorecard("table").out, HasSubstr("  without the KPIs in ERROR\n"));
}

TEST_F(ScorecardTest, JsonIsTheMessageWithZerosButWithoutWhatIsAbsent) {
  const CliRun run = Scorecard("json");
  const nlohmann::json card = nlohmann::json::parse(run.out);
  EXPECT_EQ(card["name"], "managers/anna-snelling/scorecards/2017-Q3");
  EXPECT_EQ(card["totalState"], "NOT_SCORED");
  EXPECT_FALSE(card.contains("total"));
  EXPECT_EQ(card["kpis"][0]["value"], 0);
  EXPECT_EQ(card["kpis"][0]["sampleSize"], 1234);
  EXPECT_EQ(card["kpis"][1]["state"], "NO_DATA");
  EXPECT_FALSE(card["kpis"][1].contains("value"));
  EXPECT_FALSE(card["kpis"][1].contains("score"));
  EXPECT_EQ(card["kpis"][1]["weight"], 0);
  EXPECT_EQ(card["kpis"][1]["stale"], false);
}

TEST_F(ScorecardTest, CsvHasARecordForEveryKpiAndEmptyFieldsForNoData) {
  const CliRun run = Scorecard("csv");
  EXPECT_THAT(
      run.out,
      HasSubstr("managers/anna-snelling,2017-Q3,2017-07-01,2017-10-01,"
                "kpis/opportunity_conversion_rate,Opportunity conversion rate,"
                "revenue,VALUE,0,%,55,1,0.1,1234,,,,true,2017-01-01T00:00:00Z,,,,,,,,\r\n"));
  EXPECT_THAT(run.out, HasSubstr("NO_DATA,,,,0,0.1,0,"));
  EXPECT_THAT(run.out, HasSubstr("\"PLUGIN_FAILED: a \"\"bug\"\", with a comma\",,,,,,,\r\n"));
}

TEST_F(ScorecardTest, ATargetIsShownAsFarAsThePeriodIsOver) {
  v1::KpiResult* kpi = server_.scorecard.mutable_kpis(0);
  kpi->set_target(30);
  kpi->set_full_target(120);
  kpi->set_attainment(1.125);
  kpi->set_target_gap(3.75);
  EXPECT_THAT(Scorecard("table").out,
              MatchesRegex("(.|\n)*conversion rate +0.0  % +30.0 of 120.0 +112 % +55.0(.|\n)*"));
  EXPECT_THAT(Scorecard("csv").out, HasSubstr(",120,1.125,3.75,"));
  kpi->set_full_target(30);
  EXPECT_THAT(Scorecard("table").out,
              MatchesRegex("(.|\n)*conversion rate +0.0  % +30.0 +112 % +55.0(.|\n)*"));
}

TEST_F(ScorecardTest, AnExceptionIsMarkedWithTheComputedScoreBesideIt) {
  v1::Scorecard& card = server_.scorecard;
  card.set_total(80);
  card.set_computed_total(71.25);
  v1::KpiResult* kpi = card.mutable_kpis(0);
  kpi->set_score(90);
  kpi->set_computed_score(55);
  kpi->mutable_override()->set_name("scoreOverrides/o1");
  kpi->mutable_override()->set_reason("plant on strike");
  kpi->mutable_override()->set_author("ben");
  kpi->mutable_override()->set_approver("cleo");
  kpi->mutable_override()->set_expire_date("2018-01-01");
  const std::string replaced = Scorecard("table").out;
  EXPECT_THAT(replaced, MatchesRegex("(.|\n)*Total     80.0  [^ ]+  71.[23] without the exceptions "
                                     "below\n(.|\n)*"));
  EXPECT_THAT(replaced, MatchesRegex("(.|\n)*conversion rate +0.0  % +90.0†(.|\n)*"));
  EXPECT_THAT(replaced, HasSubstr("† set by exception, computed 55.0"));
  EXPECT_THAT(replaced, HasSubstr("† Opportunity conversion rate: counts as 90.0 in place of the "
                                  "computed 55.0, until 2018-01-01: plant on strike  by ben, "
                                  "approved by cleo, o1\n"));
  EXPECT_THAT(Scorecard("csv").out, HasSubstr(",55,,scoreOverrides/o1\r\n"));
  kpi->mutable_override()->set_exempt(true);
  kpi->clear_score();
  const std::string exempt = Scorecard("table").out;
  EXPECT_THAT(exempt, MatchesRegex("(.|\n)*conversion rate +0.0  % +–†(.|\n)*"));
  EXPECT_THAT(exempt, HasSubstr("does not count, with the computed 55.0, until"));
}

TEST_F(ScorecardTest, WhatIsAssumedAndWhatBlocksIsSaid) {
  v1::KpiResult* missing = server_.scorecard.mutable_kpis(1);
  missing->set_assumed_score(50);
  EXPECT_THAT(
      Scorecard("table").out,
      MatchesRegex("(.|\n)*Upsell revenue share +no data +50.0 .*no figures, so it counts as "
                   "50.0\n(.|\n)*"));
  server_.scorecard.add_blocked_by("kpis/upsell_revenue_share");
  EXPECT_THAT(Scorecard("table").out,
              HasSubstr("Total     not scored: there are no figures for Upsell revenue share, and "
                        "without them there is to be no total\n"));
}

TEST_F(ScorecardTest, BandsThatWereCrossedAreNamedWithTheirShares) {
  v1::WeightsSummary* weights = server_.scorecard.mutable_weights();
  weights->set_profile("weightProfiles/default");
  weights->set_profile_revision(2);
  weights->set_tenure_band("18 to 36 months");
  weights->set_tenure_months(18);
  weights->set_as_of_date("2026-11-22");
  const auto band = [weights](const char* name, double share) {
    v1::BandShare* added = weights->add_bands();
    added->set_tenure_band(name);
    added->set_share(share);
  };
  band("under 18 months", 0.25);
  EXPECT_THAT(
      Scorecard("table").out,
      HasSubstr("Weights   default, revision 2, tenure 18 to 36 months (18 months in role)"));
  band("18 to 36 months", 0.75);
  server_.scorecard.mutable_receipt()->set_weights_of(v1::WEIGHTS_OF_TODAY);
  EXPECT_THAT(Scorecard("table").out,
              HasSubstr("Weights   default, revision 2, as they are on 2026-11-22, tenure under 18 "
                        "months for 25 % of the days and 18 to 36 months for 75 % of the days (18 "
                        "months in role)\n"));
}

TEST_F(ScorecardTest, TodaysWeightsAreAskedForByName) {
  const auto with = [this](const std::string& weights) {
    return RunCli({"scorecard", "organization", "-p", "2017-Q3", "--weights", weights, "--server",
                   server_.address()});
  };
  EXPECT_EQ(with("today").exit_code, kOk);
  EXPECT_EQ(server_.scorecard_request.weights_of(), v1::WEIGHTS_OF_TODAY);
  EXPECT_EQ(with("period").exit_code, kOk);
  EXPECT_EQ(server_.scorecard_request.weights_of(), v1::WEIGHTS_OF_UNSPECIFIED);
  EXPECT_EQ(with("yesterday").exit_code, kUsage);
}

TEST_F(ScorecardTest, AReceiptIsReplayedAndTheCardCompared) {
  server_.scorecard.mutable_receipt()->set_fact_watermark(7);
  server_.scorecard.mutable_receipt()->mutable_calendar()->set_time_zone("UTC");
  server_.scorecard.mutable_kpis(0)->set_value(0.1 + 0.2);
  TempFolder folder;
  const std::string kept = folder.Write("card.json", Scorecard("json").out);
  const auto replay = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"scorecard", "--server", server_.address()});
    return RunCli(more);
  };
  const CliRun same = replay({"--replay", kept});
  EXPECT_EQ(same.exit_code, kOk) << same.err;
  EXPECT_EQ(same.err, "The same as " + kept + ", to the last bit\n");
  EXPECT_EQ(server_.scorecard_request.name(), "managers/anna-snelling/scorecards/2017-Q3");
  EXPECT_EQ(server_.scorecard_request.replay().fact_watermark(), 7);

  server_.scorecard.mutable_kpis(0)->set_value(0.3);
  const CliRun differs = replay({"--replay", kept});
  EXPECT_EQ(differs.exit_code, kFound);
  EXPECT_EQ(differs.err, "keyscore: it differs from " + kept + " in opportunity_conversion_rate\n");

  // A receipt alone says neither whose card it was nor what stood on it.
  const std::string receipt =
      folder.Write("receipt.json", nlohmann::json::parse(Scorecard("json").out)["receipt"].dump());
  EXPECT_EQ(replay({"--replay", receipt}).exit_code, kUsage);
  EXPECT_EQ(replay({"organization", "-p", "2017-Q3", "--replay", receipt}).exit_code, kOk);
  EXPECT_EQ(server_.scorecard_request.replay().fact_watermark(), 7);
  EXPECT_EQ(replay({"--replay", folder.Write("no.json", "{\"a\": 1}")}).exit_code, kUsage);
  EXPECT_EQ(replay({"--replay", folder.Write("no2.json", "nothing")}).exit_code, kUsage);
  EXPECT_EQ(replay({"--replay", folder.path() + "/none.json"}).exit_code, kUsage);
}

TEST_F(ScorecardTest, RankFollowsThePagesUpToTheLimit) {
  for (int i = 1; i <= 5; ++i) {
    v1::Scorecard card = AnnasCard();
    card.set_rank(static_cast<uint32_t>(i));
    card.set_subject("managers/m" + std::to_string(i));
    server_.ranking.push_back(card);
  }
  const std::vector<std::string> rank = {"rank",    "managers", "-p",
                                         "2017-Q3", "--server", server_.address()};
  const auto with = [&rank](std::vector<std::string> more) {
    more.insert(more.begin(), rank.begin(), rank.end());
    return RunCli(more);
  };
  const auto all = nlohmann::json::parse(with({"--output", "json"}).out);
  EXPECT_EQ(all["scorecards"].size(), 5u);
  EXPECT_EQ(all["totalSize"], 5);
  EXPECT_EQ(all["nextPageToken"], "");
  EXPECT_EQ(all["scorecards"][4]["subject"], "managers/m5");

  const std::string table = with({"--order-by", "kpis.opportunity_conversion_rate.value desc"}).out;
  EXPECT_THAT(table, AllOf(HasSubstr("Opportunity conversion rate (%)"), HasSubstr("not scored")));

  const std::string limited = with({"--limit", "2"}).out;
  EXPECT_THAT(limited, HasSubstr("2 of 5 shown."));
}

}  // namespace
}  // namespace keyscore::cli
