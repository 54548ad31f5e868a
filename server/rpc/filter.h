// Filters of lists: a small part of AIP-160, comparisons joined by AND.
//
//   team = "teams/north" AND total >= 60 AND kpis.churn_rate.value < 5
//
// Fields are dotted names. Operators: = != < <= > >=. Values: "text" or 'text' (with \" and \\),
// numbers, true, false, null (with = and != only).
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "facts/schema.h"
#include "store/store.h"

namespace keyscore::rpc {

enum class CompareOp { kEq, kNe, kLt, kLe, kGt, kGe };

struct Null {
  bool operator==(const Null&) const = default;
};
using Literal = std::variant<Null, bool, double, std::string>;

struct Comparison {
  std::string field;
  CompareOp op = CompareOp::kEq;
  Literal literal;
  std::string number;   // as written, when the literal is one: integers may exceed a double
  size_t position = 0;  // of the field in the filter, from 1, for messages
};

inline constexpr size_t kMaxFilterBytes = 4'096;
inline constexpr size_t kMaxComparisons = 50;

// An empty filter has no comparisons. INVALID_ARGUMENT names the word that was not understood,
// where it stands and what was expected.
absl::StatusOr<std::vector<Comparison>> ParseFilter(const std::string& filter);

// INVALID_ARGUMENT about one comparison: "filter: at 12, `total`: {what}".
absl::Status FilterFault(const Comparison& comparison, const std::string& what);

// Comparisons on a dataset's columns, their literals given the columns' types. Timestamps are
// written as text, RFC 3339 ("2017-07-01T00:00:00Z") or a date ("2017-07-01", midnight UTC).
absl::StatusOr<std::vector<store::Condition>> RowConditions(
    const std::vector<Comparison>& comparisons, const facts::DatasetSchema& schema);

}  // namespace keyscore::rpc
