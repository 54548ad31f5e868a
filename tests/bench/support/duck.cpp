// Opens, runs, fetches.
#include "bench/support/duck.h"

#include <cmath>

#include "bench/support/child.h"

namespace keyscore::bench {

Duck::Duck(const std::string& path) {
  if (duckdb_open(path.c_str(), &database_) == DuckDBError ||
      duckdb_connect(database_, &connection_) == DuckDBError) {
    Die("can't open " + path);
  }
}

Duck::~Duck() {
  duckdb_disconnect(&connection_);
  duckdb_close(&database_);
}

void Duck::Run(const std::string& sql) {
  duckdb_result result;
  if (duckdb_query(connection_, sql.c_str(), &result) == DuckDBError) {
    Die(std::string("DuckDB: ") + duckdb_result_error(&result));
  }
  duckdb_destroy_result(&result);
}

Duck::Table Duck::Query(const std::string& sql) {
  duckdb_result result;
  if (duckdb_query(connection_, sql.c_str(), &result) == DuckDBError) {
    Die(std::string("DuckDB: ") + duckdb_result_error(&result));
  }
  Table table;
  std::vector<Line>& lines = table.lines;
  const idx_t columns = duckdb_column_count(&result);
  for (idx_t column = 0; column < columns; ++column) {
    table.columns.emplace_back(duckdb_column_name(&result, column));
    const duckdb_type expected = column == 0 ? DUCKDB_TYPE_VARCHAR : DUCKDB_TYPE_DOUBLE;
    if (duckdb_column_type(&result, column) != expected) {
      Die("column " + table.columns.back() + " has another type");
    }
  }
  while (duckdb_data_chunk chunk = duckdb_fetch_chunk(result)) {
    const idx_t rows = duckdb_data_chunk_get_size(chunk);
    const size_t first = lines.size();
    lines.resize(first + rows);
    auto* keys = static_cast<duckdb_string_t*>(
        duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0)));
    for (idx_t row = 0; row < rows; ++row) {
      lines[first + row].key.assign(duckdb_string_t_data(&keys[row]),
                                    duckdb_string_t_length(keys[row]));
    }
    for (idx_t column = 1; column < columns; ++column) {
      const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
      const auto* values = static_cast<const double*>(duckdb_vector_get_data(vector));
      uint64_t* valid = duckdb_vector_get_validity(vector);
      for (idx_t row = 0; row < rows; ++row) {
        const bool null = valid != nullptr && !duckdb_validity_row_is_valid(valid, row);
        lines[first + row].values.push_back(null ? NAN : values[row]);
      }
    }
    duckdb_destroy_data_chunk(&chunk);
  }
  duckdb_destroy_result(&result);
  return table;
}

}  // namespace keyscore::bench
