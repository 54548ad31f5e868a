// Runs foreign code in forked children, each step under a time limit, and gathers what they tell.
// A child that crashes, hangs or ends costs the step that was running and nothing else. The
// children are confined (kpis/sandbox): no network, no writing to files, no processes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"

namespace keyscore::kpis::conformance {

// The child's side: what it is about to do, and what it found. One thread.
class Reporter {
 public:
  explicit Reporter(int pipe) : pipe_(pipe) {}

  // The step's time begins to run. Called by RunSteps.
  void Begin(size_t step);
  // Names what happens next, for the message if it goes wrong: "while <evaluating 3 rows>".
  void Doing(std::string_view what);
  void Fail(std::string_view happened, std::string_view fix);
  void Skip(std::string_view why);
  // Text that the step produces, such as a description.
  void Produce(std::string_view text);
  // The children run all the same where a kernel can't confine them.
  void Unconfined(std::string_view why);
  void End();

 private:
  void Send(char kind, std::string_view first, std::string_view second = {});
  int pipe_;
};

struct StepFailure {
  std::string happened;
  std::string fix;  // empty = the process ended: the rule knows the fix
};

struct StepResult {
  bool begun = false;
  std::vector<StepFailure> failures;
  std::string skipped;  // why; empty = it was done
  std::string produced;
  std::string unconfined;  // why the sandbox was not in force; empty = it was
};

struct StepOptions {
  absl::Duration time_limit = absl::Seconds(10);  // of a step
  // After a step that ended its process the next ones run in a new one; at most this many.
  size_t max_restarts = 4;
  // The files of the foreign code: their folders may be read, besides the system's libraries.
  std::vector<std::string> libraries = {};
};

// Runs `step(i, reporter)` for i in [0, count), in order, in children of this process. `prepare`
// comes first in each child and says whether the steps may run. Steps that were not reached, for a
// process ended once too often, have begun == false.
std::vector<StepResult> RunSteps(size_t count, const StepOptions& options,
                                 absl::FunctionRef<bool(Reporter&)> prepare,
                                 absl::FunctionRef<void(size_t, Reporter&)> step);

}  // namespace keyscore::kpis::conformance
