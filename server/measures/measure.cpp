// From the window that a KPI declares to the instants that a store understands.
#include "measures/measure.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace keyscore::measures {
namespace {

// As the plugin ABI allows: no window is longer than the longest period.
constexpr int kMaxWindowDays = 3660;

bool IsCounted(Window window) {
  return window == Window::kTrailing || window == Window::kFollowing;
}

bool IsInstant(Window window) { return window == Window::kAtStart || window == Window::kAtEnd; }

}  // namespace

Interval ResolveWindow(const MeasureSpec& spec, const Period& period, const Calendar& calendar) {
  switch (spec.window) {
    case Window::kPeriod:
      return {period.from, period.to};
    case Window::kPreviousPeriod: {
      const Period previous = PreviousPeriod(period, calendar);
      return {previous.from, previous.to};
    }
    case Window::kSamePeriodLastYear: {
      const Period last_year = SamePeriodLastYear(period, calendar);
      return {last_year.from, last_year.to};
    }
    case Window::kTrailing:
      return {calendar.StartOf(period.to_day - spec.window_days), period.to};
    case Window::kUntilStart:
      return {absl::InfinitePast(), period.from};
    case Window::kUntilEnd:
      return {absl::InfinitePast(), period.to};
    case Window::kAtStart:
      return {period.from, period.from};
    case Window::kAtEnd:
      return {period.to, period.to};
    case Window::kFollowing:
      return {period.to, calendar.StartOf(period.to_day + spec.window_days)};
  }
  return {period.from, period.to};
}

store::ResolvedMeasure Resolve(const MeasureSpec& spec, const Period& period,
                               const Calendar& calendar) {
  const Interval interval = ResolveWindow(spec, period, calendar);
  const bool instant = IsInstant(spec.window);
  return {.dataset = spec.dataset,
          .aggregate = spec.aggregate,
          .value = spec.value,
          .filter = spec.filter,
          .time_column = spec.time_column,
          .end_column = instant ? spec.end_column : "",
          .window = instant ? store::WindowKind::kAt : store::WindowKind::kBetween,
          .from = interval.from,
          .to = interval.to,
          .period_from = period.from,
          .period_to = period.to};
}

absl::Status CheckSpec(const MeasureSpec& spec) {
  const auto fault = [&spec](absl::string_view field, absl::string_view phrase) {
    return absl::InvalidArgumentError(absl::StrCat(
        "input ", spec.name.empty() ? "(unnamed)" : spec.name, ": ", field, ": ", phrase));
  };
  if (spec.name.empty()) return fault("name", "is missing");
  if (spec.dataset.empty()) return fault("dataset", "is missing");
  if (spec.time_column.empty()) return fault("time_column", "is missing");
  if (spec.value.empty() && spec.aggregate != store::Aggregate::kCount) {
    return fault("value", "is missing; only a count works without an expression");
  }
  if (IsCounted(spec.window)) {
    if (spec.window_days < 1 || spec.window_days > kMaxWindowDays) {
      return fault("window_days",
                   absl::StrCat("must be 1 to ", kMaxWindowDays, ", not ", spec.window_days));
    }
  } else if (spec.window_days != 0) {
    return fault("window_days", "goes with a trailing or following window only");
  }
  if (IsInstant(spec.window) && spec.end_column.empty()) {
    return fault("end_column", "is missing; a window at an instant asks for spans that contain it");
  }
  if (!IsInstant(spec.window) && !spec.end_column.empty()) {
    return fault("end_column", "goes with the windows at_start and at_end only");
  }
  return absl::OkStatus();
}

}  // namespace keyscore::measures
