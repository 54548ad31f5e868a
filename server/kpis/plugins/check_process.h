// A program that is run to its end, its output gathered, and its time watched.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/store.h"

namespace keyscore::kpis {

struct FinishedProcess {
  int status = 0;  // as of waitpid()
  std::string out;
  std::string last_words;  // the end of what it wrote to stderr
};

// Runs `command` (its first word is the program's path) in a process group of its own with an empty
// environment and nothing to read. Whatever it leaves behind in its group is killed. CANCELLED when
// `stop` (which may be empty) says so, DEADLINE_EXCEEDED over the limit, INTERNAL when it can't be
// started or prints without end.
absl::StatusOr<FinishedProcess> RunProcess(std::vector<std::string> command, absl::Duration limit,
                                           const store::StopFn& stop);

}  // namespace keyscore::kpis
