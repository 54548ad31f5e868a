// The rules that a library's file alone can break: they are read, not run.
#pragma once

#include <string>
#include <vector>

#include "kpis/conformance/report.h"

namespace keyscore::kpis::conformance {

// file, exports, no_gnu_unique and no_tls_destructors; where `file` fails the others are skipped.
std::vector<RuleResult> CheckSymbols(const std::string& path);

}  // namespace keyscore::kpis::conformance
