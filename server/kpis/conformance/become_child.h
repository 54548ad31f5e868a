// The forked child's first steps, before it runs foreign code.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace keyscore::kpis::conformance {

// Cuts this process off from its parent but for `pipe`, which it reports to, and `words`, a file
// that takes its stderr (below 0 = none), and confines it: no network, no writing to files, no
// processes. It may read the system's libraries and the folders of `libraries`. FAILED_PRECONDITION
// where the kernel can't confine it; the rest is done then.
absl::Status BecomeChild(int pipe, int words, const std::vector<std::string>& libraries);

}  // namespace keyscore::kpis::conformance
