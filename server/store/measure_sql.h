// SQL of the measures of one dataset: every measure in one pass over the facts.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/source_query.h"

namespace keyscore::store {

// The statement, and where in its result each measure's cells stand. Columns 0 and 1 are subject
// (null = facts of nobody, which are nobody's row) and account ('' unless by_account). A row may
// have no fact that counts in any measure.
struct MeasureStatement {
  struct Cells {
    size_t fact_count;  // BIGINT; shared by measures that count the same rows
    size_t newest;      // TIMESTAMP
    size_t aggregate;   // likewise shared; BIGINT for counts, DOUBLE[] for lists, else DOUBLE
  };
  std::string sql;
  std::vector<Cells> cells;  // one per measure
};

// All measures are of the same dataset.
absl::StatusOr<MeasureStatement> MeasureSql(const AsOf& as_of,
                                            const std::vector<const BoundMeasure*>& measures,
                                            const Scope& scope);

// SELECT of a source's columns and what measures make of them, each distinct expression once.
struct MeasuredSource {
  std::string sql;
  // Names of columns, one per measure: whether window and filter let the row through, and the value
  // of rows that they let through (of others it may be anything); "" without a value expression.
  std::vector<std::string> hits;
  std::vector<std::string> values;
};
MeasuredSource WithMeasures(std::string source, const std::vector<const BoundMeasure*>& measures);

// A condition over base rows that no row hit by any of the measures fails; "" = none.
std::string WindowHull(const std::vector<const BoundMeasure*>& measures);

}  // namespace keyscore::store
