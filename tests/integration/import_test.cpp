// The command `keyscore import`: good files of every format, bad ones with a clear error and
// nothing lost, and an import that is resumed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "support/sample.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class ImportTest : public EmptyServerTest {
 protected:
  Finished Import(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"import", "--output", "json", "--rejects",
                                         (folder_ / "rejects.csv").string()});
    return server_->Cli(arguments);
  }

  // Writes one file and imports it.
  Finished ImportFile(const std::string& name, const std::string& content) {
    WriteFile(folder_ / name, content);
    return Import({(folder_ / name).string()});
  }

  int64_t FactCount(const std::string& dataset) {
    v1::GetDatasetRequest get;
    get.set_name("datasets/" + dataset);
    const auto found = client().GetDataset(get);
    EXPECT_THAT(found, IsOk());
    return found.ok() ? found->fact_count() : -1;
  }

  // It failed, said why, and left nothing behind.
  void ExpectRefused(const Finished& finished, const std::string& says) {
    EXPECT_NE(finished.exit_code, 0) << finished.out;
    EXPECT_LT(finished.exit_code, 128) << "crashed: " << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(says));
    EXPECT_EQ(FactCount("survey_response"), 0);
  }

  TempDir folder_;
};

constexpr char kHeader[] = "fact_id,account_id,occurred_at,instrument,score\n";

TEST_F(ImportTest, SampleArrivesWholeFromParquetAndAgainFromCsv) {
  const TempDir parquet;
  const TempDir csv;
  const std::vector<std::string> size = {"--managers", "6", "--accounts", "40"};
  ASSERT_THAT(WriteSample(parquet.path().string(), size), IsOk());
  ASSERT_THAT(
      WriteSample(csv.path().string(), {"--managers", "6", "--accounts", "40", "--format", "csv"}),
      IsOk());
  Duck duck;
  ReadSample(parquet.path().string(), duck);
  const Finished first = Import({parquet.path().string()});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const nlohmann::json report = nlohmann::json::parse(first.out);
  EXPECT_EQ(report["rejected"], 0) << first.out;
  for (const std::string& dataset : SampleDatasets()) {
    EXPECT_EQ(FactCount(dataset), duck.AskNumber("SELECT count(*) FROM " + dataset)) << dataset;
  }
  // The same organisation once more, from text: not a row is new, not a bit differs.
  const Finished second = Import({csv.path().string()});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  for (const auto& dataset : nlohmann::json::parse(second.out)["datasets"]) {
    EXPECT_EQ(dataset["replayed"], dataset["read"]) << dataset.dump();
  }
}

TEST_F(ImportTest, FaultyRowsAreKeptAsideAndTheOthersTaken) {
  const std::string too_long(1'000'000, 'x');
  const Finished finished = ImportFile(
      "survey_response.csv",
      std::string(kHeader) + "good,acme,2024-02-01,nps,9\n" + "type,acme,2024-02-01,nps,many\n" +
          "nan,acme,2024-02-01,nps,nan\n" + "date,acme,2024-02-31,nps,9\n" +
          "kind,acme,2024-02-01,mood,9\n" + "\xff\xfe,acme,2024-02-01,nps,9\n" + "long," +
          too_long + ",2024-02-01,nps,9\n" + "good,acme,2024-02-01,nps,3\n" +
          "fine,acme,2024-02-01,nps,10\n");
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(FactCount("survey_response"), 2);
  const nlohmann::json report = nlohmann::json::parse(finished.out);
  EXPECT_EQ(report["rejected"], 7) << finished.out;
  const std::string rejects = ReadFile(folder_ / "rejects.csv");
  for (const char* id : {"type", "nan", "date", "kind"}) EXPECT_THAT(rejects, HasSubstr(id));
}

TEST_F(ImportTest, FilesThatCanNotBeReadAreNamed) {
  ExpectRefused(Import({(folder_ / "nowhere.csv").string()}), "nowhere.csv");
  ExpectRefused(ImportFile("survey_response.csv", ""), "survey_response.csv");
  // A column that must be there, with the nearest that is.
  ExpectRefused(
      ImportFile("survey_response.csv",
                 "fact_id,account_id,occurred_at,instrument,scores\na,b,2024-02-01,nps,9\n"),
      "score");
  ExpectRefused(ImportFile("survey_response.parquet", "PAR1 but not really"),
                "survey_response.parquet");
  ExpectRefused(ImportFile("moods.csv", "a,b\n1,2\n"), "moods");
}

TEST_F(ImportTest, HeaderAloneIsAnEmptyImport) {
  const Finished finished = ImportFile("survey_response.csv", kHeader);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(FactCount("survey_response"), 0);
}

TEST_F(ImportTest, MappingsMayOnlyCompute) {
  WriteFile(folder_ / "survey_response.csv", std::string(kHeader) + "good,acme,2024-02-01,nps,9\n");
  for (const std::string expression :
       {"(SELECT max(score) FROM read_csv('/etc/passwd'))", "read_text('/etc/passwd')",
        "getenv('HOME')", "score; DROP TABLE s", "score +", "no_such_column", "(SELECT 1)",
        "random()"}) {
    WriteFile(folder_ / "mapping.yaml", fmt::format(R"(name: tricky
sources:
  s: {{file: survey_response.csv}}
imports:
  - dataset: survey_response
    from: s
    columns:
      fact_id: fact_id
      account_id: account_id
      occurred_at: occurred_at
      instrument: instrument
      score: "{}"
)",
                                                    expression));
    const Finished finished = Import({"--mapping", (folder_ / "mapping.yaml").string(),
                                      (folder_ / "survey_response.csv").string()});
    EXPECT_EQ(finished.exit_code, 2) << expression << finished.out;
    EXPECT_THAT(finished.err, HasSubstr("score")) << expression;
    EXPECT_EQ(FactCount("survey_response"), 0) << expression;
  }
}

TEST_F(ImportTest, NoServerIsSaidInOneLine) {
  WriteFile(folder_ / "survey_response.csv", std::string(kHeader) + "good,acme,2024-02-01,nps,9\n");
  ASSERT_EQ(server_->Stop(), 0);
  const Finished finished = Import({(folder_ / "survey_response.csv").string()});
  EXPECT_EQ(finished.exit_code, 3) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr(server_->address()));
}

TEST_F(ImportTest, ImportIsResumedAfterTheServerWentAway) {
  const TempDir data;
  StartServer({.data = data / "data"});
  std::string csv = kHeader;
  constexpr int kRows = 40'000;
  for (int i = 0; i < kRows; ++i) csv += fmt::format("f{},acme,2024-02-01,nps,{}\n", i, i % 11);
  WriteFile(folder_ / "survey_response.csv", csv);
  const pid_t import =
      Spawn({Environment("KEYSCORE_CLI_BIN"), "import", "--batch-rows", "500", "--rejects",
             (folder_ / "rejects.csv").string(), (folder_ / "survey_response.csv").string()},
            {"KEYSCORE_SERVER=" + server_->address()}, folder_ / "out", folder_ / "err");
  while (FactCount("survey_response") < 2'000) absl::SleepFor(absl::Milliseconds(5));
  server_->Kill();
  EXPECT_THAT(WaitFor(import, absl::Minutes(2)), AnyOf(3, 1)) << ReadFile(folder_ / "err");

  StartServer({.data = data / "data"});
  const int64_t there = FactCount("survey_response");
  EXPECT_GE(there, 2'000);
  EXPECT_LT(there, kRows);
  const Finished again = Import({(folder_ / "survey_response.csv").string()});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(FactCount("survey_response"), kRows);
  const nlohmann::json report = nlohmann::json::parse(again.out);
  EXPECT_EQ(report["datasets"][0]["replayed"], there);
  EXPECT_EQ(report["datasets"][0]["inserted"], kRows - there);
}

}  // namespace
}  // namespace keyscore::testing
