// DuckDB as a reference: a database of its own, thin RAII over the C API.
#pragma once

#include <duckdb.h>

#include <string>
#include <vector>

namespace keyscore::bench {

class Duck {
 public:
  explicit Duck(const std::string& path);
  ~Duck();
  Duck(const Duck&) = delete;
  Duck& operator=(const Duck&) = delete;

  duckdb_connection connection() const { return connection_; }
  // Leaves the program with DuckDB's message when the statement fails.
  void Run(const std::string& sql);
  // The rows of a query whose first column is text and whose others are doubles.
  struct Line {
    std::string key;
    std::vector<double> values;
  };
  std::vector<Line> Query(const std::string& sql);

 private:
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

}  // namespace keyscore::bench
