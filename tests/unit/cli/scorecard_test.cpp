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
  EXPECT_THAT(run.out,
              HasSubstr("managers/anna-snelling,2017-Q3,2017-07-01,2017-10-01,"
                        "kpis/opportunity_conversion_rate,Opportunity conversion rate,"
                        "revenue,VALUE,0,%,55,1,0.1,1234,,,,true,2017-01-01T00:00:00Z,\r\n"));
  EXPECT_THAT(run.out, HasSubstr("NO_DATA,,,,0,0.1,0,"));
  EXPECT_THAT(run.out, HasSubstr("\"PLUGIN_FAILED: a \"\"bug\"\", with a comma\"\r\n"));
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
