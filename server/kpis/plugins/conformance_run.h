// Runs the conformance checker on a library, in processes of its own.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/store.h"

namespace keyscore::kpis {

enum class ConformanceMode {
  kRequired,  // a library that breaks a rule is refused
  kAdvised,   // … is admitted, and the log says what it breaks
  kOff,
};

struct ConformanceOptions {
  ConformanceMode mode = ConformanceMode::kRequired;
  std::string program;  // keyscore-plugin-check
  absl::Duration time_limit = absl::Minutes(5);
};

enum class CheckOutcome { kPassed = 1, kFailed = 2, kSkipped = 3 };

struct ConformanceFailure {
  std::string kpi_id;  // empty = the library as a whole
  std::string happened;
  std::string fix;
};

struct ConformanceResult {
  std::string rule;
  std::string tried;
  CheckOutcome outcome = CheckOutcome::kSkipped;
  std::string note;
  std::vector<ConformanceFailure> failures;
};

// `path`: the library under its own name, since that gives its id. `golden_file` may be empty.
// CANCELLED when `stop` says so, DEADLINE_EXCEEDED over the time limit, INTERNAL when the checker
// itself can't be run or talks nonsense.
absl::StatusOr<std::vector<ConformanceResult>> RunConformance(const ConformanceOptions& options,
                                                              const std::string& path,
                                                              const std::string& golden_file,
                                                              const store::StopFn& stop);

}  // namespace keyscore::kpis
