// DuckDB inside the test: the second opinion of the oracles, and the reader of sample files.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace keyscore::testing {

class Duck {
 public:
  Duck();
  ~Duck();
  Duck(const Duck&) = delete;
  Duck& operator=(const Duck&) = delete;

  // All statements; a failure ends the program with DuckDB's message, for the SQL is the test's
  // own.
  void Run(const std::string& sql);

  // A result, every value as text; absent = null. Doubles are written so that they read back the
  // same.
  using Rows = std::vector<std::vector<std::optional<std::string>>>;
  Rows Ask(const std::string& sql);

  // The first column as key, the second as number.
  struct Entry {
    std::string key;
    std::optional<double> value;
  };
  std::vector<Entry> AskNumbers(const std::string& sql);
  double AskNumber(const std::string& sql);

  duckdb_connection connection() const { return connection_; }

 private:
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

}  // namespace keyscore::testing
