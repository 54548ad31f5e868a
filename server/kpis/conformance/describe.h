// What libraries say of themselves, for people: the cards of their KPIs and datasets, without a
// server. The libraries are opened in a child, as by the checker.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace keyscore::kpis::conformance {

enum class Form { kText, kMarkdown };

// KPIs of all libraries by pillar and id, then their datasets by id; the same libraries give the
// same text, in whatever order they are named. INVALID_ARGUMENT names the library that could not be
// described, and why.
absl::StatusOr<std::string> DescribeLibraries(const std::vector<std::string>& paths, Form form);

}  // namespace keyscore::kpis::conformance
