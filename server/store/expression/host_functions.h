// The functions of measures that engines don't share: the host's own.
#pragma once

#include "absl/status/status.h"
#include "store/expression/connection.h"

namespace keyscore::store {

// Registers, for every connection of the database:
//   days_between(a TIMESTAMP, b TIMESTAMP)   b − a in days of 24 hours, DOUBLE
//   hours_between(a TIMESTAMP, b TIMESTAMP)  b − a in hours, DOUBLE
//   unix_seconds(t TIMESTAMP)                seconds since the epoch, DOUBLE
// Inputs count in whole microseconds; a null gives null.
absl::Status RegisterHostFunctions(Connection& connection);

}  // namespace keyscore::store
