// Opens a KPI library through Boost.DLL, here or in a worker, and calls its entry point.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "keyscore/kpi_abi.h"

namespace keyscore::kpis {

// Opens the file, which stays open until the process ends: its code and constants may be in use.
// Runs the library's static constructors. INVALID_ARGUMENT in the loader's words, or for a library
// that lacks the entry symbol.
absl::StatusOr<ks_library_fn> OpenLibrary(const std::string& path);

// The library's description. INVALID_ARGUMENT where it throws, or declines: then with what it
// logged, which `complaints` hands over.
absl::StatusOr<const ks_library*> CallEntry(
    ks_library_fn entry, const ks_host* host,
    absl::FunctionRef<std::vector<std::string>()> complaints);

}  // namespace keyscore::kpis
