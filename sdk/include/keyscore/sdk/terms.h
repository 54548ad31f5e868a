// The words a KPI's definition is made of: pillar, direction, timing, window and so on. Each
// enumerator carries the number of the C ABI (keyscore/kpi_abi.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "keyscore/kpi_abi.h"

namespace keyscore::sdk {

// Which of the four pillars of the 3R+1 model the KPI belongs to. kUnset is refused.
enum class Pillar : uint32_t {
  kUnset = 0,
  kRelationships = KS_PILLAR_RELATIONSHIPS,
  kRevenue = KS_PILLAR_REVENUE,
  kRetention = KS_PILLAR_RETENTION,
  kLearning = KS_PILLAR_LEARNING,
};

// Which way is good. kRangeIsBest: the curve rises and then falls. kUnset is refused.
enum class Direction : uint32_t {
  kUnset = 0,
  kHigherIsBetter = KS_HIGHER_IS_BETTER,
  kLowerIsBetter = KS_LOWER_IS_BETTER,
  kRangeIsBest = KS_RANGE_IS_BEST,
};

// Leading: it moves before the outcome and can still be acted on. Lagging: it is the outcome.
enum class Timing : uint32_t { kUnset = 0, kLeading = KS_LEADING, kLagging = KS_LAGGING };

// How far the manager controls the figure.
enum class Control : uint32_t {
  kHigh = KS_CONTROL_HIGH,
  kShared = KS_CONTROL_SHARED,
  kLow = KS_CONTROL_LOW,
};

// kPooled: one row per subject, inputs over all its facts. kAccounts: one row per account, then
// the host takes the mean weighted with Result::weight.
enum class Rollup : uint32_t { kPooled = KS_ROLLUP_POOLED, kAccounts = KS_ROLLUP_ACCOUNTS };

enum class Aggregate : uint32_t {
  kCount = KS_COUNT,
  kSum = KS_SUM,
  kMin = KS_MIN,
  kMax = KS_MAX,
  kFirst = KS_FIRST,
  kLast = KS_LAST,
  kCountDistinct = KS_COUNT_DISTINCT,
  kList = KS_LIST,
};

// Windows relative to the asked period P = [from, to); see ks_window.
enum class Window : uint32_t {
  kPeriod = KS_WINDOW_PERIOD,
  kPreviousPeriod = KS_WINDOW_PREVIOUS_PERIOD,
  kSamePeriodLastYear = KS_WINDOW_SAME_PERIOD_LAST_YEAR,
  kTrailing = KS_WINDOW_TRAILING,
  kUntilStart = KS_WINDOW_UNTIL_START,
  kUntilEnd = KS_WINDOW_UNTIL_END,
  kAtStart = KS_WINDOW_AT_START,
  kAtEnd = KS_WINDOW_AT_END,
  kFollowing = KS_WINDOW_FOLLOWING,
};

// What the host may take for granted about a KPI; combine with |.
enum Capability : uint32_t {
  kDeterministic = KS_CAP_DETERMINISTIC,     // same input, same bits
  kRowIndependent = KS_CAP_ROW_INDEPENDENT,  // a row does not look at the others
  kReentrant = KS_CAP_REENTRANT,             // may run in several threads at once
};

enum class SubjectKind : uint32_t {
  kManager = KS_SUBJECT_MANAGER,
  kAccount = KS_SUBJECT_ACCOUNT,
  kTeam = KS_SUBJECT_TEAM,
  kOrganization = KS_SUBJECT_ORGANIZATION,
};

enum class State : uint8_t {
  kNoData = KS_STATE_NO_DATA,
  kValue = KS_STATE_VALUE,
  kNotApplicable = KS_STATE_NOT_APPLICABLE,
  kError = KS_STATE_ERROR,
};

enum class LogLevel : uint32_t {
  kDebug = KS_LOG_DEBUG,
  kInfo = KS_LOG_INFO,
  kWarning = KS_LOG_WARNING,
  kError = KS_LOG_ERROR,
};

// Borrows `text`; the ABI's string of the same bytes.
constexpr ks_str ToAbi(std::string_view text) { return {text.data(), text.size()}; }

// Borrows `text`; an absent string is empty.
constexpr std::string_view FromAbi(ks_str text) {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}

}  // namespace keyscore::sdk
