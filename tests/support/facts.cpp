// Columns for AppendFacts.
#include "support/facts.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "keyscore/client/fact_batch.h"

namespace keyscore::testing {
namespace {

using Type = v1::DatasetColumn;

Type::Type TypeOf(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
      return Type::TYPE_BOOL;
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_INTEGER:
      return Type::TYPE_INT64;
    case DUCKDB_TYPE_DOUBLE:
      return Type::TYPE_DOUBLE;
    case DUCKDB_TYPE_TIMESTAMP:
      return Type::TYPE_TIMESTAMP;
    default:
      return Type::TYPE_STRING;
  }
}

void AddCell(client::FactColumnBuilder& builder, duckdb_result* result, idx_t column, idx_t row) {
  if (duckdb_value_is_null(result, column, row)) {
    builder.AddNull();
    return;
  }
  switch (builder.type()) {
    case Type::TYPE_BOOL:
      builder.AddBool(duckdb_value_boolean(result, column, row));
      break;
    case Type::TYPE_INT64:
      builder.AddInt64(duckdb_value_int64(result, column, row));
      break;
    case Type::TYPE_DOUBLE:
      builder.AddDouble(duckdb_value_double(result, column, row));
      break;
    case Type::TYPE_TIMESTAMP:
      builder.AddTimestamp(duckdb_value_timestamp(result, column, row).micros);
      break;
    default: {
      char* text = duckdb_value_varchar(result, column, row);
      builder.AddString(text);
      duckdb_free(text);
    }
  }
}

Type::Type TypeOf(const std::vector<std::vector<Cell>>& rows, size_t column) {
  static constexpr Type::Type kTypes[] = {Type::TYPE_STRING, Type::TYPE_BOOL,
                                          Type::TYPE_INT64,  Type::TYPE_DOUBLE,
                                          Type::TYPE_STRING, Type::TYPE_TIMESTAMP};
  for (const std::vector<Cell>& row : rows) {
    if (row.at(column).index() != 0) return kTypes[row[column].index()];
  }
  return Type::TYPE_STRING;
}

struct AddTo {
  client::FactColumnBuilder& builder;

  void operator()(std::monostate) const { builder.AddNull(); }
  void operator()(bool value) const { builder.AddBool(value); }
  void operator()(int value) const { builder.AddInt64(value); }
  void operator()(double value) const { builder.AddDouble(value); }
  void operator()(const std::string& value) const { builder.AddString(value); }
  void operator()(const At& value) const { builder.AddTimestamp(MicrosOf(value.text)); }
};

}  // namespace

v1::AppendFactsRequest BatchOf(Duck& duck, const std::string& dataset, const std::string& sql) {
  duckdb_result result;
  if (duckdb_query(duck.connection(), sql.c_str(), &result) != DuckDBSuccess) {
    std::fprintf(stderr, "DuckDB: %s\nin: %s\n", duckdb_result_error(&result), sql.c_str());
    std::abort();
  }
  v1::AppendFactsRequest batch;
  batch.set_dataset("datasets/" + dataset);
  const idx_t rows = duckdb_row_count(&result);
  batch.set_row_count(static_cast<uint32_t>(rows));
  for (idx_t column = 0; column < duckdb_column_count(&result); ++column) {
    client::FactColumnBuilder builder(duckdb_column_name(&result, column),
                                      TypeOf(duckdb_column_type(&result, column)));
    for (idx_t row = 0; row < rows; ++row) AddCell(builder, &result, column, row);
    *batch.add_columns() = builder.Take();
  }
  duckdb_destroy_result(&result);
  return batch;
}

absl::StatusOr<v1::AppendFactsResponse> SendTable(Duck& duck, const std::string& dataset,
                                                  client::Client& client) {
  constexpr int kBatchRows = 20'000;
  const auto total =
      static_cast<int64_t>(duck.AskNumber(absl::StrCat("SELECT count(*) FROM ", dataset)));
  std::vector<v1::AppendFactsRequest> batches;
  for (int64_t from = 0; from < total; from += kBatchRows) {
    batches.push_back(BatchOf(duck, dataset,
                              absl::StrCat("SELECT * FROM ", dataset, " ORDER BY fact_id LIMIT ",
                                           kBatchRows, " OFFSET ", from)));
  }
  return client.AppendFacts(batches);
}

int64_t MicrosOf(const std::string& text) {
  absl::Time time;
  std::string error;
  const char* format = text.size() > 10 ? "%Y-%m-%d %H:%M:%E*S" : "%Y-%m-%d";
  if (!absl::ParseTime(format, text, absl::UTCTimeZone(), &time, &error)) {
    std::fprintf(stderr, "'%s' is no time: %s\n", text.c_str(), error.c_str());
    std::abort();
  }
  return absl::ToUnixMicros(time);
}

v1::AppendFactsRequest Batch(const std::string& dataset, const std::vector<std::string>& header,
                             const std::vector<std::vector<Cell>>& rows) {
  v1::AppendFactsRequest batch;
  batch.set_dataset("datasets/" + dataset);
  batch.set_row_count(static_cast<uint32_t>(rows.size()));
  for (size_t column = 0; column < header.size(); ++column) {
    client::FactColumnBuilder builder(header[column], TypeOf(rows, column));
    for (const std::vector<Cell>& row : rows) std::visit(AddTo{builder}, row.at(column));
    *batch.add_columns() = builder.Take();
  }
  return batch;
}

}  // namespace keyscore::testing
