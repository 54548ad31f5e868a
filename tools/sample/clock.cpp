// The proleptic Gregorian calendar and the seasons of the sample.
#include "sample/clock.h"

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "fmt/format.h"

namespace keyscore::sample {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);

}  // namespace

Day DayOf(Date date) {
  return static_cast<Day>(absl::CivilDay(date.year, date.month, date.day) - kEpoch);
}

Date DateOf(Day day) {
  const absl::CivilDay civil = kEpoch + day;
  return {static_cast<int>(civil.year()), civil.month(), civil.day()};
}

Day AddMonths(Day day, int months) {
  const absl::CivilDay civil = kEpoch + day;
  const absl::CivilMonth month = absl::CivilMonth(civil) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  const absl::CivilDay same = absl::CivilDay(month) + (civil.day() - 1);
  return static_cast<Day>(std::min(same, last) - kEpoch);
}

absl::StatusOr<Day> ParseDay(std::string_view text) {
  absl::CivilDay civil;
  if (!absl::ParseCivilTime(std::string(text), &civil) || civil.year() < 1980 ||
      civil.year() > 2199) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' is no day between 1980-01-01 and 2199-12-31; write YYYY-MM-DD", text));
  }
  return static_cast<Day>(civil - kEpoch);
}

std::string FormatDay(Day day) {
  const Date date = DateOf(day);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

int Activity(Day day) {
  static constexpr int kWeekday[] = {122, 138, 136, 130, 104, 9, 4};  // Monday first
  static constexpr int kMonth[] = {98, 100, 106, 100, 98, 102, 88, 58, 110, 116, 124, 100};
  const Date date = DateOf(day);
  // 1970-01-01 was a Thursday.
  const int weekday = (day % 7 + 3 + 7) % 7;
  int percent = kWeekday[weekday] * kMonth[date.month - 1] / 100;
  if (date.month == 12 && date.day >= 23) percent = percent * 18 / 100;
  if (date.month == 1 && date.day <= 2) percent = percent * 12 / 100;
  return percent;
}

int BuyingSeason(Day day) {
  static constexpr int kMonth[] = {90, 92, 102, 94, 96, 104, 92, 76, 106, 112, 120, 128};
  return kMonth[DateOf(day).month - 1];
}

Instant WorkingTime(Rng& rng, Day day) {
  const size_t hour = rng.Pick(
      {3, 1, 1, 1, 1, 3, 12, 55, 110, 140, 130, 90, 60, 100, 130, 115, 70, 30, 10, 6, 5, 5, 5, 6});
  return AfterSeconds(Midnight(day), static_cast<int64_t>(hour) * 3600 + rng.Below(3600));
}

Instant AnyTime(Rng& rng, Day day) { return AfterSeconds(Midnight(day), rng.Below(86'400)); }

}  // namespace keyscore::sample
