// Holds an arriving batch against its dataset's schema, row by row.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "facts/column_batch.h"
#include "facts/schema.h"

namespace keyscore::facts {

inline constexpr size_t kMaxBatchRows = 100'000;

struct ValidatedBatch {
  // The rows that passed, every column of the schema present, in the schema's order, with its type
  // (an INT64 column sent where DOUBLE is declared is widened).
  ColumnBatch batch;
  // batch row i was row source_rows[i] of what was sent.
  std::vector<size_t> source_rows;
  // One per rejected row (its first fault), by ascending row.
  std::vector<RowReject> rejects;
};

// Faults of the batch as a whole (unknown column, wrong column type, a column's length that differs
// from row_count, a required column missing, a derived dataset) are INVALID_ARGUMENT and name the
// column and the fix; more than max_rows rows is RESOURCE_EXHAUSTED. Faults of single rows (null in
// a required column, NaN or infinity, a value outside its range or its allowed values, broken
// UTF-8, a text too long, an empty or too long id, a year outside 1900 to 9999, neither account_id
// nor manager_id, a fact_id that stands earlier in the batch) go to `rejects`.
absl::StatusOr<ValidatedBatch> Validate(const DatasetSchema& schema, ColumnBatch batch,
                                        size_t max_rows = kMaxBatchRows);

}  // namespace keyscore::facts
