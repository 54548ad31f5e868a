// The order of a list (AIP-132): "total desc, subject".
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace keyscore::rpc {

struct OrderTerm {
  std::string field;
  bool descending = false;

  bool operator==(const OrderTerm&) const = default;
};

// Fields separated by commas, each with " desc" or " asc" behind it if need be. Empty = no terms.
// INVALID_ARGUMENT quotes the term that was not understood.
absl::StatusOr<std::vector<OrderTerm>> ParseOrderBy(const std::string& order_by);

absl::Status OrderFault(const std::string& what);

}  // namespace keyscore::rpc
