// Days and instants of the sample, and how busy an organisation is on them. UTC throughout.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sample/rng.h"

namespace keyscore::sample {

// Days since 1970-01-01.
using Day = int32_t;

// Microseconds since 1970-01-01T00:00:00Z.
struct Instant {
  int64_t micros = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr)
  friend auto operator<=>(const Instant&, const Instant&) = default;
};

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
// Later than anything that happens: still open.
inline constexpr Instant kNever{INT64_MAX};

struct Date {
  int year;
  int month;  // 1 to 12
  int day;    // 1 to 31
};

Day DayOf(Date date);
Date DateOf(Day day);
inline Day DayOf(Instant instant) { return static_cast<Day>(instant.micros / kMicrosPerDay); }
// The same day of the month `months` later; the month's last day where there is none.
Day AddMonths(Day day, int months);
// "2025-12-31".
absl::StatusOr<Day> ParseDay(std::string_view text);
std::string FormatDay(Day day);

inline Instant Midnight(Day day) { return {day * kMicrosPerDay}; }
inline Instant AfterSeconds(Instant instant, int64_t seconds) {
  return {instant.micros + seconds * kMicrosPerSecond};
}
inline Instant AfterDays(Instant instant, int64_t days) {
  return {instant.micros + days * kMicrosPerDay};
}

// How busy a day is, 100 = an average day: weekdays over weekends, an August lull, a rush before
// the year's end and silence after it.
int Activity(Day day);
// The season of money alone: how much is bought in a month, 100 = an average one.
int BuyingSeason(Day day);

// A moment of the day, most of them in working hours, a few at night.
Instant WorkingTime(Rng& rng, Day day);
// Any moment of the day.
Instant AnyTime(Rng& rng, Day day);

}  // namespace keyscore::sample
