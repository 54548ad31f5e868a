// The conformance checker: tries a KPI library against every rule that a host relies on.
//
// The library's code runs in forked children only, each KPI and rule under a time limit, so that a
// crash, a hang or an exit() is a finding like any other. The same file gives the same report, but
// for what depends on time. Needs a Linux process that is not in the middle of something: a fork
// takes along the calling thread alone.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "kpis/conformance/report.h"

namespace keyscore::kpis::conformance {

struct CheckOptions {
  // The author's golden vectors; empty = <library>.golden.yaml beside the library, if it is there.
  std::string golden_file;
  absl::Duration time_limit = absl::Seconds(10);  // for one rule on one KPI
};

// Libraries with the ids of the built-in catalogue are held to its rule for ids (no namespace).
Report CheckLibrary(const std::string& path, const CheckOptions& options);

}  // namespace keyscore::kpis::conformance
