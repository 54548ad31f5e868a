// The life of keyscored: opens the rooms from left to right, serves, and closes them again.
#pragma once

#include "absl/status/status.h"
#include "config/config.h"

namespace keyscore::rpc {

// What can be said of a configuration without starting: listeners allowed, their files readable,
// the calendar known, the keys and programs of plugins there.
absl::Status CheckConfig(const config::Config& config);

// Serves until SIGTERM or SIGINT. Prints `keyscored ready on ADDRESS` to stdout once calls are
// taken. INVALID_ARGUMENT and FAILED_PRECONDITION before that are faults of the configuration or
// the machine.
absl::Status RunDaemon(const config::Config& config);

}  // namespace keyscore::rpc
