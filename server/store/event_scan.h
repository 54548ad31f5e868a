// Hands out the facts of a dataset as measures see them.
#pragma once

#include "absl/status/status.h"
#include "store/current_rows.h"
#include "store/expression/connection.h"
#include "store/expression/expression_checker.h"
#include "store/store.h"

namespace keyscore::store {

// Store::ScanEvents. `as_of` is the newest state that the connection's transaction sees.
absl::Status ScanFactEvents(const EventScan& scan, const AsOf& as_of, ExpressionChecker& checker,
                            Connection& connection, const EventSink& sink, const StopFn& stop);

}  // namespace keyscore::store
