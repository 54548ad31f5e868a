// A measure as a KPI declares it, and its resolution to instants.
#pragma once

#include <cstdint>
#include <string>

#include "measures/calendar.h"
#include "store/store.h"

namespace keyscore::measures {

// The windows of the design, section 3; at_start and at_end ask for facts whose span contains the
// instant, following(n days) for those of the n days that begin at `to`.
enum class Window {
  kPeriod,
  kPreviousPeriod,
  kSamePeriodLastYear,
  kTrailing,
  kUntilStart,
  kUntilEnd,
  kAtStart,
  kAtEnd,
  kFollowing,
};

struct MeasureSpec {
  std::string name;  // unique within its KPI
  std::string title;
  std::string dataset;
  store::Aggregate aggregate = store::Aggregate::kCount;
  Window window = Window::kPeriod;
  int window_days = 0;  // kTrailing and kFollowing only
  std::string value;
  std::string filter;
  std::string time_column = "occurred_at";
  std::string end_column;
  std::string unit;
  bool optional = false;  // works although its dataset never held a fact
};

// Start and end of the spec's window; InfinitePast() where it is open, start == end for an instant.
struct Interval {
  absl::Time from;
  absl::Time to;
};
Interval ResolveWindow(const MeasureSpec& spec, const Period& period, const Calendar& calendar);

// The measure with its window as instants, ready for a store.
store::ResolvedMeasure Resolve(const MeasureSpec& spec, const Period& period,
                               const Calendar& calendar);

// The checks that need no parser: the window's own fields are given and sensible, value and filter
// are there where the aggregate needs them. INVALID_ARGUMENT names the field.
absl::Status CheckSpec(const MeasureSpec& spec);

}  // namespace keyscore::measures
