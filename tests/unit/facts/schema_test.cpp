// The rules for declared schemas, and the built-in ones held against them and the design.
#include "facts/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "facts/builtin_datasets.h"

namespace keyscore::facts {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

DatasetSchema Health() {
  DatasetSchema schema{.id = "acme.health", .declared_by = "plugins/acme", .columns = KeyColumns()};
  schema.columns.push_back({.name = "score", .type = ColumnType::kDouble});
  return schema;
}

std::string Fault(const DatasetSchema& schema) {
  const absl::Status status = ValidateSchema(schema);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  return std::string(status.message());
}

TEST(SchemaTest, AcceptsADeclaredDataset) { EXPECT_EQ(ValidateSchema(Health()), absl::OkStatus()); }

TEST(SchemaTest, RefusesAnIdWithoutLibrary) {
  DatasetSchema schema = Health();
  schema.id = "health";
  EXPECT_THAT(Fault(schema), HasSubstr("library.name"));
}

TEST(SchemaTest, RefusesNamesThatAreNotSnakeCase) {
  for (const char* name : {"Score", "1st", "_version", "my-score", "", "scoré"}) {
    DatasetSchema schema = Health();
    schema.columns.back().name = name;
    EXPECT_THAT(Fault(schema), HasSubstr("snake_case")) << name;
  }
}

TEST(SchemaTest, RefusesNamesLongerThan63) {
  DatasetSchema schema = Health();
  schema.columns.back().name = std::string(63, 'a');
  EXPECT_EQ(ValidateSchema(schema), absl::OkStatus());
  schema.columns.back().name = std::string(64, 'a');
  EXPECT_THAT(Fault(schema), HasSubstr("at most 63"));
}

TEST(SchemaTest, RefusesReservedWords) {
  for (const char* name : {"select", "order", "period_from", "end"}) {
    DatasetSchema schema = Health();
    schema.columns.back().name = name;
    EXPECT_THAT(Fault(schema), HasSubstr("reserved")) << name;
  }
}

TEST(SchemaTest, NamesEveryFault) {
  DatasetSchema schema = Health();
  schema.columns.push_back({.name = "score", .type = ColumnType::kBool, .minimum = 0});
  schema.columns.push_back({.name = "level", .type = ColumnType::kInt64, .allowed_values = {"a"}});
  schema.columns.push_back({.name = "low", .type = ColumnType::kInt64, .minimum = 3, .maximum = 2});
  EXPECT_THAT(Fault(schema),
              AllOf(HasSubstr("'score' stands twice"), HasSubstr("'score' is BOOL: a minimum"),
                    HasSubstr("'level' is INT64: allowed values"),
                    HasSubstr("minimum 3 is greater than maximum 2")));
}

TEST(SchemaTest, RefusesMoreThan100Columns) {
  DatasetSchema schema = Health();
  while (schema.columns.size() < 100) {
    schema.columns.push_back({.name = "c" + std::to_string(schema.columns.size())});
  }
  EXPECT_EQ(ValidateSchema(schema), absl::OkStatus());
  schema.columns.push_back({.name = "one_more"});
  EXPECT_THAT(Fault(schema), HasSubstr("at most 100"));
}

TEST(SchemaTest, RefusesMissingKeyColumns) {
  DatasetSchema schema = Health();
  schema.columns.erase(schema.columns.begin() + 1);
  EXPECT_THAT(Fault(schema), HasSubstr("column 2 must be 'account_id'"));
}

TEST(SchemaTest, RefusesAColumnThatHidesAReference) {
  DatasetSchema schema = Health();
  schema.columns.push_back({.name = "contact_id", .references = "contact"});
  schema.columns.push_back({.name = "contact"});
  EXPECT_THAT(Fault(schema), HasSubstr("'contact_id' and 'contact' clash"));
}

TEST(BuiltinDatasetsTest, AllKeepTheRules) {
  for (const DatasetSchema& schema : BuiltinDatasets()) {
    EXPECT_EQ(ValidateSchema(schema), absl::OkStatus()) << schema.id;
  }
}

TEST(BuiltinDatasetsTest, AreThoseOfTheDesign) {
  std::set<std::string> ids;
  for (const DatasetSchema& schema : BuiltinDatasets()) ids.insert(schema.id);
  EXPECT_THAT(ids, ::testing::ElementsAre("account", "assessment", "book", "business_review",
                                          "competitor_event", "contact", "contract",
                                          "employee_survey", "feedback", "goal", "implementation",
                                          "interaction", "invoice_line", "learning", "manager",
                                          "opportunity", "ownership", "plan_action", "plan_review",
                                          "proposal", "referral", "service_cost", "supplier_status",
                                          "survey_response", "team", "ticket", "wallet"));
}

TEST(BuiltinDatasetsTest, ReferToDatasetsThatExist) {
  std::set<std::string> ids;
  for (const DatasetSchema& schema : BuiltinDatasets()) ids.insert(schema.id);
  for (const DatasetSchema& schema : BuiltinDatasets()) {
    for (const ColumnSchema& column : schema.columns) {
      if (!column.references.empty()) {
        EXPECT_EQ(ids.count(column.references), 1U) << schema.id << '.' << column.name;
      }
    }
  }
}

TEST(BuiltinDatasetsTest, DirectoryKeysAreRequired) {
  for (const DatasetSchema& schema : BuiltinDatasets()) {
    if (schema.kind != DatasetKind::kDirectory) continue;
    EXPECT_FALSE(schema.FindColumn(schema.key_column)->nullable) << schema.id;
  }
}

}  // namespace
}  // namespace keyscore::facts
