// The checks of single values, one column at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "facts/column_batch.h"
#include "facts/schema.h"

namespace keyscore::facts {

// Collects the first fault of each row.
class RowFaults {
 public:
  explicit RowFaults(size_t row_count) : bad_(row_count, 0) {}

  // Ignored if the row has a fault already.
  void Add(size_t row, const std::string& column, std::string reason);

  // The faults by ascending row.
  std::vector<RowReject> TakeByRow() &&;
  // The rows without a fault, ascending.
  std::vector<size_t> GoodRows() const;

 private:
  std::vector<uint8_t> bad_;
  std::vector<RowReject> rejects_;
};

// Checks every value of a column that has the schema's type and one value a row.
void CheckColumnValues(const DatasetSchema& dataset, const ColumnSchema& schema,
                       const Column& column, RowFaults& faults);

// Values of a type, none yet.
ColumnValues EmptyValues(ColumnType type);

}  // namespace keyscore::facts
