// The functions of measures that engines don't share: the host's own.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "store/expression/connection.h"

namespace keyscore::store {

// Registers, for every connection of the database:
//   days_between(a TIMESTAMP, b TIMESTAMP)   b − a in days of 24 hours, DOUBLE
//   hours_between(a TIMESTAMP, b TIMESTAMP)  b − a in hours, DOUBLE
//   unix_seconds(t TIMESTAMP)                seconds since the epoch, DOUBLE
//   calendar_day(t TIMESTAMP)                days from 1970-01-01 to the day of t in `zone`, DOUBLE
// Inputs count in whole microseconds; a null gives null.
absl::Status RegisterHostFunctions(Connection& connection, absl::TimeZone zone);

}  // namespace keyscore::store
