// What is wrong with a configuration, field by field, so that all of it can be said at once.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace keyscore::weighting {

struct Fault {
  std::string field;   // by its name in the API, e.g. "tenure_bands[1].pillars"
  std::string phrase;  // what is wrong and how to mend it
};

using Faults = std::vector<Fault>;

// Puts `prefix` before every field.
Faults Under(absl::string_view prefix, Faults faults);

// OK where there are none; else INVALID_ARGUMENT, one "field: phrase" a line, which carries the
// faults one by one for FaultsOf.
absl::Status ToStatus(const Faults& faults);

// The faults that a status of ToStatus carries; empty for any other.
Faults FaultsOf(const absl::Status& status);

}  // namespace keyscore::weighting
