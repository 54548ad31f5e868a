// The reporting calendar: days of a time zone, with its clock changes.
#include "measures/calendar.h"

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace keyscore::measures {

absl::Time Calendar::StartOf(absl::CivilDay day) const {
  // FromCivil gives what the contract asks for where the clock changes at midnight: the instant of
  // the change if midnight is skipped, the earlier one if it comes twice.
  return absl::FromCivil(day, time_zone);
}

absl::CivilDay Calendar::DayOf(absl::Time instant) const {
  const absl::CivilDay day = absl::ToCivilDay(instant, time_zone);
  if (instant == absl::InfinitePast() || instant == absl::InfiniteFuture()) return day;
  // Clocks that were set back across midnight (Newfoundland until 2011, at 00:01) read yesterday's
  // last hour once more after today began. That hour is today's, or days would overlap.
  return instant >= StartOf(day + 1) ? day + 1 : day;
}

absl::StatusOr<Calendar> MakeCalendar(std::string_view time_zone, int week_start,
                                      int fiscal_year_start_month) {
  Calendar calendar;
  calendar.time_zone_name = std::string(time_zone);
  calendar.week_start = week_start;
  calendar.fiscal_year_start_month = fiscal_year_start_month;
  // The empty name would be read as UTC, which nobody asked for.
  if (time_zone.empty() || !absl::LoadTimeZone(calendar.time_zone_name, &calendar.time_zone)) {
    return absl::InvalidArgumentError(
        absl::StrCat("time_zone: \"", absl::CHexEscape(calendar.time_zone_name),
                     "\" is not known; give an IANA name such as Europe/Berlin or UTC"));
  }
  if (week_start < 1 || week_start > 7) {
    return absl::InvalidArgumentError(
        absl::StrCat("week_start: must be 1 (Monday) to 7 (Sunday), not ", week_start));
  }
  if (fiscal_year_start_month < 1 || fiscal_year_start_month > 12) {
    return absl::InvalidArgumentError(
        absl::StrCat("fiscal_year_start_month: must be 1 (January) to 12 (December), not ",
                     fiscal_year_start_month));
  }
  return calendar;
}

}  // namespace keyscore::measures
