// Work on the processors that are idle, for answers that are large.
#pragma once

#include <cstddef>

#include "absl/functional/function_ref.h"

namespace keyscore::measures {

// Calls `work` for 0 to count - 1, each once, in the calling thread and, where `helped`, in
// helpers: as many as there are further processors, for all callers in the process together.
// Returns when all are done.
void ForEachAtOnce(size_t count, bool helped, absl::FunctionRef<void(size_t)> work);

}  // namespace keyscore::measures
