// A batch of facts in columns: the form in which facts travel from the edge to the store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "facts/schema.h"

namespace keyscore::facts {

// Strings of a column laid end to end; value i is bytes [offsets[i], offsets[i + 1]).
struct StringValues {
  std::string data;
  std::vector<uint32_t> offsets = {0};

  size_t size() const { return offsets.size() - 1; }
  std::string_view operator[](size_t row) const {
    return std::string_view(data).substr(offsets[row], offsets[row + 1] - offsets[row]);
  }
  void push_back(std::string_view value) {
    data.append(value);
    offsets.push_back(static_cast<uint32_t>(data.size()));
  }
};

// Timestamps are int64 microseconds since the epoch, UTC.
using ColumnValues = std::variant<std::vector<uint8_t>,  // kBool
                                  std::vector<int64_t>,  // kInt64 and kTimestamp
                                  std::vector<double>,   // kDouble
                                  StringValues>;         // kString

struct Column {
  std::string name;
  ColumnType type = ColumnType::kString;
  ColumnValues values;         // one element a row, also where the row is null
  std::vector<uint8_t> valid;  // one byte a row, 0 = null; empty = all valid

  bool IsValid(size_t row) const { return valid.empty() || valid[row] != 0; }
};

// What the rows of a batch do.
enum class Operation {
  kUpsert,  // a new fact_id is a new fact; a known one with other values is a new version
  kDelete,  // only fact_id is read; a new version that says "gone"
};

struct ColumnBatch {
  std::string dataset;  // id
  Operation operation = Operation::kUpsert;
  size_t row_count = 0;
  std::vector<Column> columns;

  const Column* FindColumn(std::string_view name) const;
};

// Why one row was not taken. `row` counts from 0 in the batch as it was sent.
struct RowReject {
  size_t row = 0;
  std::string column;
  std::string reason;
};

}  // namespace keyscore::facts
