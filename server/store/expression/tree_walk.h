// Holds DuckDB's serialised parse tree of one SELECT against an allow-list.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/expression/allow_list.h"

namespace keyscore::store {

// `serialized` is what json_serialize_sql returned for `SELECT <expression>`. Returns the columns
// read. INVALID_ARGUMENT for a parse error, anything but one bare select item, or a node that is
// not allowed.
absl::StatusOr<std::vector<std::vector<std::string>>> WalkSelect(
    const std::string& serialized, const ExpressionAllowList& allow_list);

}  // namespace keyscore::store
