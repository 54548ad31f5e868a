// Whether a loaded library may serve: what only the store and the other libraries can tell.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kpis/library.h"
#include "store/store.h"

namespace keyscore::kpis {

// Every reason against `library`, given those already admitted; empty = admitted. Its datasets are
// defined in the store once nothing else is wrong; only inputs from the library's own datasets are
// checked after that, for the store must know a dataset to check an expression over it.
std::vector<std::string> Admit(const LoadedLibrary& library,
                               const std::vector<std::shared_ptr<const LoadedLibrary>>& admitted,
                               store::Store& store);

}  // namespace keyscore::kpis
