// A real CRM export, imported with the shipped mapping and compared with SQL over the raw files and
// with figures that others worked out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "support/duck.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

// As the mapping's: lower case, everything but letters and digits becomes one hyphen.
std::string Slug(const std::string& column) {
  return fmt::format("trim(regexp_replace(lower({}), '[^a-z0-9]+', '-', 'g'), '-')", column);
}

class CrmImportTest : public EmptyServerTest {
 protected:
  void SetUp() override {
    crm_ = std::filesystem::path(Environment("KEYSCORE_SHARED_DATA")) / "crm";
    if (!std::filesystem::exists(crm_ / "sales_pipeline.csv")) {
      GTEST_SKIP() << "the CRM export is not there: " << crm_;
    }
    EmptyServerTest::SetUp();
    // Raw text, dates as Americans write them.
    duck_.Run(fmt::format(
        R"sql(
        CREATE TABLE teams AS SELECT * FROM read_csv('{0}/sales_teams.csv', all_varchar = true);
        CREATE TABLE deals AS
        SELECT opportunity_id, p.sales_agent AS agent, teams.manager AS lead, account, product,
               deal_stage,
               strptime(engage_date, '%m/%d/%Y') AS opened,
               strptime(close_date, '%m/%d/%Y') AS closed, close_value::DOUBLE AS amount
        FROM read_csv('{0}/sales_pipeline.csv', all_varchar = true) p
        JOIN teams ON teams.sales_agent = p.sales_agent;
        CREATE TABLE expected AS SELECT * FROM read_csv('{0}/expected_2017Q3.csv');
        )sql",
        crm_.string()));
    imported_ = Import();
  }

  Finished Import() {
    return server_->Cli({"import", "--output", "json", "--mapping", "maven-crm", "--rejects",
                         (folder_ / "rejects.csv").string(), crm_.string()});
  }

  int64_t FactCount(const std::string& dataset) {
    v1::GetDatasetRequest get;
    get.set_name("datasets/" + dataset);
    const auto found = client().GetDataset(get);
    EXPECT_THAT(found, IsOk());
    return found.ok() ? found->fact_count() : -1;
  }

  // Won, lost, mean days to close and amount won of a period, by a key such as an agent.
  struct Figures {
    double won = 0;
    double lost = 0;
    std::optional<double> days;
    double amount = 0;
  };
  std::map<std::string, Figures> Compute(const std::string& key, const std::string& from,
                                         const std::string& to) {
    std::map<std::string, Figures> all;
    for (const auto& row : duck_.Ask(fmt::format(
             "SELECT {}, count(*) FILTER (deal_stage = 'Won'), count(*) FILTER (deal_stage = "
             "'Lost'), avg(date_diff('day', opened, closed)) FILTER (deal_stage = 'Won'), "
             "coalesce(sum(amount) FILTER (deal_stage = 'Won'), 0) FROM deals WHERE closed >= "
             "DATE '{}' AND closed < DATE '{}' GROUP BY 1",
             key, from, to))) {
      if (!row[0].has_value()) continue;
      Figures& figures = all[*row[0]];
      figures.won = std::stod(*row[1]);
      figures.lost = std::stod(*row[2]);
      if (row[3].has_value()) figures.days = std::stod(*row[3]);
      figures.amount = std::stod(*row[4]);
    }
    return all;
  }

  // How many rows of the dataset were warned about with this word.
  static double Warned(const nlohmann::json& report, const std::string& dataset,
                       const std::string& word) {
    double count = 0;
    for (const auto& warning : report["warnings"]) {
      if (warning["dataset"] == "datasets/" + dataset &&
          warning["message"].get<std::string>().find(word) != std::string::npos) {
        count += warning["count"].get<double>();
      }
    }
    return count;
  }

  static double Input(const v1::KpiResult& result, const std::string& name) {
    for (const v1::InputValue& input : result.inputs()) {
      if (input.name() == name) return input.value();
    }
    ADD_FAILURE() << result.kpi() << " has no input " << name;
    return -1;
  }

  // Every figure of the map against the scorecards of "{prefix}{key}".
  void Compare(const std::string& prefix, const std::string& period,
               const std::map<std::string, Figures>& all) {
    v1::BatchGetScorecardsRequest request;
    for (const char* kpi :
         {"opportunity_conversion_rate", "time_to_close", "revenue_per_account"}) {
      request.add_kpis(std::string("kpis/") + kpi);
    }
    for (const auto& [key, figures] : all) {
      request.add_names(prefix + key + "/scorecards/" + period);
    }
    const auto response = client().BatchGetScorecards(request);
    ASSERT_THAT(response, IsOk());
    ASSERT_EQ(response->scorecards_size(), static_cast<int>(all.size()));
    int next = 0;
    for (const auto& [key, figures] : all) {
      const v1::Scorecard& card = response->scorecards(next++);
      SCOPED_TRACE(card.name());
      EXPECT_EQ(Input(card.kpis(0), "won"), figures.won);
      EXPECT_EQ(Input(card.kpis(0), "lost"), figures.lost);
      EXPECT_NEAR(card.kpis(0).value(), 100 * figures.won / (figures.won + figures.lost), 1e-9);
      ASSERT_EQ(card.kpis(1).has_value(), figures.days.has_value());
      if (figures.days.has_value()) {
        EXPECT_NEAR(card.kpis(1).value(), *figures.days, 1e-9);
      }
      EXPECT_DOUBLE_EQ(Input(card.kpis(2), "revenue"), figures.amount);
    }
  }

  std::filesystem::path crm_;
  TempDir folder_;
  Duck duck_;
  Finished imported_;
};

TEST_F(CrmImportTest, EveryAgentAgreesWithTheFiguresOfOthers) {
  EXPECT_EQ(imported_.exit_code, 0) << imported_.err << imported_.out;
  std::map<std::string, Figures> all;
  for (const auto& row : duck_.Ask(fmt::format(
           "SELECT {}, won, lost, opportunity_conversion_rate, time_to_close_days, won_amount FROM "
           "expected",
           Slug("agent")))) {
    all[*row[0]] = {std::stod(*row[1]), std::stod(*row[2]), std::stod(*row[4]), std::stod(*row[5])};
    EXPECT_NEAR(std::stod(*row[3]),
                100 * std::stod(*row[1]) / (std::stod(*row[1]) + std::stod(*row[2])), 1e-9);
  }
  ASSERT_EQ(all.size(), 30u);
  Compare("managers/", "2017-Q3", all);
}

TEST_F(CrmImportTest, AgentsTeamsAccountsAndTheWholeAgreeInEveryPeriod) {
  const std::map<std::string, std::pair<std::string, std::string>> periods = {
      {"2017-Q1", {"2017-01-01", "2017-04-01"}},
      {"2017-Q2", {"2017-04-01", "2017-07-01"}},
      {"2017-Q3", {"2017-07-01", "2017-10-01"}},
      {"2017-Q4", {"2017-10-01", "2018-01-01"}},
      {"2017-09", {"2017-09-01", "2017-10-01"}},
      {"2017", {"2017-01-01", "2018-01-01"}},
      {"2017-05-11..2017-08-03", {"2017-05-11", "2017-08-03"}}};
  for (const auto& [period, days] : periods) {
    Compare("managers/", period, Compute(Slug("agent"), days.first, days.second));
    Compare("teams/", period, Compute(Slug("lead"), days.first, days.second));
    Compare("accounts/", period, Compute(Slug("account"), days.first, days.second));
    Compare("", period, Compute("'organization'", days.first, days.second));
  }
}

TEST_F(CrmImportTest, DirtIsCountedNotSwallowed) {
  // 8,800 opportunities, of which 500 have no date.
  EXPECT_EQ(FactCount("opportunity"), 8'300);
  const auto rejected =
      duck_.AskNumber(fmt::format("SELECT count(*) FROM read_csv('{}', all_varchar = true)",
                                  (folder_ / "rejects.csv").string()));
  EXPECT_EQ(rejected, 500);
  const nlohmann::json report = nlohmann::json::parse(imported_.out);
  EXPECT_EQ(report["rejected"], 500);
  // Opportunities without an account, and a product that is spelt in another way than in the list,
  // rejected prospects among them.
  EXPECT_EQ(Warned(report, "opportunity", "account"),
            duck_.AskNumber("SELECT count(*) FROM deals WHERE account IS NULL"));
  EXPECT_EQ(Warned(report, "opportunity", "GTXPro"),
            duck_.AskNumber("SELECT count(*) FROM deals WHERE product = 'GTXPro'"));
  EXPECT_EQ(FactCount("manager"), 35);
  EXPECT_EQ(FactCount("account"), 85);
  EXPECT_EQ(FactCount("team"), 6);
}

TEST_F(CrmImportTest, ImportingAgainReplaysEverything) {
  const int64_t opportunities = FactCount("opportunity");
  const int64_t lines = FactCount("invoice_line");
  v1::GetDatasetRequest get;
  get.set_name("datasets/opportunity");
  const int64_t watermark = client().GetDataset(get)->fact_watermark();
  const Finished again = Import();
  EXPECT_EQ(again.exit_code, imported_.exit_code) << again.err;
  EXPECT_EQ(FactCount("opportunity"), opportunities);
  EXPECT_EQ(FactCount("invoice_line"), lines);
  EXPECT_EQ(client().GetDataset(get)->fact_watermark(), watermark);
  for (const auto& dataset : nlohmann::json::parse(again.out)["datasets"]) {
    EXPECT_EQ(dataset["replayed"].get<int64_t>() + dataset["rejected"].get<int64_t>(),
              dataset["read"].get<int64_t>())
        << dataset.dump();
  }
}

TEST_F(CrmImportTest, CommandPrintsTheScorecardAsJson) {
  const Finished card =
      server_->Cli({"scorecard", "managers/anna-snelling", "--period", "2017-Q3", "--kpi",
                    "opportunity_conversion_rate,time_to_close", "--output", "json"});
  ASSERT_EQ(card.exit_code, 0) << card.err;
  const nlohmann::json json = nlohmann::json::parse(card.out);
  ASSERT_EQ(json["kpis"].size(), 2u);
  EXPECT_EQ(json["kpis"][0]["kpi"], "kpis/opportunity_conversion_rate");
  EXPECT_EQ(json["kpis"][0]["state"], "VALUE");
  EXPECT_DOUBLE_EQ(json["kpis"][0]["value"].get<double>(), 55);
  EXPECT_EQ(json["kpis"][0]["unit"], "%");
  EXPECT_EQ(json["kpis"][0]["sampleSize"], 100);
  EXPECT_EQ(json["kpis"][0]["inputs"].size(), 2u);
  EXPECT_NEAR(json["kpis"][1]["value"].get<double>(), 48.18181818181818, 1e-9);
  for (const char* key : {"pillars", "coverage", "period", "receipt"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
}

}  // namespace
}  // namespace keyscore::testing
