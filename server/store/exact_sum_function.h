// ExactSum as an aggregate function of the engine.
#pragma once

#include "absl/status/status.h"
#include "store/expression/connection.h"

namespace keyscore::store {

// Registers exact_sum(DOUBLE) → DOUBLE for every connection of the database: the exactly rounded
// sum, nulls and non-finite values left out, 0 over none.
absl::Status RegisterExactSum(Connection& connection);

}  // namespace keyscore::store
