// What a batch is refused for as a whole, and each reason for which a row is.
#include "facts/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "facts/builtin_datasets.h"

namespace keyscore::facts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const DatasetSchema& Builtin(const std::string& id) {
  for (const DatasetSchema& schema : BuiltinDatasets()) {
    if (schema.id == id) return schema;
  }
  ADD_FAILURE() << id;
  return BuiltinDatasets().front();
}

StringValues Texts(const std::vector<std::string>& texts) {
  StringValues values;
  for (const std::string& text : texts) values.push_back(text);
  return values;
}

constexpr int64_t kDay = 86'400'000'000;

// Three good rows of `feedback`, whose score is 1 to 5.
ColumnBatch Feedback() {
  return {.dataset = "feedback",
          .row_count = 3,
          .columns = {{"fact_id", ColumnType::kString, Texts({"f1", "f2", "f3"}), {}},
                      {"manager_id", ColumnType::kString, Texts({"anna", "anna", "ben"}), {}},
                      {"occurred_at",
                       ColumnType::kTimestamp,
                       std::vector<int64_t>{kDay, 2 * kDay, 3 * kDay},
                       {}},
                      {"source", ColumnType::kString, Texts({"peer", "lead", "client"}), {}},
                      {"score", ColumnType::kDouble, std::vector<double>{1, 3.5, 5}, {}}}};
}

Column& ColumnOf(ColumnBatch& batch, const std::string& name) {
  for (Column& column : batch.columns) {
    if (column.name == name) return column;
  }
  ADD_FAILURE() << name;
  return batch.columns.front();
}

ValidatedBatch Validated(ColumnBatch batch, const std::string& dataset = "feedback") {
  auto validated = Validate(Builtin(dataset), std::move(batch));
  EXPECT_TRUE(validated.ok()) << validated.status();
  return validated.ok() ? *std::move(validated) : ValidatedBatch();
}

// The only reject of a batch; row 1 is where the tests put their fault.
RowReject OnlyReject(ColumnBatch batch, const std::string& dataset = "feedback") {
  ValidatedBatch validated = Validated(std::move(batch), dataset);
  EXPECT_EQ(validated.rejects.size(), 1U);
  EXPECT_THAT(validated.source_rows, ElementsAre(0, 2));
  EXPECT_EQ(validated.batch.row_count, 2U);
  return validated.rejects.empty() ? RowReject() : validated.rejects.front();
}

TEST(ValidateTest, ArrangesColumnsInTheSchemasOrder) {
  ColumnBatch batch = Feedback();
  std::reverse(batch.columns.begin(), batch.columns.end());
  const ValidatedBatch validated = Validated(batch);
  EXPECT_THAT(validated.rejects, IsEmpty());
  std::vector<std::string> names;
  for (const Column& column : validated.batch.columns) names.push_back(column.name);
  EXPECT_THAT(names,
              ElementsAre("fact_id", "account_id", "manager_id", "occurred_at", "source", "score"));
  EXPECT_FALSE(validated.batch.columns[1].IsValid(0));  // account_id was not sent
}

TEST(ValidateTest, KeepsTheGoodRowsAndSaysWhereTheyStood) {
  ColumnBatch batch = Feedback();
  std::get<std::vector<double>>(ColumnOf(batch, "score").values)[0] = 9;
  const ValidatedBatch validated = Validated(batch);
  EXPECT_THAT(validated.source_rows, ElementsAre(1, 2));
  EXPECT_EQ(std::get<StringValues>(validated.batch.columns[0].values)[0], "f2");
  EXPECT_EQ(std::get<std::vector<double>>(validated.batch.columns[5].values)[1], 5);
}

TEST(ValidateTest, WidensIntegersToDoubles) {
  ColumnBatch batch = Feedback();
  Column& score = ColumnOf(batch, "score");
  score.type = ColumnType::kInt64;
  score.values = std::vector<int64_t>{1, 2, 3};
  const ValidatedBatch validated = Validated(batch);
  EXPECT_EQ(std::get<std::vector<double>>(validated.batch.columns[5].values)[2], 3.0);
}

TEST(ValidateTest, RefusesAnUnknownColumn) {
  ColumnBatch batch = Feedback();
  ColumnOf(batch, "score").name = "scores";
  const auto validated = Validate(Builtin("feedback"), batch);
  EXPECT_EQ(validated.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(validated.status().message()),
              HasSubstr("no column 'scores'; it has fact_id"));
}

TEST(ValidateTest, RefusesAMissingRequiredColumn) {
  ColumnBatch batch = Feedback();
  batch.columns.pop_back();
  const auto validated = Validate(Builtin("feedback"), batch);
  EXPECT_THAT(std::string(validated.status().message()), HasSubstr("'score' is required"));
}

TEST(ValidateTest, RefusesAColumnOfAnotherType) {
  ColumnBatch batch = Feedback();
  ColumnOf(batch, "score") = {"score", ColumnType::kString, Texts({"1", "2", "3"}), {}};
  const auto validated = Validate(Builtin("feedback"), batch);
  EXPECT_THAT(std::string(validated.status().message()),
              HasSubstr("'score' is STRING, expected DOUBLE"));
}

TEST(ValidateTest, RefusesAColumnThatIsTooShort) {
  ColumnBatch batch = Feedback();
  std::get<std::vector<double>>(ColumnOf(batch, "score").values).pop_back();
  const auto validated = Validate(Builtin("feedback"), batch);
  EXPECT_THAT(std::string(validated.status().message()),
              HasSubstr("'score' has 2 values, the batch has 3 rows"));
}

TEST(ValidateTest, RefusesOffsetsThatPointOutsideTheText) {
  ColumnBatch batch = Feedback();
  std::get<StringValues>(ColumnOf(batch, "source").values).offsets.back() = 1'000;
  EXPECT_EQ(Validate(Builtin("feedback"), batch).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ValidateTest, RefusesADerivedDataset) {
  EXPECT_EQ(Validate(Builtin("book"), Feedback()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ValidateTest, RefusesTooManyRows) {
  EXPECT_EQ(Validate(Builtin("feedback"), Feedback(), 2).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(ValidateTest, RejectsNullWhereAValueIsRequired) {
  ColumnBatch batch = Feedback();
  ColumnOf(batch, "score").valid = {1, 0, 1};
  const RowReject reject = OnlyReject(batch);
  EXPECT_EQ(reject.row, 1U);
  EXPECT_EQ(reject.column, "score");
  EXPECT_EQ(reject.reason, "a value is required");
}

TEST(ValidateTest, RejectsNanAndInfinity) {
  for (const double bad : {std::nan(""), static_cast<double>(INFINITY)}) {
    ColumnBatch batch = Feedback();
    std::get<std::vector<double>>(ColumnOf(batch, "score").values)[1] = bad;
    EXPECT_THAT(OnlyReject(batch).reason, HasSubstr("no number that can be stored"));
  }
}

TEST(ValidateTest, RejectsValuesOutsideTheRange) {
  ColumnBatch low = Feedback();
  std::get<std::vector<double>>(ColumnOf(low, "score").values)[1] = 0.5;
  EXPECT_EQ(OnlyReject(low).reason, "0.5 is less than the minimum 1");
  ColumnBatch high = Feedback();
  std::get<std::vector<double>>(ColumnOf(high, "score").values)[1] = 5.1;
  EXPECT_EQ(OnlyReject(high).reason, "5.1 is more than the maximum 5");
}

TEST(ValidateTest, RejectsValuesThatAreNotListed) {
  ColumnBatch batch = Feedback();
  ColumnOf(batch, "source").values = Texts({"peer", "boss", "client"});
  EXPECT_EQ(OnlyReject(batch).reason,
            "'boss' is not one of peer, lead, client, internal_department");
}

TEST(ValidateTest, RejectsBrokenUtf8) {
  ColumnBatch batch = Feedback();
  ColumnOf(batch, "manager_id").values = Texts({"anna", "b\xC3(", "ben"});
  const RowReject reject = OnlyReject(batch);
  EXPECT_EQ(reject.column, "manager_id");
  EXPECT_THAT(reject.reason, HasSubstr("UTF-8"));
}

TEST(ValidateTest, RejectsTextThatIsTooLong) {
  ColumnBatch batch{
      .dataset = "business_review",
      .row_count = 3,
      .columns = {{"fact_id", ColumnType::kString, Texts({"a", "b", "c"}), {}},
                  {"account_id", ColumnType::kString, Texts({"x", "x", "x"}), {}},
                  {"occurred_at", ColumnType::kTimestamp, std::vector<int64_t>{0, 0, 0}, {}},
                  {"kind",
                   ColumnType::kString,
                   Texts({std::string(kMaxStringBytes, 'k'), std::string(kMaxStringBytes + 1, 'k'),
                          "quarterly"}),
                   {}}}};
  EXPECT_EQ(OnlyReject(batch, "business_review").reason,
            "the text has 65537 bytes, at most 65536 are allowed");
}

TEST(ValidateTest, RejectsEmptyAndLongIds) {
  ColumnBatch empty = Feedback();
  ColumnOf(empty, "fact_id").values = Texts({"f1", "", "f3"});
  EXPECT_EQ(OnlyReject(empty).reason, "an id must not be empty");
  ColumnBatch longer = Feedback();
  ColumnOf(longer, "manager_id").values =
      Texts({std::string(256, 'm'), std::string(257, 'm'), "ben"});
  EXPECT_EQ(OnlyReject(longer).reason, "the text has 257 bytes, at most 256 are allowed for an id");
}

TEST(ValidateTest, RejectsYearsOutside1900To9999) {
  // 1899-12-31T23:59:59.999999Z and 10000-01-01T00:00:00Z.
  for (const int64_t instant : {-2'208'988'800'000'001, 253'402'300'800'000'000}) {
    ColumnBatch batch = Feedback();
    std::get<std::vector<int64_t>>(ColumnOf(batch, "occurred_at").values)[1] = instant;
    EXPECT_THAT(OnlyReject(batch).reason, HasSubstr("1900 to 9999"));
    std::get<std::vector<int64_t>>(ColumnOf(batch, "occurred_at").values)[1] +=
        instant < 0 ? 1 : -1;
    EXPECT_THAT(Validated(batch).rejects, IsEmpty());
  }
}

TEST(ValidateTest, RejectsFactsOfNobody) {
  ColumnBatch batch = Feedback();
  ColumnOf(batch, "manager_id").valid = {1, 0, 1};
  const RowReject reject = OnlyReject(batch);
  EXPECT_EQ(reject.column, "account_id");
  EXPECT_EQ(reject.reason, "a fact needs an account_id, a manager_id or both");
}

TEST(ValidateTest, RejectsAFactIdThatStandsEarlier) {
  ColumnBatch batch = Feedback();
  ColumnOf(batch, "fact_id").values = Texts({"f1", "f1", "f3"});
  EXPECT_EQ(OnlyReject(batch).reason, "'f1' stands earlier in the batch");
}

TEST(ValidateTest, ReportsOneFaultARowByAscendingRow) {
  ColumnBatch batch = Feedback();
  ColumnOf(batch, "source").values = Texts({"boss", "boss", "client"});
  std::get<std::vector<double>>(ColumnOf(batch, "score").values) = {1, 3, 99};
  ColumnOf(batch, "manager_id").valid = {1, 0, 1};
  const ValidatedBatch validated = Validated(batch);
  ASSERT_EQ(validated.rejects.size(), 3U);
  for (size_t row = 0; row < 3; ++row) EXPECT_EQ(validated.rejects[row].row, row);
  EXPECT_EQ(validated.batch.row_count, 0U);
}

TEST(ValidateTest, ReadsOnlyFactIdsOfADeletion) {
  ColumnBatch batch{.dataset = "feedback", .operation = Operation::kDelete, .row_count = 2};
  batch.columns = {{"fact_id", ColumnType::kString, Texts({"f1", "f2"}), {}}};
  const ValidatedBatch validated = Validated(batch);
  EXPECT_THAT(validated.rejects, IsEmpty());
  EXPECT_EQ(validated.batch.columns.size(), 1U);
}

TEST(ValidateTest, DirectoryRowsNeedNoManager) {
  ColumnBatch batch{
      .dataset = "account",
      .row_count = 1,
      .columns = {{"fact_id", ColumnType::kString, Texts({"a1"}), {}},
                  {"account_id", ColumnType::kString, Texts({"acme"}), {}},
                  {"occurred_at", ColumnType::kTimestamp, std::vector<int64_t>{0}, {}},
                  {"name", ColumnType::kString, Texts({"Acme"}), {}}}};
  EXPECT_THAT(Validated(batch, "account").rejects, IsEmpty());
}

}  // namespace
}  // namespace keyscore::facts
