// Mappings: what is refused, and how clearly.
#include "cli/import/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "cli/exit_code.h"
#include "cli/import/expressions.h"
#include "unit/cli/cli_harness.h"

namespace keyscore::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kSources[] =
    "name: test\n"
    "sources:\n"
    "  deals: {file: deals.csv, columns: [id]}\n"
    "imports:\n";

std::string Import(const std::string& expression) {
  return std::string(kSources) + "  - {dataset: opportunity, from: deals, columns: {fact_id: \"" +
         expression + "\"}}\n";
}

// What is wrong with a mapping; empty when nothing is.
std::string FaultOf(const std::string& yaml) {
  const auto mapping = ParseMapping(yaml, "test.yaml");
  const absl::Status status = mapping.ok() ? CheckExpressions(*mapping) : mapping.status();
  if (!status.ok()) {
    EXPECT_EQ(ExitCodeOf(status), kUsage) << status;
  }
  return std::string(status.message());
}

TEST(MappingTest, TakesAWholeMapping) {
  const auto mapping = ParseMapping(
      "name: test\n"
      "time_zone: Europe/Berlin\n"
      "sources:\n"
      "  deals:\n"
      "    file: deals-*.csv\n"
      "    format: csv\n"
      "    columns: [id, value]\n"
      "    csv: {delimiter: ';', null_values: [n/a]}\n"
      "  owners: {file: owners.csv}\n"
      "imports:\n"
      "  - dataset: opportunity\n"
      "    from: deals\n"
      "    join: [{source: owners, as: o, on: o.deal = deals.id}]\n"
      "    where: value is not null\n"
      "    columns: {fact_id: id, amount: value}\n"
      "    rejects: [{when: id is null, column: fact_id, reason: no id}]\n"
      "    warnings: [{when: o.deal is null, message: no owner}]\n",
      "test.yaml");
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  EXPECT_EQ(mapping->time_zone, "Europe/Berlin");
  ASSERT_EQ(mapping->sources.size(), 2u);
  EXPECT_EQ(mapping->sources[0].csv.delimiter, ';');
  EXPECT_EQ(mapping->sources[0].columns, (std::vector<std::string>{"id", "value"}));
  ASSERT_EQ(mapping->imports.size(), 1u);
  const ImportSpec& import = mapping->imports[0];
  EXPECT_EQ(import.joins[0].as, "o");
  EXPECT_EQ(import.columns[1].name, "amount");
  EXPECT_EQ(import.rejects[0].reason, "no id");
  EXPECT_EQ(import.warnings[0].message, "no owner");
  EXPECT_TRUE(CheckExpressions(*mapping).ok());
}

TEST(MappingTest, UnknownKeyIsRefusedWithTheNearest) {
  EXPECT_THAT(FaultOf("name: x\nsorces: {}\n"),
              AllOf(HasSubstr("test.yaml:2"), HasSubstr("'sorces'"), HasSubstr("'sources'")));
  EXPECT_THAT(
      FaultOf(std::string(kSources) + "  - {dataset: a, from: deals, colums: {fact_id: id}}\n"),
      AllOf(HasSubstr("test.yaml:5"), HasSubstr("did you mean 'columns'?")));
  EXPECT_THAT(FaultOf("name: x\nsources: {a: {file: a.csv, colunms: [b]}}\nimports: []\n"),
              HasSubstr("did you mean 'columns'?"));
}

TEST(MappingTest, MissingAndMisshapenPartsAreNamed) {
  EXPECT_THAT(FaultOf("name: x\n"), HasSubstr("needs 'sources'"));
  EXPECT_THAT(FaultOf("name: x\nsources: {a: {}}\nimports: []\n"), HasSubstr("'file'"));
  EXPECT_THAT(FaultOf("just text"), HasSubstr("must be a map"));
  EXPECT_THAT(FaultOf("name: [unclosed\n"), HasSubstr("test.yaml:"));
  EXPECT_THAT(FaultOf(std::string(kSources) + "  - {dataset: a, from: deels, columns: {x: y}}\n"),
              HasSubstr("did you mean 'deals'?"));
  EXPECT_THAT(FaultOf("name: x\nname: y\n"), HasSubstr("twice"));
}

TEST(MappingTest, ExpressionThatDoesNotParseIsNamed) {
  EXPECT_THAT(FaultOf(Import("(id")), AllOf(HasSubstr("column fact_id"), HasSubstr("parse")));
}

TEST(MappingTest, NothingThatReadsFilesIsTaken) {
  for (const char* expression :
       {"read_csv('/etc/passwd')", "read_text('/etc/passwd')",
        "(select content from read_text('x'))", "(select 1)",
        "id) from deals; drop table deals; --", "getenv('HOME')", "query('select 1')",
        "count(*) over ()", "random()", "now()", "current_setting('threads')", "exists(select 1)",
        "id, id", "id from deals", "parquet_scan('x')", "sum(id)"}) {
    EXPECT_THAT(FaultOf(Import(expression)), HasSubstr("import of opportunity: column fact_id"))
        << expression;
  }
}

TEST(MappingTest, AggregatesNeedGroupBy) {
  const auto grouped = [](const std::string& expression) {
    return std::string(kSources) +
           "  - {dataset: a, from: deals, group_by: [id], columns: {fact_id: \"" + expression +
           "\"}}\n";
  };
  EXPECT_EQ(FaultOf(grouped("min(id)")), "");
  EXPECT_THAT(FaultOf(Import("min(id)")), HasSubstr("'min'"));
}

TEST(MappingTest, WhatIsDocumentedIsAllowed) {
  for (const char* expression : {"slug(id)",
                                 "strptime(id, '%m/%d/%Y')",
                                 "try_strptime(id, '%d.%m.%Y')",
                                 "try_cast(id as double)",
                                 "id::date",
                                 "cast(id as timestamptz)",
                                 "md5(concat(id, '-', id))",
                                 "regexp_replace(id, '[0-9]+', '', 'g')",
                                 "split_part(id, '-', 1)",
                                 "replace(id, 'a', 'b')",
                                 "strftime(id::date, '%Y')",
                                 "extract(year from id::date)",
                                 "id ilike 'a%'",
                                 "case id when 'a' then 'b' else id end",
                                 "json_object('a', id)",
                                 "cast(id as decimal(10, 2))",
                                 "coalesce(nullif(id, ''), 'x')",
                                 "id in ('a', 'b')",
                                 "id not like 'x%'",
                                 "upper(substring(id, 1, 3)) || '-'"}) {
    EXPECT_EQ(FaultOf(Import(expression)), "") << expression;
  }
}

TEST(MappingTest, UnknownNameIsRefusedWithTheShippedOnes) {
  TempFolder folder;
  std::filesystem::create_directories(folder.path() + "/bin");
  std::filesystem::create_directories(folder.path() + "/share/keyscore/mappings");
  folder.Write("share/keyscore/mappings/maven-crm.yaml", "name: maven-crm\n");
  const auto mapping = LoadMapping("mavencrm", folder.path() + "/bin");
  EXPECT_EQ(ExitCodeOf(mapping.status()), kUsage);
  EXPECT_THAT(std::string(mapping.status().message()),
              AllOf(HasSubstr("did you mean 'maven-crm'?"), HasSubstr("keyscore")));
}

class SlugTest : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(SlugTest, IsLowerCaseAsciiWithHyphens) {
  auto database = store::Database::Open(":memory:", {});
  auto connection = *store::Connection::Open(*database);
  ASSERT_TRUE(DefineFunctions(*connection).ok());
  auto result =
      connection->Query("SELECT slug(CAST(? AS VARCHAR))", {std::string(GetParam().first)});
  ASSERT_TRUE(result.ok()) << result.status();
  std::string slug;
  result->ForEachChunk(
      [&slug](const store::Chunk& chunk) { slug = std::string(chunk.String(0, 0)); });
  EXPECT_EQ(slug, GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(Names, SlugTest,
                         ::testing::Values(std::pair("Anna Snelling", "anna-snelling"),
                                           std::pair("Mei-Mei Johns", "mei-mei-johns"),
                                           std::pair("  Émile & Co. ", "emile-co"),
                                           std::pair("Zürich/Süd", "zurich-sud"),
                                           std::pair("J-Texon", "j-texon"), std::pair("--", "")));

}  // namespace
}  // namespace keyscore::cli
