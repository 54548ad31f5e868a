// Programs that a test starts.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace keyscore::testing {

struct Finished {
  int exit_code = -1;  // 128 + signal for one that was killed
  std::string out;
  std::string err;
};

// Runs a command to its end. `environment` holds NAME=VALUE on top of the test's own.
Finished Run(const std::vector<std::string>& command,
             const std::vector<std::string>& environment = {});

// Starts a command with its output in two files and returns its process id.
pid_t Spawn(const std::vector<std::string>& command, const std::vector<std::string>& environment,
            const std::string& out_path, const std::string& err_path);

// Waits for the process and returns its exit code (128 + signal), or -1 where it still runs after
// `timeout`.
int WaitFor(pid_t pid, absl::Duration timeout);

}  // namespace keyscore::testing
