// seccomp: which system calls this process may make from now on.
#pragma once

#include "absl/status/status.h"

namespace keyscore::kpis {

// What a C++ library and the dynamic loader need, and reading files. Anything else fails with
// EPERM.
absl::Status RestrictSystemCalls(bool threads);

// On top of that: opens no file and maps no code, in any thread.
absl::Status RefuseFilesAndCode();

}  // namespace keyscore::kpis
