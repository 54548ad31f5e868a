// Thin RAII over DuckDB's C API.
#include "support/duck.h"

#include <cstdio>
#include <cstdlib>

namespace keyscore::testing {
namespace {

class Result {
 public:
  Result(duckdb_connection connection, const std::string& sql) {
    if (duckdb_query(connection, sql.c_str(), &result_) != DuckDBSuccess) {
      std::fprintf(stderr, "DuckDB: %s\nin: %s\n", duckdb_result_error(&result_), sql.c_str());
      std::abort();
    }
  }
  ~Result() { duckdb_destroy_result(&result_); }
  Result(const Result&) = delete;
  Result& operator=(const Result&) = delete;

  duckdb_result* operator*() { return &result_; }

 private:
  duckdb_result result_{};
};

}  // namespace

Duck::Duck() {
  if (duckdb_open(nullptr, &database_) != DuckDBSuccess ||
      duckdb_connect(database_, &connection_) != DuckDBSuccess) {
    std::fprintf(stderr, "DuckDB doesn't open\n");
    std::abort();
  }
  // The test's own arithmetic shall not depend on where it runs.
  Run("SET TimeZone = 'UTC'; SET threads = 2");
}

Duck::~Duck() {
  duckdb_disconnect(&connection_);
  duckdb_close(&database_);
}

void Duck::Run(const std::string& sql) { Result result(connection_, sql); }

Duck::Rows Duck::Ask(const std::string& sql) {
  Result result(connection_, sql);
  const idx_t columns = duckdb_column_count(*result);
  Rows rows(duckdb_row_count(*result));
  for (idx_t row = 0; row < rows.size(); ++row) {
    for (idx_t column = 0; column < columns; ++column) {
      char* text = duckdb_value_is_null(*result, column, row)
                       ? nullptr
                       : duckdb_value_varchar(*result, column, row);
      rows[row].push_back(text == nullptr ? std::nullopt : std::optional<std::string>(text));
      duckdb_free(text);
    }
  }
  return rows;
}

std::vector<Duck::Entry> Duck::AskNumbers(const std::string& sql) {
  std::vector<Entry> entries;
  for (const auto& row : Ask(sql)) {
    entries.push_back({row[0].value_or(""), std::nullopt});
    if (row[1].has_value()) entries.back().value = std::strtod(row[1]->c_str(), nullptr);
  }
  return entries;
}

double Duck::AskNumber(const std::string& sql) {
  const Rows rows = Ask(sql);
  if (rows.size() != 1 || !rows[0][0].has_value()) {
    std::fprintf(stderr, "not one number: %s\n", sql.c_str());
    std::abort();
  }
  return std::strtod(rows[0][0]->c_str(), nullptr);
}

}  // namespace keyscore::testing
