// Tables of measures side by side.
#pragma once

#include <vector>

#include "store/store.h"

namespace keyscore::measures {

// A table whose columns take these places in the whole.
struct PlacedTable {
  store::MeasureTable table;
  std::vector<size_t> places;
};

// Appends row `row` of `from`, or the cell of no facts where `row` is none.
inline constexpr size_t kNoCell = static_cast<size_t>(-1);
void AppendCell(const store::MeasureColumn& from, size_t row, store::Aggregate aggregate,
                store::MeasureColumn& to);

// The column's cells in this order.
store::MeasureColumn InOrder(store::MeasureColumn column, const std::vector<size_t>& order);

// The rows of `more` after those of `table`, column by column.
void Append(store::MeasureTable more, store::MeasureTable& table);

// One row per subject and account that stands in any of the tables, by subject, then account; the
// tables' own rows are in that order already. `measures` are those of the whole.
store::MeasureTable MergeTables(const std::vector<store::ResolvedMeasure>& measures,
                                std::vector<PlacedTable> tables, int64_t watermark);

}  // namespace keyscore::measures
