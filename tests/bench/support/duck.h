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
  // One statement or several; dies with DuckDB's message when one fails.
  void Run(const std::string& sql);
  // The rows of the last of some statements, whose first column is text and whose others are
  // doubles (null = NaN).
  struct Line {
    std::string key;
    std::vector<double> values;
  };
  struct Table {
    std::vector<std::string> columns;  // with the key's
    std::vector<Line> lines;
  };
  Table Query(const std::string& sql);

 private:
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

}  // namespace keyscore::bench
