// The shipped mapping maven-crm on the real export, against a server inside the test. The figures
// to compare with were computed by others, from the same files (expected_2017Q3.csv).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "cli/exit_code.h"
#include "unit/cli/cli_harness.h"
#include "unit/client/fake_server.h"

namespace keyscore::cli {
namespace {

using Json = nlohmann::json;

// 2017-07-01 and 2017-10-01 in UTC, microseconds.
constexpr int64_t kFrom = 1498867200000000;
constexpr int64_t kTo = 1506816000000000;
constexpr double kMicrosPerDay = 86'400e6;

v1::Dataset MakeDataset(const std::string& id, const std::vector<std::string>& required,
                        const std::vector<std::string>& texts,
                        const std::vector<std::string>& numbers,
                        const std::vector<std::string>& instants) {
  v1::Dataset dataset;
  dataset.set_name("datasets/" + id);
  dataset.set_kind(v1::Dataset::KIND_EVENTS);
  const auto add = [&](const std::string& name, v1::DatasetColumn::Type type) {
    v1::DatasetColumn* column = dataset.add_columns();
    column->set_name(name);
    column->set_type(type);
    column->set_nullable(std::find(required.begin(), required.end(), name) == required.end());
  };
  for (const char* key : {"fact_id", "account_id", "manager_id"}) {
    add(key, v1::DatasetColumn::TYPE_STRING);
  }
  add("occurred_at", v1::DatasetColumn::TYPE_TIMESTAMP);
  for (const std::string& name : texts) add(name, v1::DatasetColumn::TYPE_STRING);
  for (const std::string& name : numbers) add(name, v1::DatasetColumn::TYPE_DOUBLE);
  for (const std::string& name : instants) add(name, v1::DatasetColumn::TYPE_TIMESTAMP);
  return dataset;
}

class MavenCrmTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* shared = std::getenv("KEYSCORE_SHARED_DATA");
    const char* source = std::getenv("KEYSCORE_SOURCE_DIR");
    if (shared == nullptr || source == nullptr ||
        !std::filesystem::exists(std::string(shared) + "/crm/sales_pipeline.csv")) {
      GTEST_SKIP() << "../shared/data/crm is missing";
    }
    data_ = std::string(shared) + "/crm";
    server_.datasets = {
        MakeDataset("team", {"fact_id", "occurred_at", "team_id", "name"}, {"team_id", "name"}, {},
                    {}),
        MakeDataset("manager", {"fact_id", "occurred_at", "manager_id", "name"},
                    {"name", "team_id"}, {}, {"left_at"}),
        MakeDataset("account", {"fact_id", "occurred_at", "account_id", "name"},
                    {"name", "segment", "region", "attributes"}, {}, {"churned_at"}),
        MakeDataset("opportunity", {"fact_id", "occurred_at", "outcome", "kind"},
                    {"outcome", "kind", "product"}, {"amount"}, {"closed_at"}),
        MakeDataset("invoice_line", {"fact_id", "occurred_at", "invoice_id", "amount", "sale_kind"},
                    {"invoice_id", "product", "sale_kind"}, {"amount"}, {})};
    const CliRun run =
        RunCli({"import", "--mapping", std::string(source) + "/clients/cli/mappings/maven-crm.yaml",
                data_, "--server", server_.address(), "--output", "json", "--rejects",
                folder_.path() + "/rejects.csv"});
    ASSERT_EQ(run.exit_code, kOk) << run.err;
    report_ = Json::parse(run.out);
  }

  const Json& Line(const std::string& dataset) {
    for (const Json& line : report_["datasets"]) {
      if (line["dataset"] == "datasets/" + dataset) return line;
    }
    ADD_FAILURE() << dataset;
    return report_;
  }

  std::string data_;
  keyscore::testing::FakeServer server_;
  TempFolder folder_;
  Json report_;
};

// How many rows there are was counted in the files by hand (wc, grep).
TEST_F(MavenCrmTest, EveryRowIsAccountedFor) {
  EXPECT_EQ(Line("team")["inserted"], 6);
  EXPECT_EQ(Line("manager")["inserted"], 35);
  EXPECT_EQ(Line("account")["inserted"], 85);
  EXPECT_EQ(Line("opportunity")["read"], 8800);
  EXPECT_EQ(Line("opportunity")["inserted"], 8300);
  EXPECT_EQ(Line("opportunity")["rejected"], 500);
  EXPECT_EQ(Line("invoice_line")["inserted"], 4238);
  EXPECT_EQ(report_["rejects"][0]["count"], 500);
  EXPECT_EQ(report_["rejects"][0]["column"], "occurred_at");
}

TEST_F(MavenCrmTest, DirtIsReportedNotSwallowed) {
  std::map<std::string, int> counts;
  for (const Json& warning : report_["warnings"]) {
    const std::string message = warning["message"];
    counts[message.substr(0, message.find(','))] += warning["count"].get<int>();
  }
  EXPECT_EQ(counts["product \"GTXPro\" is not in the product list"], 1480);
  EXPECT_EQ(counts["no account"], 1425);
  EXPECT_EQ(counts["agent without any opportunity"], 5);
  EXPECT_EQ(counts["sector \"technolgy\""], 12);
}

TEST_F(MavenCrmTest, ValuesAreCleaned) {
  const auto& deal = server_.facts["datasets/opportunity/Z063OYW0"];
  EXPECT_EQ(deal.at("manager_id"), "darcel-schlecht");
  EXPECT_EQ(deal.at("product"), "GTX Pro");
  EXPECT_EQ(deal.at("outcome"), "won");
  EXPECT_EQ(deal.at("amount"), "4514.000000");
  EXPECT_EQ(deal.at("occurred_at"), "1477353600000000");  // 2016-10-25
  const auto& account = server_.facts["datasets/account/bioholding"];
  EXPECT_EQ(account.at("region"), "Philippines");
  EXPECT_EQ(Json::parse(account.at("attributes"))["employees"], 1356);
  EXPECT_EQ(server_.facts["datasets/account/acme-corporation"].at("segment"), "technology");
  EXPECT_EQ(server_.facts["datasets/manager/anna-snelling"].at("team_id"), "dustin-brinkmann");
}

TEST_F(MavenCrmTest, ThirdQuarterOf2017AgreesWithTheExpectedFigures) {
  struct Figures {
    int won = 0;
    int lost = 0;
    double days = 0;
    double amount = 0;
  };
  std::map<std::string, Figures> agents;
  for (const auto& [key, fact] : server_.facts) {
    if (key.starts_with("datasets/opportunity/") && fact.contains("closed_at")) {
      const int64_t closed = std::stoll(fact.at("closed_at"));
      if (closed < kFrom || closed >= kTo) continue;
      Figures& agent = agents[fact.at("manager_id")];
      if (fact.at("outcome") == "won") {
        ++agent.won;
        agent.days +=
            static_cast<double>(closed - std::stoll(fact.at("occurred_at"))) / kMicrosPerDay;
      } else if (fact.at("outcome") == "lost") {
        ++agent.lost;
      }
    } else if (key.starts_with("datasets/invoice_line/")) {
      const int64_t at = std::stoll(fact.at("occurred_at"));
      if (at >= kFrom && at < kTo)
        agents[fact.at("manager_id")].amount += std::stod(fact.at("amount"));
    }
  }
  std::ifstream expected(data_ + "/expected_2017Q3.csv");
  std::string line;
  std::getline(expected, line);
  int compared = 0;
  while (std::getline(expected, line)) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    std::string id = fields[0];
    for (char& c : id) c = c == ' ' ? '-' : static_cast<char>(std::tolower(c));
    const Figures& agent = agents[id];
    EXPECT_EQ(agent.won, std::stoi(fields[1])) << id;
    EXPECT_EQ(agent.lost, std::stoi(fields[2])) << id;
    EXPECT_NEAR(agent.days / agent.won, std::stod(fields[4]), 1e-9) << id;
    EXPECT_EQ(agent.amount, std::stod(fields[5])) << id;
    ++compared;
  }
  EXPECT_EQ(compared, 30);
}

}  // namespace
}  // namespace keyscore::cli
