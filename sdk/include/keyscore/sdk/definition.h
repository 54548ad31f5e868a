// What a KPI is, in words and numbers: the constant `kDefinition` of an author's struct.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string_view>

#include "keyscore/kpi_abi.h"
#include "keyscore/sdk/terms.h"

namespace keyscore::sdk {

// No target: the KPI is scored by its curve alone.
inline constexpr double kNoTarget = std::numeric_limits<double>::quiet_NaN();

// The end of a scale that has none, for Result::Within.
inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

// A short list of constants, stored in place so that the ABI can point at it. More than `kLimit`
// elements don't compile.
template <class Element, uint32_t kLimit>
struct FixedList {
  Element items[kLimit] = {};
  uint32_t count = 0;

  constexpr FixedList() = default;
  constexpr FixedList(std::initializer_list<Element> list) {
    if (list.size() > kLimit) throw "too many elements in a KPI's definition";
    for (const Element& element : list) items[count++] = element;
  }
};

// Points {value in the KPI's unit, score 0 to 100} by ascending value; the score between two points
// lies on the line through them, beyond the ends it stays. 2 to 32 points.
using Curve = FixedList<ks_curve_point, 32>;

// What a manager could do when the figure is poor; each a whole sentence.
struct Actions : FixedList<ks_str, 8> {
  constexpr Actions() = default;
  constexpr Actions(std::initializer_list<std::string_view> list) {
    if (list.size() > 8) throw "a KPI suggests at most 8 actions";
    for (std::string_view action : list) items[count++] = ToAbi(action);
  }
};

// A number that an admin may change, within [minimum, maximum].
struct Setting {
  std::string_view name = {};  // snake_case
  std::string_view description = {};
  double default_value = 0;
  double minimum = 0;
  double maximum = 0;
};

using SettingList = FixedList<Setting, 16>;

// A figure shown beside the value, by name: a detail of a row (`static constexpr Figure
// kDetails[]`) or a parameter of a fitted model (`static constexpr Figure kParameters[]`). At most
// 32 of each.
struct Figure {
  std::string_view name = {};   // snake_case
  std::string_view title = {};  // plain words
  std::string_view unit = {};   // empty = a plain number
};

// Members in the order in which designated initialisers must name them. Everything without a
// comment is plain text shown to people. What is missing or malformed is refused by the compiler
// where the library is registered (see checks.h).
struct Definition {
  std::string_view id = {};  // snake_case after the library's id and a dot: acme_health.churn
  std::string_view version = "1.0.0";  // SemVer
  std::string_view title = {};
  std::string_view description = {};
  std::string_view formula = {};
  std::string_view unit = {};  // e.g. "%", "days", "currency / account"
  Pillar pillar = Pillar::kUnset;
  Direction direction = Direction::kUnset;
  Timing timing = Timing::kUnset;
  Control control = Control::kShared;
  uint32_t cadence_days = 0;  // facts are expected at least this often; 0 = never stale
  Rollup rollup = Rollup::kPooled;
  double default_weight = 0;  // share within the pillar; 0 = not scored unless an admin says so
  Curve curve = {};
  double target = kNoTarget;            // in the KPI's unit
  std::string_view target_source = {};  // where target and curve come from
  Actions actions = {};
  SettingList settings = {};
  uint32_t capabilities = kDeterministic | kRowIndependent | kReentrant;
};

}  // namespace keyscore::sdk
