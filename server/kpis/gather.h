// Picks the rows of measure columns that one KPI, or one retry of it, works on.
#pragma once

#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "store/store.h"

namespace keyscore::kpis {

// Stands for a row that the table lacks: no facts, so count 0, sum 0, others null.
inline constexpr size_t kNoRow = std::numeric_limits<size_t>::max();

// The cells of `column` at `rows`, in that order.
store::MeasureColumn Gather(const store::MeasureColumn& column, store::Aggregate aggregate,
                            absl::Span<const size_t> rows);

// Count, sum and count_distinct: the sum over accounts of such an input means something (of
// distinct values: values per account).
bool IsAdditive(store::Aggregate aggregate);

}  // namespace keyscore::kpis
