// Imports from files to a server inside the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.h"
#include "unit/cli/cli_harness.h"
#include "unit/client/fake_server.h"

namespace keyscore::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

v1::DatasetColumn Column(const std::string& name, v1::DatasetColumn::Type type, bool nullable) {
  v1::DatasetColumn column;
  column.set_name(name);
  column.set_type(type);
  column.set_nullable(nullable);
  return column;
}

v1::Dataset DealDataset() {
  v1::Dataset dataset;
  dataset.set_name("datasets/deal");
  dataset.set_kind(v1::Dataset::KIND_EVENTS);
  *dataset.add_columns() = Column("fact_id", v1::DatasetColumn::TYPE_STRING, false);
  *dataset.add_columns() = Column("account_id", v1::DatasetColumn::TYPE_STRING, true);
  *dataset.add_columns() = Column("occurred_at", v1::DatasetColumn::TYPE_TIMESTAMP, false);
  *dataset.add_columns() = Column("amount", v1::DatasetColumn::TYPE_DOUBLE, true);
  *dataset.add_columns() = Column("pieces", v1::DatasetColumn::TYPE_INT64, true);
  *dataset.add_columns() = Column("urgent", v1::DatasetColumn::TYPE_BOOL, true);
  return dataset;
}

constexpr char kHeader[] = "fact_id,account_id,occurred_at,amount,pieces,urgent\n";

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() { server_.datasets = {DealDataset()}; }

  CliRun Import(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "import");
    for (const std::string& more :
         {std::string("--server"), server_.address(), std::string("--rejects"),
          folder_.path() + "/rejects.csv", std::string("--output"), std::string("json")}) {
      arguments.push_back(more);
    }
    return RunCli(arguments);
  }
  // Writes deal.csv, imports it by the mapping `keyscore`, and returns the report.
  Json ImportDeals(const std::string& rows, std::vector<std::string> arguments = {}) {
    arguments.push_back(folder_.Write("deal.csv", kHeader + rows));
    const CliRun run = Import(arguments);
    EXPECT_EQ(run.exit_code, kOk) << run.err;
    return run.exit_code == kOk ? Json::parse(run.out) : Json();
  }
  std::string Rejects() const { return folder_.Read("rejects.csv"); }
  const std::map<std::string, std::string>& Fact(const std::string& id) {
    return server_.facts["datasets/deal/" + id];
  }

  keyscore::testing::FakeServer server_;
  TempFolder folder_;
};

TEST_F(ImportTest, CellsArriveWithTheirTypesAndNulls) {
  ImportDeals("d1,acme,2017-07-01T10:00:00Z,1.5,3,true\nd2,,2017-07-02,,,\n");
  EXPECT_EQ(Fact("d1"), (std::map<std::string, std::string>{{"fact_id", "d1"},
                                                            {"account_id", "acme"},
                                                            {"occurred_at", "1498903200000000"},
                                                            {"amount", "1.500000"},
                                                            {"pieces", "3"},
                                                            {"urgent", "true"}}));
  EXPECT_EQ(Fact("d2").size(), 2u);
}

TEST_F(ImportTest, DatesAreMidnightsInTheReportingZone) {
  server_.time_zone = "Europe/Berlin";
  ImportDeals("d1,a,2017-07-01,,,\nd2,a,2017-07-01T00:00:00+05:00,,,\n");
  EXPECT_EQ(Fact("d1").at("occurred_at"), "1498860000000000");  // 2017-06-30T22:00Z
  EXPECT_EQ(Fact("d2").at("occurred_at"), "1498849200000000");  // 2017-06-30T19:00Z
}

TEST_F(ImportTest, SendsBatchesOfTheSizeAskedAndCountsThem) {
  std::string rows;
  for (int i = 0; i < 5000; ++i) rows += fmt::format("d{},a,2017-07-01,{},,\n", i, i);
  const Json report = ImportDeals(rows, {"--batch-rows", "2000"});
  EXPECT_EQ(server_.batch_rows, (std::vector<size_t>{2000, 2000, 1000}));
  EXPECT_EQ(report["datasets"][0]["read"], 5000);
  EXPECT_EQ(report["datasets"][0]["inserted"], 5000);
  EXPECT_EQ(report["rejectsFile"], "");
  EXPECT_FALSE(folder_.Has("rejects.csv"));
  EXPECT_EQ(Fact("d4999").at("amount"), "4999.000000");
}

TEST_F(ImportTest, SecondRunReplaysAndAChangeIsAnUpdate) {
  ImportDeals("d1,a,2017-07-01,1,,\nd2,a,2017-07-01,2,,\n");
  const Json report = ImportDeals("d1,a,2017-07-01,1,,\nd2,a,2017-07-01,3,,\n");
  EXPECT_EQ(report["datasets"][0]["replayed"], 1);
  EXPECT_EQ(report["datasets"][0]["updated"], 1);
  EXPECT_EQ(report["datasets"][0]["accepted"], 1);
}

TEST_F(ImportTest, FaultyCellsAreRejectedWithColumnAndReasonAndTheRestIsTaken) {
  const Json report = ImportDeals(
      "good,a,2017-07-01,1,1,\n"
      "word,a,2017-07-01,ten,1,\n"
      "half,a,2017-07-01,1,3.5,\n"
      "nodate,a,,1,1,\n"
      "usdate,a,7/31/2017,1,1,\n"
      ",a,2017-07-01,1,1,\n");
  EXPECT_EQ(server_.facts.size(), 1u);
  EXPECT_EQ(report["datasets"][0]["read"], 6);
  EXPECT_EQ(report["datasets"][0]["rejected"], 5);
  const std::string rejects = Rejects();
  EXPECT_THAT(rejects, HasSubstr("deal.csv,3,deal,word,amount,not a number,"));
  EXPECT_THAT(rejects, HasSubstr("deal.csv,4,deal,half,pieces,not a whole number,"));
  EXPECT_THAT(rejects, HasSubstr("deal.csv,5,deal,nodate,occurred_at,\"empty, but required\""));
  EXPECT_THAT(rejects, HasSubstr("deal.csv,6,deal,usdate,occurred_at,not a date or time"));
  EXPECT_THAT(rejects, HasSubstr("deal.csv,7,deal,,fact_id,\"empty, but required\""));
  EXPECT_THAT(rejects, HasSubstr(R"("{""fact_id"":""word"",""account_id"":""a"")"));
}

TEST_F(ImportTest, LinesThatAreNoRecordsAreReportedAndCounted) {
  const Json report = ImportDeals(
      "d1,a,2017-07-01,1,,\n"
      "too,few\n"
      "d2,\xff\xfe,2017-07-01,1,,\n"
      "d3,a,2017-07-01,1,,,and,more\n"
      "d4,a,2017-07-01,x,,\n");
  EXPECT_EQ(report["files"][0]["rows"], 2);
  EXPECT_EQ(report["files"][0]["unreadableLines"], 3);
  EXPECT_EQ(report["rejected"], 4);
  EXPECT_THAT(Rejects(), AllOf(HasSubstr("deal.csv,3,"), HasSubstr("deal.csv,4,"),
                               HasSubstr("deal.csv,5,"), HasSubstr("Expected Number of Columns"),
                               HasSubstr("not utf-8"), HasSubstr("deal.csv,6,deal,d4,amount")));
}

TEST_F(ImportTest, RejectsOfTheServerAreWrittenDownWithTheirRows) {
  server_.refused_fact_ids = {"d2"};
  const Json report = ImportDeals("d1,a,2017-07-01,1,,\nd2,b,2017-07-01,2,,\n");
  EXPECT_EQ(report["datasets"][0]["rejected"], 1);
  EXPECT_THAT(Rejects(), AllOf(HasSubstr("deal.csv,3,deal,d2,amount,not today,"),
                               HasSubstr(R"(""account_id"":""b"")")));
}

TEST_F(ImportTest, IdThatComesTwiceIsRejectedAlsoAcrossBatches) {
  const Json report = ImportDeals("d1,a,2017-07-01,1,,\nd2,a,2017-07-01,1,,\nd1,a,2017-07-01,2,,\n",
                                  {"--batch-rows", "1"});
  EXPECT_EQ(report["datasets"][0]["inserted"], 2);
  EXPECT_EQ(report["datasets"][0]["updated"], 0);
  EXPECT_EQ(Fact("d1").at("amount"), "1.000000");
  EXPECT_THAT(Rejects(), HasSubstr("deal.csv,4,deal,d1,fact_id,"));
}

TEST_F(ImportTest, RefuseBatchKeepsWholeBatchesOnly) {
  const Json report = ImportDeals(
      "d1,a,2017-07-01,1,,\nd2,a,2017-07-01,x,,\nd3,a,2017-07-01,1,,\nd4,a,2017-07-01,1,,\n",
      {"--batch-rows", "2", "--refuse-batch"});
  EXPECT_EQ(report["datasets"][0]["inserted"], 2);
  EXPECT_EQ(report["datasets"][0]["rejected"], 1);
  EXPECT_EQ(report["datasets"][0]["refused"], 1);
  EXPECT_EQ(server_.facts.size(), 2u);
}

TEST_F(ImportTest, DryRunWritesNothing) {
  const Json report = ImportDeals("d1,a,2017-07-01,1,,\n", {"--dry-run"});
  EXPECT_EQ(report["dryRun"], true);
  EXPECT_TRUE(server_.facts.empty());
}

TEST_F(ImportTest, StrictFailsWhenARowWasRejected) {
  const CliRun run =
      Import({"--strict", folder_.Write("deal.csv", std::string(kHeader) + "d1,a,,1,,\n")});
  EXPECT_EQ(run.exit_code, kFailed);
  EXPECT_THAT(run.err, HasSubstr("1 row was rejected"));
}

TEST_F(ImportTest, ServerThatGoesAwayMidWayIsResumedByRunningAgain) {
  std::string rows;
  for (int i = 0; i < 10; ++i) rows += fmt::format("d{},a,2017-07-01,{},,\n", i, i);
  const std::string file = folder_.Write("deal.csv", kHeader + rows);
  server_.unavailable_after = 2;
  const CliRun stopped = Import({"--batch-rows", "3", file});
  EXPECT_EQ(stopped.exit_code, kUnreachable);
  EXPECT_THAT(stopped.err,
              AllOf(HasSubstr("import stopped in deal"), HasSubstr("6 rows are safely"),
                    HasSubstr("run it again to resume")));
  EXPECT_EQ(server_.facts.size(), 6u);

  server_.unavailable_after = -1;
  const CliRun resumed = Import({"--batch-rows", "3", file});
  EXPECT_EQ(resumed.exit_code, kOk) << resumed.err;
  const Json report = Json::parse(resumed.out);
  EXPECT_EQ(report["datasets"][0]["replayed"], 6);
  EXPECT_EQ(report["datasets"][0]["inserted"], 4);
  EXPECT_EQ(server_.facts.size(), 10u);
}

TEST_F(ImportTest, MissingFileEmptyFileAndMissingColumnAreNamed) {
  const CliRun missing = Import({folder_.path() + "/nothing"});
  EXPECT_EQ(missing.exit_code, kFailed);
  EXPECT_THAT(missing.err, HasSubstr(folder_.path() + "/nothing"));

  const CliRun empty = Import({folder_.Write("deal.csv", "")});
  EXPECT_EQ(empty.exit_code, kFailed);
  EXPECT_THAT(empty.err, HasSubstr("deal.csv is empty"));

  const CliRun column = Import({folder_.Write("deal.csv", "fact_id,ocurred_at\nd1,2017-07-01\n")});
  EXPECT_EQ(column.exit_code, kFailed);
  EXPECT_THAT(column.err,
              AllOf(HasSubstr("no column 'occurred_at'"), HasSubstr("did you mean 'ocurred_at'?")));

  const CliRun extra =
      Import({folder_.Write("deal.csv", "fact_id,occurred_at,amuont\nd1,2017-07-01,1\n")});
  EXPECT_EQ(extra.exit_code, kFailed);
  EXPECT_THAT(extra.err, AllOf(HasSubstr("'amuont'"), HasSubstr("did you mean 'amount'?")));
  EXPECT_TRUE(server_.facts.empty());

  const CliRun unknown = Import({folder_.Write("deel.csv", kHeader)});
  EXPECT_EQ(unknown.exit_code, kFailed);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'deal'?"));
}

TEST_F(ImportTest, MillionCharacterFieldIsReadWhole) {
  ImportDeals("d1," + std::string(1'000'000, 'x') + ",2017-07-01,1,,\n");
  EXPECT_EQ(Fact("d1").at("account_id").size(), 1'000'000u);
}

TEST_F(ImportTest, JsonIsReadLikeCsv) {
  const CliRun run = Import({folder_.Write(
      "deal.json", R"([{"fact_id":"007","occurred_at":"2017-07-01","amount":1.5,"urgent":true},)"
                   R"({"fact_id":"8","occurred_at":"2017-07-01","amount":"n/a"}])")});
  EXPECT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_EQ(Fact("007").at("amount"), "1.500000");
  EXPECT_EQ(Fact("007").at("urgent"), "true");
  EXPECT_THAT(Rejects(), HasSubstr("deal.json,2,deal,8,amount,not a number,"));
}

class MappedImportTest : public ImportTest {
 protected:
  CliRun ImportMapped(const std::string& import) {
    folder_.Write("deals.csv", "id,who,opened,value\n1,Ann,7/1/2017,10\n2,Ann,,20\n3,Bob,x,30\n");
    folder_.Write("people.csv", "who,account\nAnn,Acme Corp\nAnn,Other\n");
    return Import({"--mapping",
                   folder_.Write("m.yaml",
                                 "name: m\n"
                                 "sources:\n"
                                 "  deals: {file: deals.csv}\n"
                                 "  people: {file: people.csv}\n"
                                 "imports:\n" +
                                     import),
                   folder_.path()});
  }
};

TEST_F(MappedImportTest, ExpressionsRejectsAndWarningsDoWhatTheySay) {
  const CliRun run = ImportMapped(
      "  - dataset: deal\n"
      "    from: deals\n"
      "    columns: {fact_id: id, account_id: slug(who), amount: value,\n"
      "              occurred_at: \"strptime(opened, '%m/%d/%Y')\"}\n"
      "    rejects: [{when: opened is null, column: occurred_at, reason: never opened}]\n"
      "    warnings: [{when: who = 'Ann', message: it is Ann}]\n");
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  const Json report = Json::parse(run.out);
  EXPECT_EQ(Fact("1").at("account_id"), "ann");
  EXPECT_EQ(report["datasets"][0]["rejected"], 2);
  EXPECT_EQ(report["warnings"][0]["count"], 2);
  EXPECT_EQ(report["warnings"][0]["examples"], "1, 2");
  EXPECT_THAT(Rejects(), HasSubstr("deals.csv,3,deal,2,occurred_at,never opened,"));
  EXPECT_THAT(Rejects(), HasSubstr("deals.csv,4,deal,3,occurred_at,\"not a date or time"));
}

TEST_F(MappedImportTest, GroupsAndJoins) {
  const CliRun run = ImportMapped(
      "  - dataset: deal\n"
      "    from: people\n"
      "    join: [{source: deals, as: d, on: d.who = people.who}]\n"
      "    group_by: [people.account]\n"
      "    columns: {fact_id: slug(people.account), occurred_at: date '2017-01-01',\n"
      "              amount: sum(cast(d.value as double)), pieces: count(d.id)}\n");
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_EQ(Fact("acme-corp").at("amount"), "30.000000");
  EXPECT_EQ(Fact("acme-corp").at("pieces"), "2");
}

TEST_F(MappedImportTest, JoinThatMultipliesRowsIsRefused) {
  const CliRun run = ImportMapped(
      "  - dataset: deal\n"
      "    from: deals\n"
      "    join: [{source: people, as: p, on: p.who = deals.who}]\n"
      "    columns: {fact_id: id, occurred_at: date '2017-01-01'}\n");
  EXPECT_EQ(run.exit_code, kFailed);
  EXPECT_THAT(run.err, HasSubstr("more than one partner"));
}

TEST_F(MappedImportTest, ColumnThatTheFilesDoNotHaveIsBlamedByName) {
  const CliRun run = ImportMapped(
      "  - dataset: deal\n"
      "    from: deals\n"
      "    columns: {fact_id: id, amount: valeu, occurred_at: date '2017-01-01'}\n");
  EXPECT_EQ(run.exit_code, kUsage);
  EXPECT_THAT(run.err, AllOf(HasSubstr("column amount"), HasSubstr("valeu"), HasSubstr("value"),
                             Not(HasSubstr("LINE"))));
  EXPECT_TRUE(server_.facts.empty());
}

TEST_F(MappedImportTest, ReadingFilesInAnExpressionIsRefusedBeforeTheServerIsAsked) {
  const CliRun run = ImportMapped(
      "  - dataset: deal\n"
      "    from: deals\n"
      "    columns: {fact_id: \"(select x from read_csv('/etc/passwd'))\",\n"
      "              occurred_at: date '2017-01-01'}\n");
  EXPECT_EQ(run.exit_code, kUsage);
  EXPECT_THAT(run.err, HasSubstr("sub-query"));
  EXPECT_EQ(server_.calls, 0);
}

}  // namespace
}  // namespace keyscore::cli
