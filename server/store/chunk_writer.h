// Appends rows to a table by data chunks: values are written straight into DuckDB's vectors.
#pragma once

#include <duckdb.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "store/expression/connection.h"

namespace keyscore::store {

// Usage: NextRow(), then one Set… per column of that row, or NextRows(), then all columns of those
// rows; Close() at the end. The first error is kept and returned by Close. The rows belong to the
// connection's open transaction.
class ChunkWriter {
 public:
  ChunkWriter(Connection& connection, const std::string& table,
              const std::vector<duckdb_type>& types);
  ~ChunkWriter();
  ChunkWriter(const ChunkWriter&) = delete;
  ChunkWriter& operator=(const ChunkWriter&) = delete;

  // Starts a row and returns its place in the chunk.
  size_t NextRow() {
    if (rows_ == capacity_) Flush();
    return rows_++;
  }
  // Starts a chunk of at most `wanted` rows, the first at place 0, and returns how many.
  size_t NextRows(size_t wanted) {
    Flush();
    return rows_ = std::min(wanted, capacity_);
  }
  template <typename T>
  T* Data(size_t column) {
    return static_cast<T*>(data_[column]);
  }
  template <typename T>
  void Set(size_t column, size_t at, T value) {
    static_cast<T*>(data_[column])[at] = value;
  }
  // Copies no more than a short text: `text`, valid UTF-8, must stay until the writer is closed.
  void SetText(size_t column, size_t at, std::string_view text) {
    duckdb_string_t value = {};  // what a short text leaves over is zero
    value.value.inlined.length = static_cast<uint32_t>(text.size());
    if (text.size() <= sizeof(value.value.inlined.inlined)) {
      std::copy(text.begin(), text.end(), value.value.inlined.inlined);
    } else {
      std::copy_n(text.data(), sizeof(value.value.pointer.prefix), value.value.pointer.prefix);
      value.value.pointer.ptr = const_cast<char*>(text.data());  // the engine only reads it
    }
    static_cast<duckdb_string_t*>(data_[column])[at] = value;
  }
  void SetNull(size_t column, size_t at);
  // Null in the first `rows` places.
  void SetNulls(size_t column, size_t rows);

  absl::Status Close();

 private:
  void Flush();
  void StartChunk();

  absl::Status status_;
  duckdb_appender appender_ = nullptr;
  duckdb_data_chunk chunk_ = nullptr;
  const size_t capacity_;
  size_t rows_ = 0;
  std::vector<duckdb_vector> vectors_;
  std::vector<void*> data_;
};

}  // namespace keyscore::store
