// Datasets that a library brings along: a struct with two constants,
//
//   struct Calls {
//     static constexpr Dataset kDataset = {.id = "acme_health.call", .title = "Support calls",
//                                          .description = "Calls to the support desk.",
//                                          .occurred_at = "when the call ended"};
//     static constexpr Column kColumns[] = {
//         Text("result", "how it ended").OneOf({"solved", "open"}),
//         Real("minutes", "length of the call").Between(0, 600).Nullable()};
//   };
//
// registered in the same list as the KPIs: KEYSCORE_LIBRARY("acme_health", ..., Calls, Churn).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "keyscore/sdk/definition.h"
#include "keyscore/sdk/terms.h"

namespace keyscore::sdk {

// fact_id, account_id, manager_id and occurred_at are there without being declared.
struct Dataset {
  std::string_view id = {};  // snake_case after the library's id and a dot
  std::string_view title = {};
  std::string_view description = {};
  std::string_view occurred_at = {};  // what the instant means, e.g. "when the call ended"
};

struct Column {
  std::string_view name = {};
  std::string_view description = {};
  uint32_t type = KS_TYPE_DOUBLE;
  bool nullable = false;
  bool has_range = false;
  double minimum = 0;
  double maximum = 0;
  std::string_view references = {};
  FixedList<ks_str, 32> allowed_values = {};

  // A fact may leave it out. Otherwise a fact without it is rejected.
  constexpr Column Nullable() const {
    Column copy = *this;
    copy.nullable = true;
    return copy;
  }
  // Numbers only: a value outside [low, high] is rejected.
  constexpr Column Between(double low, double high) const {
    Column copy = *this;
    copy.has_range = true;
    copy.minimum = low;
    copy.maximum = high;
    return copy;
  }
  // Text only: any other value is rejected. At most 32.
  constexpr Column OneOf(std::initializer_list<std::string_view> values) const {
    if (values.size() > 32) throw "a column lists at most 32 allowed values";
    Column copy = *this;
    copy.allowed_values = {};
    for (std::string_view value : values) {
      copy.allowed_values.items[copy.allowed_values.count++] = ToAbi(value);
    }
    return copy;
  }
  // Text only: holds the key of a row of that dataset, e.g. "contact".
  constexpr Column References(std::string_view dataset_id) const {
    Column copy = *this;
    copy.references = dataset_id;
    return copy;
  }
};

constexpr Column Flag(std::string_view name, std::string_view description) {
  return {.name = name, .description = description, .type = KS_TYPE_BOOL};
}
constexpr Column Integer(std::string_view name, std::string_view description) {
  return {.name = name, .description = description, .type = KS_TYPE_INT64};
}
constexpr Column Real(std::string_view name, std::string_view description) {
  return {.name = name, .description = description, .type = KS_TYPE_DOUBLE};
}
constexpr Column Text(std::string_view name, std::string_view description) {
  return {.name = name, .description = description, .type = KS_TYPE_STRING};
}
constexpr Column Instant(std::string_view name, std::string_view description) {
  return {.name = name, .description = description, .type = KS_TYPE_TIMESTAMP};
}

}  // namespace keyscore::sdk
