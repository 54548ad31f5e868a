// Lists the facts behind a measure, or any facts, page by page.
#pragma once

#include "absl/status/statusor.h"
#include "store/bound_measure.h"
#include "store/current_rows.h"

namespace keyscore::store {

inline constexpr size_t kMaxPageRows = 10'000;

// Store::ListRows.
absl::StatusOr<RowPage> ListFactRows(const RowQuery& query, const AsOf& as_of,
                                     ExpressionChecker& checker, Connection& connection,
                                     const StopFn& stop);

}  // namespace keyscore::store
