// Landlock: which files this process may open from now on.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace keyscore::kpis {

// Only files beneath `readable`, and only to read or map them; no TCP, no abstract Unix sockets and
// no signals to other processes where the kernel can forbid those too. OK without any effect on a
// kernel that has no Landlock. PR_SET_NO_NEW_PRIVS must be set.
absl::Status RestrictFiles(const std::vector<std::string>& readable);

}  // namespace keyscore::kpis
