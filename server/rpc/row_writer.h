// Collects rows by column names and makes a batch of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "facts/column_batch.h"
#include "facts/schema.h"

namespace keyscore::rpc {

// What isn't set in a row is null. Columns must be of the schema and of the function's type.
class RowWriter {
 public:
  explicit RowWriter(const facts::DatasetSchema& schema);

  void NextRow();
  // An empty text is null.
  void Text(const std::string& column, const std::string& value);
  void Flag(const std::string& column, bool value);
  void Time(const std::string& column, absl::Time value);

  facts::ColumnBatch Finish();

 private:
  facts::Column& At(const std::string& column);
  void FillLastRow();

  const facts::DatasetSchema& schema_;
  facts::ColumnBatch batch_;
};

}  // namespace keyscore::rpc
