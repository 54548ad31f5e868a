// Reads the ways of writing a period, and finds the periods that one is compared with.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "measures/calendar.h"

namespace keyscore::measures {
namespace {

// Ten fiscal years with their leap days, and some: longer than any review looks back.
constexpr int64_t kMaxPeriodDays = 3660;

constexpr absl::string_view kForms =
    "write 2017-Q3, 2017-09, 2017-W05, 2017, 2017-07-15, 2017-07-01..2017-10-01 (the second date "
    "is "
    "not part of it), trailing-90d or trailing-90d@2017-10-01";

struct DayRange {
  absl::CivilDay from;
  absl::CivilDay to;  // exclusive
};

// The faults found here are phrases; ParsePeriod puts the expression and the forms around them.
absl::Status Fault(absl::string_view phrase) { return absl::InvalidArgumentError(phrase); }

std::string YearFault() {
  return absl::StrCat("year must lie in ", kMinPeriodYear, " to ", kMaxPeriodYear);
}

bool AllDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// A number of exactly `width` digits in [low, high].
std::optional<int> FixedNumber(absl::string_view text, size_t width, int low, int high) {
  int number = 0;
  if (text.size() != width || !AllDigits(text) || !absl::SimpleAtoi(text, &number)) return {};
  if (number < low || number > high) return {};
  return number;
}

absl::StatusOr<int> Year(absl::string_view text) {
  if (!AllDigits(text)) {
    return Fault(absl::StrCat("\"", absl::CHexEscape(text.substr(0, 40)), "\" is not a year"));
  }
  const std::optional<int> year = FixedNumber(text, 4, kMinPeriodYear, kMaxPeriodYear);
  if (!year) return Fault(YearFault());
  return *year;
}

absl::StatusOr<absl::CivilMonth> Month(int year, absl::string_view text) {
  const std::optional<int> month = FixedNumber(text, 2, 1, 12);
  if (!month) return Fault("month must be two digits, 01 to 12");
  return absl::CivilMonth(year, *month);
}

absl::StatusOr<absl::CivilDay> Date(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  if (parts.size() != 3) {
    return Fault(absl::StrCat("\"", absl::CHexEscape(text.substr(0, 40)),
                              "\" is not a date such as 2017-07-15"));
  }
  const absl::StatusOr<int> year = Year(parts[0]);
  if (!year.ok()) return year.status();
  const absl::StatusOr<absl::CivilMonth> month = Month(*year, parts[1]);
  if (!month.ok()) return month.status();
  const int last = (absl::CivilDay(*month + 1) - 1).day();
  const std::optional<int> day = FixedNumber(parts[2], 2, 1, last);
  if (!day) {
    return Fault(absl::StrFormat("day of %04d-%02d must be two digits, 01 to %02d", month->year(),
                                 month->month(), last));
  }
  return absl::CivilDay(month->year(), month->month(), *day);
}

// The first day that no longer belongs to a period. It may be the day after the last possible one.
absl::StatusOr<absl::CivilDay> EndDate(absl::string_view text) {
  const absl::CivilDay last_end(kMaxPeriodYear + 1, 1, 1);
  if (text == absl::FormatCivilTime(last_end)) return last_end;
  return Date(text);
}

// First day of the week 1 of a year: the week that 4 January lies in is the first one with at least
// four days in the year (ISO 8601, carried over to weeks that start on another day).
absl::CivilDay FirstWeek(int year, const Calendar& calendar) {
  constexpr absl::Weekday kWeekdays[] = {absl::Weekday::monday,    absl::Weekday::tuesday,
                                         absl::Weekday::wednesday, absl::Weekday::thursday,
                                         absl::Weekday::friday,    absl::Weekday::saturday,
                                         absl::Weekday::sunday};
  return absl::PrevWeekday(absl::CivilDay(year, 1, 5), kWeekdays[calendar.week_start - 1]);
}

absl::StatusOr<DayRange> Week(int year, absl::string_view number, const Calendar& calendar) {
  const absl::CivilDay first = FirstWeek(year, calendar);
  const int count = static_cast<int>((FirstWeek(year + 1, calendar) - first) / 7);
  const std::optional<int> week = FixedNumber(number, 2, 1, count);
  if (!week) return Fault(absl::StrCat("week of ", year, " must be two digits, 01 to ", count));
  const absl::CivilDay from = first + 7 * (*week - 1);
  return DayRange{from, from + 7};
}

// "2017", "2017-Q3", "2017-W05", "2017-09", "2017-07-15".
absl::StatusOr<DayRange> CalendarPart(absl::string_view text, const Calendar& calendar) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  const absl::StatusOr<int> year = Year(parts[0]);
  if (!year.ok()) return year.status();
  const absl::CivilMonth fiscal_start(*year, calendar.fiscal_year_start_month);
  if (parts.size() == 1) {
    return DayRange{absl::CivilDay(fiscal_start), absl::CivilDay(fiscal_start + 12)};
  }
  if (parts.size() == 2 && !parts[1].empty()) {
    absl::string_view rest = parts[1];
    if (absl::ConsumePrefix(&rest, "Q") || absl::ConsumePrefix(&rest, "q")) {
      const std::optional<int> quarter = FixedNumber(rest, 1, 1, 4);
      if (!quarter) return Fault("quarter must be 1 to 4");
      const absl::CivilMonth start = fiscal_start + 3 * (*quarter - 1);
      return DayRange{absl::CivilDay(start), absl::CivilDay(start + 3)};
    }
    if (absl::ConsumePrefix(&rest, "W") || absl::ConsumePrefix(&rest, "w")) {
      return Week(*year, rest, calendar);
    }
    const absl::StatusOr<absl::CivilMonth> month = Month(*year, rest);
    if (!month.ok()) return month.status();
    return DayRange{absl::CivilDay(*month), absl::CivilDay(*month + 1)};
  }
  const absl::StatusOr<absl::CivilDay> day = Date(text);
  if (!day.ok()) return day.status();
  return DayRange{*day, *day + 1};
}

// "2017-07-01..2017-10-01".
absl::StatusOr<DayRange> Interval(absl::string_view from_text, absl::string_view to_text) {
  from_text = absl::StripAsciiWhitespace(from_text);
  to_text = absl::StripAsciiWhitespace(to_text);
  if (from_text.empty() || to_text.empty()) return Fault("both sides of .. need a date");
  const absl::StatusOr<absl::CivilDay> from = Date(from_text);
  if (!from.ok()) return from.status();
  const absl::StatusOr<absl::CivilDay> to = EndDate(to_text);
  if (!to.ok()) return to.status();
  if (*to == *from) {
    return Fault(absl::StrCat("it is empty, as the second date is not part of it; write ",
                              absl::FormatCivilTime(*from), " for the one day"));
  }
  if (*to < *from) {
    return Fault(absl::StrCat("to (", absl::FormatCivilTime(*to), ") lies before from (",
                              absl::FormatCivilTime(*from), ")"));
  }
  return DayRange{*from, *to};
}

// What follows "trailing-": "90d" or "90d@2017-10-01".
absl::StatusOr<DayRange> Trailing(absl::string_view text, const Calendar& calendar,
                                  absl::Time now) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('@', 1));
  absl::string_view digits = parts.first;
  if (!absl::ConsumeSuffix(&digits, "d") || !AllDigits(digits)) {
    return Fault("a trailing period needs its days, as in trailing-90d");
  }
  int64_t days = 0;  // too many digits leave the largest number here
  if (!absl::SimpleAtoi(digits, &days) || days < 1 || days > kMaxPeriodDays) {
    return Fault(absl::StrCat("trailing days must be 1 to ", kMaxPeriodDays));
  }
  if (absl::StrContains(text, '@')) {
    const absl::StatusOr<absl::CivilDay> to = EndDate(parts.second);
    if (!to.ok()) return to.status();
    return DayRange{*to - days, *to};
  }
  const absl::CivilDay today = calendar.DayOf(now);
  if (today.year() < kMinPeriodYear || today.year() > kMaxPeriodYear) return Fault(YearFault());
  return DayRange{today + 1 - days, today + 1};
}

absl::StatusOr<DayRange> ParseDays(absl::string_view text, const Calendar& calendar,
                                   absl::Time now) {
  if (text.empty()) return Fault("it is empty");
  if (const size_t dots = text.find(".."); dots != absl::string_view::npos) {
    return Interval(text.substr(0, dots), text.substr(dots + 2));
  }
  if (absl::string_view rest = text; absl::ConsumePrefix(&rest, "trailing-")) {
    return Trailing(rest, calendar, now);
  }
  return CalendarPart(text, calendar);
}

Period MakePeriod(std::string expression, const DayRange& days, const Calendar& calendar) {
  return {.expression = std::move(expression),
          .from_day = days.from,
          .to_day = days.to,
          .from = calendar.StartOf(days.from),
          .to = calendar.StartOf(days.to)};
}

std::string IntervalExpression(const DayRange& days) {
  return absl::StrCat(absl::FormatCivilTime(days.from), "..", absl::FormatCivilTime(days.to));
}

}  // namespace

absl::StatusOr<Period> ParsePeriod(std::string_view expression, const Calendar& calendar,
                                   absl::Time now) {
  const absl::string_view text = absl::StripAsciiWhitespace({expression.data(), expression.size()});
  const auto refuse = [text](absl::string_view phrase) {
    // What was sent may be anything, also long; the message stays printable and short.
    const std::string shown = absl::CHexEscape(text.substr(0, 40));
    return absl::InvalidArgumentError(absl::StrCat("period \"", shown, text.size() > 40 ? "…" : "",
                                                   "\": ", phrase, "; ", kForms));
  };
  const absl::StatusOr<DayRange> days = ParseDays(text, calendar, now);
  if (!days.ok()) return refuse(days.status().message());
  // Weeks, fiscal years and trailing days reach into the years beside the one they name.
  if (days->from.year() < kMinPeriodYear || (days->to - 1).year() > kMaxPeriodYear) {
    return refuse(absl::StrCat(YearFault(), ", this is ", IntervalExpression(*days)));
  }
  if (days->to - days->from > kMaxPeriodDays) {
    return refuse(absl::StrCat("it has ", days->to - days->from, " days, at most ", kMaxPeriodDays,
                               " are allowed"));
  }
  return MakePeriod(std::string(text), *days, calendar);
}

Period PreviousPeriod(const Period& period, const Calendar& calendar) {
  const DayRange days{period.from_day - period.days(), period.from_day};
  return MakePeriod(IntervalExpression(days), days, calendar);
}

Period SamePeriodLastYear(const Period& period, const Calendar& calendar) {
  const absl::CivilDay from = period.from_day;
  const absl::CivilDay to = period.to_day;
  DayRange days;
  days.from = from.month() == 2 && from.day() == 29
                  ? absl::CivilDay(from.year() - 1, 2, 28)
                  : absl::CivilDay(from.year() - 1, from.month(), from.day());
  // The end is exclusive: before 29 February means up to the 28th, so a year earlier it is 1 March,
  // to which CivilDay carries the 29th over by itself.
  days.to = absl::CivilDay(to.year() - 1, to.month(), to.day());
  return MakePeriod(IntervalExpression(days), days, calendar);
}

}  // namespace keyscore::measures
