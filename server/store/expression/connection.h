// A thin RAII layer over DuckDB's C API: databases, connections, queries, result chunks.
//
// A Connection serves one thread at a time; a Database any number of connections. Errors come back
// as absl::Status: INVALID_ARGUMENT for SQL that does not parse, bind or compute (a conversion, an
// overflow), CANCELLED when stopped, RESOURCE_EXHAUSTED for memory, UNAVAILABLE for the file
// system, INTERNAL for the rest. Nothing throws.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace keyscore::store {

// The value of a `?` in a statement. Instants are passed as int64 through make_timestamp(?).
using Parameter = std::variant<std::monostate, bool, int64_t, double, std::string>;

// Polled while a query runs; true = stop it.
using StopRequested = std::function<bool()>;

class Database {
 public:
  // Opens a file or ":memory:". `settings` are names and values of DuckDB's configuration.
  static absl::StatusOr<std::shared_ptr<Database>> Open(
      const std::string& path, const std::vector<std::pair<std::string, std::string>>& settings);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  duckdb_database handle() const { return handle_; }

 private:
  Database() = default;
  duckdb_database handle_ = nullptr;
};

// Up to 2,048 rows of a result. Accessors don't check types: the caller knows its own SELECT.
class Chunk {
 public:
  // A borrowed handle stays its owner's; the chunk then serves to read it.
  enum Ownership { kOwned, kBorrowed };
  explicit Chunk(duckdb_data_chunk handle, Ownership ownership = kOwned);
  ~Chunk();
  Chunk(Chunk&& other) noexcept;
  Chunk& operator=(Chunk&&) = delete;

  size_t size() const { return size_; }
  bool IsNull(size_t column, size_t row) const {
    const uint64_t* validity = validity_[column];
    return validity != nullptr && (validity[row / 64] >> (row % 64) & 1) == 0;
  }
  template <typename T>
  const T* Data(size_t column) const {
    return static_cast<const T*>(data_[column]);
  }
  int64_t Int64(size_t column, size_t row) const { return Data<int64_t>(column)[row]; }
  // Of a column; the type in which a DECIMAL's values are kept.
  duckdb_type Type(size_t column) const;
  double Double(size_t column, size_t row) const { return Data<double>(column)[row]; }
  bool Bool(size_t column, size_t row) const { return Data<bool>(column)[row]; }
  // Points into the chunk. For VARCHAR and BLOB.
  std::string_view String(size_t column, size_t row) const {
    constexpr uint32_t kInlined = sizeof(duckdb_string_t::value.inlined.inlined);
    const auto& text = static_cast<const duckdb_string_t*>(data_[column])[row].value;
    const uint32_t length = text.inlined.length;
    return {length <= kInlined ? text.inlined.inlined : text.pointer.ptr, length};
  }
  // The values of a DOUBLE[].
  std::vector<double> DoubleList(size_t column, size_t row) const;

 private:
  duckdb_data_chunk handle_;
  Ownership ownership_;
  size_t size_;
  std::vector<void*> data_;
  std::vector<uint64_t*> validity_;
};

class Result {
 public:
  explicit Result(duckdb_result result) : result_(result) {}
  ~Result() { duckdb_destroy_result(&result_); }
  Result(Result&& other) noexcept : result_(std::exchange(other.result_, {})) {}
  Result& operator=(Result&&) = delete;

  size_t column_count() { return duckdb_column_count(&result_); }
  duckdb_type column_type(size_t column) { return duckdb_column_type(&result_, column); }
  std::string column_name(size_t column) { return duckdb_column_name(&result_, column); }

  // Calls visit(chunk) for every chunk that is left.
  void ForEachChunk(const std::function<void(const Chunk&)>& visit);
  // The first value as an integer; 0 where there is no row or it is null.
  int64_t FirstInt64();

 private:
  duckdb_result result_;
};

class Connection {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(std::shared_ptr<Database> database);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  duckdb_connection handle() const { return handle_; }

  // Runs one or more statements whose results don't matter.
  absl::Status Execute(const std::string& sql);
  // Runs one statement. `stop` is polled from this thread and may be empty.
  absl::StatusOr<Result> Query(const std::string& sql,
                               const std::vector<Parameter>& parameters = {},
                               const StopRequested& stop = {});
  // Runs one statement and hands out its rows while it runs, a few chunks ahead, so that memory is
  // bounded whatever their number. An error of `visit` ends the statement and is returned.
  absl::Status Stream(const std::string& sql,
                      const std::function<absl::Status(const Chunk&)>& visit,
                      const StopRequested& stop = {});
  // Names and types of a SELECT's columns, without running it.
  absl::StatusOr<std::vector<duckdb_type>> DescribeTypes(const std::string& sql);

 private:
  Connection() = default;
  std::shared_ptr<Database> database_;
  duckdb_connection handle_ = nullptr;
};

// Maps an error of DuckDB; the message loses its stack trace, if any.
absl::Status StatusFromDuckDb(duckdb_error_type type, const char* message);

// The status's message, for formatting.
inline std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

}  // namespace keyscore::store
