// The reporting calendar: which instants a day, a quarter or a fiscal year cover.
//
// Instants are UTC. Windows are whole days of one IANA time zone; a day runs from its first instant
// there to the next day's, so it may last 23 or 25 hours.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace keyscore::measures {

struct Calendar {
  std::string time_zone_name = "UTC";
  absl::TimeZone time_zone = absl::UTCTimeZone();
  int week_start = 1;               // 1 = Monday … 7 = Sunday
  int fiscal_year_start_month = 1;  // a fiscal year is named by the year in which it starts

  // First instant of the day.
  absl::Time StartOf(absl::CivilDay day) const;
  absl::CivilDay DayOf(absl::Time instant) const;
};

// INVALID_ARGUMENT for an unknown zone, a week start outside 1–7, a month outside 1–12.
absl::StatusOr<Calendar> MakeCalendar(std::string_view time_zone, int week_start,
                                      int fiscal_year_start_month);

// An asked period, P in the catalogue: whole days [from, to).
struct Period {
  std::string expression;
  absl::CivilDay from_day;
  absl::CivilDay to_day;  // exclusive
  absl::Time from;
  absl::Time to;

  int64_t days() const { return to_day - from_day; }
};

// Years that a period may touch.
inline constexpr int kMinPeriodYear = 1970;
inline constexpr int kMaxPeriodYear = 2199;

// "2017-Q3", "2017-09", "2017-W05" (a week that starts on the calendar's week start; week 1 holds
// the year's fourth weekday-from-start, as ISO 8601 does for Monday), "2017" (quarters and years
// are fiscal), "2017-07-01..2017-10-01" (half-open), "2017-07-15" (one day), "trailing-90d" (ends
// with today, `now`'s day), "trailing-90d@2017-10-01" (ends before that day). INVALID_ARGUMENT says
// what is wrong and what the forms are; an empty or backward interval, a year out of range and more
// than 3,660 days are errors.
absl::StatusOr<Period> ParsePeriod(std::string_view expression, const Calendar& calendar,
                                   absl::Time now);

// P⁻ of the catalogue: the period of the same number of days that ends where `period` starts.
Period PreviousPeriod(const Period& period, const Calendar& calendar);

// The same period one calendar year earlier (29 February becomes 28 February; a month, quarter or
// year stays whole).
Period SamePeriodLastYear(const Period& period, const Calendar& calendar);

}  // namespace keyscore::measures
