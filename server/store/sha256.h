// The digest that plugins and the audit log are known by.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace keyscore::store {

// In hex, lower case. INTERNAL where OpenSSL has no SHA-256.
absl::StatusOr<std::string> Sha256Hex(std::string_view bytes);

}  // namespace keyscore::store
