// How the command ends: its exit code, and the one line that says what went wrong and what to do.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace keyscore::cli {

enum ExitCode : int {
  kOk = 0,
  kFailed = 1,       // the server said no, or the data could not be read
  kUsage = 2,        // the command line, or a mapping, is at fault
  kUnreachable = 3,  // no server there, or it went away
  kFound = 4,        // what was looked for is there: a difference, an audit log that is not sound
};

// A fault of the command line or of a file that belongs to it.
absl::Status UsageError(std::string_view message);

// What a command was to look for, and found.
absl::Status Finding(std::string_view message);

int ExitCodeOf(const absl::Status& status);

// "keyscore: what went wrong; what to do" without a line break. `server` is the address asked.
std::string ErrorLine(const absl::Status& status, std::string_view server);

}  // namespace keyscore::cli
