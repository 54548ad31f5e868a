// The short forms.
#include "store_fixture.h"

#include <stdlib.h>

namespace keyscore::store {
namespace {

using facts::Column;
using facts::ColumnSchema;
using facts::ColumnType;

Value DefaultOf(const ColumnSchema& column) {
  switch (column.type) {
    case ColumnType::kBool:
      return false;
    case ColumnType::kInt64:
      return static_cast<int64_t>(column.minimum.value_or(0));
    case ColumnType::kDouble:
      return column.minimum.value_or(0);
    case ColumnType::kString:
      return column.allowed_values.empty() ? std::string("x") : column.allowed_values.front();
    case ColumnType::kTimestamp:
      return absl::UnixEpoch();
  }
  return std::monostate();
}

void PushBack(Column& column, const Value& value) {
  const bool null = std::holds_alternative<std::monostate>(value);
  column.valid.push_back(null ? 0 : 1);
  if (auto* flags = std::get_if<std::vector<uint8_t>>(&column.values)) {
    flags->push_back(!null && std::get<bool>(value) ? 1 : 0);
  } else if (auto* numbers = std::get_if<std::vector<double>>(&column.values)) {
    const auto* whole = std::get_if<int64_t>(&value);
    numbers->push_back(null               ? 0
                       : whole != nullptr ? static_cast<double>(*whole)
                                          : std::get<double>(value));
  } else if (auto* texts = std::get_if<facts::StringValues>(&column.values)) {
    texts->push_back(null ? "" : std::get<std::string>(value));
  } else if (auto* integers = std::get_if<std::vector<int64_t>>(&column.values)) {
    const auto* instant = std::get_if<absl::Time>(&value);
    integers->push_back(null                 ? 0
                        : instant != nullptr ? absl::ToUnixMicros(*instant)
                                             : std::get<int64_t>(value));
  }
}

facts::ColumnValues Empty(ColumnType type) {
  switch (type) {
    case ColumnType::kBool:
      return std::vector<uint8_t>();
    case ColumnType::kInt64:
    case ColumnType::kTimestamp:
      return std::vector<int64_t>();
    case ColumnType::kDouble:
      return std::vector<double>();
    case ColumnType::kString:
      break;
  }
  return facts::StringValues();
}

}  // namespace

absl::Time At(const std::string& text) {
  absl::Time instant;
  std::string error;
  const bool parsed = absl::ParseTime(text.size() == 10 ? "%Y-%m-%d" : absl::RFC3339_full, text,
                                      absl::UTCTimeZone(), &instant, &error);
  EXPECT_TRUE(parsed) << text << ": " << error;
  return instant;
}

const facts::DatasetSchema& Builtin(const std::string& id) {
  for (const facts::DatasetSchema& schema : facts::BuiltinDatasets()) {
    if (schema.id == id) return schema;
  }
  ADD_FAILURE() << "no dataset " << id;
  return facts::BuiltinDatasets().front();
}

facts::ColumnBatch Batch(const facts::DatasetSchema& schema, const std::vector<Fields>& rows) {
  facts::ColumnBatch batch{.dataset = schema.id, .row_count = rows.size()};
  for (const ColumnSchema& column : schema.columns) {
    Column values{.name = column.name, .type = column.type, .values = Empty(column.type)};
    for (const Fields& row : rows) {
      const auto it = row.find(column.name);
      PushBack(values, it != row.end()   ? it->second
                       : column.nullable ? Value()
                                         : DefaultOf(column));
    }
    batch.columns.push_back(std::move(values));
  }
  for (const Fields& row : rows) {
    for (const auto& [name, value] : row) EXPECT_NE(schema.FindColumn(name), nullptr) << name;
  }
  auto validated = facts::Validate(schema, std::move(batch));
  EXPECT_TRUE(validated.ok()) << validated.status();
  if (!validated.ok()) return {};
  for (const facts::RowReject& reject : validated->rejects) {
    ADD_FAILURE() << "row " << reject.row << ' ' << reject.column << ": " << reject.reason;
  }
  return std::move(validated->batch);
}

facts::ColumnBatch Batch(const std::string& builtin, const std::vector<Fields>& rows) {
  return Batch(Builtin(builtin), rows);
}

facts::ColumnBatch Deletion(const std::string& dataset, const std::vector<std::string>& fact_ids) {
  facts::StringValues ids;
  for (const std::string& id : fact_ids) ids.push_back(id);
  return {.dataset = dataset,
          .operation = facts::Operation::kDelete,
          .row_count = fact_ids.size(),
          .columns = {{"fact_id", ColumnType::kString, std::move(ids), {}}}};
}

ResolvedMeasure MeasureOf(const std::string& dataset, Aggregate aggregate, std::string value,
                          std::string filter, absl::Time from, absl::Time to) {
  return {.dataset = dataset,
          .aggregate = aggregate,
          .value = std::move(value),
          .filter = std::move(filter),
          .time_column = "occurred_at",
          .from = from,
          .to = to,
          .period_from = from,
          .period_to = to};
}

ResolvedMeasure OpenAt(const std::string& dataset, Aggregate aggregate, std::string value,
                       std::string end_column, absl::Time instant) {
  ResolvedMeasure measure = MeasureOf(dataset, aggregate, std::move(value), "", instant);
  measure.window = WindowKind::kAt;
  measure.end_column = std::move(end_column);
  return measure;
}

Scope Managers(std::vector<std::string> ids, bool by_account) {
  return {.kind = SubjectKind::kManager, .subject_ids = std::move(ids), .by_account = by_account};
}
Scope Accounts(std::vector<std::string> ids) {
  return {.kind = SubjectKind::kAccount, .subject_ids = std::move(ids)};
}
Scope Teams(std::vector<std::string> ids) {
  return {.kind = SubjectKind::kTeam, .subject_ids = std::move(ids)};
}

void StoredTest::SetUp() {
  std::string pattern = (std::filesystem::temp_directory_path() / "keyscore-store-XXXXXX").string();
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  folder_ = pattern;
  Open(path());
}

void StoredTest::TearDown() {
  store_.reset();
  std::filesystem::remove_all(folder_);
}

void StoreTest::Open(const std::string& path, const std::string& time_zone) {
  auto store = OpenDuckDbStore({.path = path, .time_zone = time_zone, .threads = 2});
  ASSERT_OK(store);
  store_ = *std::move(store);
  for (const facts::DatasetSchema& schema : facts::BuiltinDatasets()) {
    ASSERT_OK(store_->DefineDataset(schema));
  }
}

void StoredTest::Reopen() {
  store_.reset();
  Open(path());
}

AppendResult StoreTest::Append(const facts::ColumnBatch& batch) {
  auto result = store_->Append(batch);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : AppendResult();
}

MeasureTable StoreTest::Table(const std::vector<ResolvedMeasure>& measures, const Scope& scope,
                              int64_t watermark) {
  auto table = store_->Measure(measures, scope, watermark, {});
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *std::move(table) : MeasureTable();
}

std::map<std::string, double> StoreTest::Numbers(const ResolvedMeasure& measure, const Scope& scope,
                                                 int64_t watermark) {
  const MeasureTable table = Table({measure}, scope, watermark);
  std::map<std::string, double> numbers;
  for (size_t row = 0; row < table.subject_ids.size(); ++row) {
    std::string key = table.subject_ids[row];
    if (scope.by_account) key += '/' + table.account_ids[row];
    if (table.columns[0].valid[row] != 0) numbers[key] = table.columns[0].numbers[row];
  }
  return numbers;
}

}  // namespace keyscore::store
