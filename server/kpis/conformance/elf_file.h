// The symbols of a shared library, read from its file without loading it (64-bit ELF).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace keyscore::kpis::conformance {

struct ElfSymbols {
  // All sorted, each name once.
  std::vector<std::string> exported;  // defined and seen by others, GNU-unique ones left out
  std::vector<std::string> unique;    // STB_GNU_UNIQUE: one for all libraries of a process
  std::vector<std::string> needed;    // undefined, weak ones left out
};

// NOT_FOUND or INVALID_ARGUMENT for a file that can't be read or is no shared library for this
// machine; the message says what to do about it.
absl::StatusOr<ElfSymbols> ReadElfSymbols(const std::string& path);

}  // namespace keyscore::kpis::conformance
