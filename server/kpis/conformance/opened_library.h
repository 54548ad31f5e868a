// A library, opened in a child.
#pragma once

#include <string>

#include "kpis/conformance/child.h"
#include "kpis/descriptor.h"

namespace keyscore::kpis::conformance {

// The host that the library sees: its log is kept, nothing else is offered.
const ks_host* CheckerHost();
// The warnings and errors logged so far, "; " between them.
std::string LoggedComplaints();

// The entry point of a library that was opened; null with a message in `error` otherwise. A library
// that doesn't export it leaves `error` empty.
ks_library_fn OpenLibrary(const std::string& path, std::string& error);

// The file's name without .so, which the library's id must equal.
std::string FileId(const std::string& path);
// One of the four of the built-in catalogue, whose KPIs have no namespace.
bool IsBuiltIn(const std::string& path);

// For steps that come after the library was found to open and to describe itself. False, with the
// failure reported, where it does so no longer.
bool Reopen(const std::string& path, DescribedLibrary& library, Reporter& reporter);

}  // namespace keyscore::kpis::conformance
