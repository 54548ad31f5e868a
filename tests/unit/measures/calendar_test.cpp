// Days of the reporting calendar, above all where the clock changes. Transitions are those of the
// IANA database; the instants were worked out by hand from the offsets.
#include "measures/calendar.h"

#include <gtest/gtest.h>

#include <string>

namespace keyscore::measures {
namespace {

Calendar In(const std::string& zone) {
  absl::StatusOr<Calendar> calendar = MakeCalendar(zone, 1, 1);
  EXPECT_TRUE(calendar.ok()) << calendar.status();
  return calendar.ok() ? *calendar : Calendar();
}

absl::Time Utc(int year, int month, int day, int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilMinute(year, month, day, hour, minute), absl::UTCTimeZone());
}

double HoursOf(const Calendar& calendar, absl::CivilDay day) {
  return absl::ToDoubleHours(calendar.StartOf(day + 1) - calendar.StartOf(day));
}

TEST(CalendarTest, UtcDaysStartAtMidnightUtc) {
  EXPECT_EQ(Calendar().StartOf(absl::CivilDay(2017, 7, 1)), Utc(2017, 7, 1, 0));
  EXPECT_EQ(Calendar().DayOf(Utc(2017, 7, 1, 23, 59)), absl::CivilDay(2017, 7, 1));
}

TEST(CalendarTest, BerlinSummerDayStartsTwoHoursEarlierThanUtc) {
  EXPECT_EQ(In("Europe/Berlin").StartOf(absl::CivilDay(2017, 7, 1)), Utc(2017, 6, 30, 22));
  EXPECT_EQ(In("Europe/Berlin").StartOf(absl::CivilDay(2017, 12, 1)), Utc(2017, 11, 30, 23));
}

TEST(CalendarTest, BerlinDayIs23HoursInMarchAnd25InOctober) {
  const Calendar berlin = In("Europe/Berlin");
  EXPECT_EQ(HoursOf(berlin, absl::CivilDay(2017, 3, 26)), 23);
  EXPECT_EQ(HoursOf(berlin, absl::CivilDay(2017, 10, 29)), 25);
  EXPECT_EQ(HoursOf(berlin, absl::CivilDay(2017, 10, 30)), 24);
}

TEST(CalendarTest, DayWithoutMidnightStartsAtItsFirstInstant) {
  // São Paulo, 15 October 2017: 00:00 -03 became 01:00 -02.
  const Calendar sao_paulo = In("America/Sao_Paulo");
  EXPECT_EQ(sao_paulo.StartOf(absl::CivilDay(2017, 10, 15)), Utc(2017, 10, 15, 3));
  EXPECT_EQ(HoursOf(sao_paulo, absl::CivilDay(2017, 10, 15)), 23);
  EXPECT_EQ(sao_paulo.DayOf(Utc(2017, 10, 15, 3)), absl::CivilDay(2017, 10, 15));
  EXPECT_EQ(sao_paulo.DayOf(Utc(2017, 10, 15, 2, 59)), absl::CivilDay(2017, 10, 14));
}

TEST(CalendarTest, DayWithTwoMidnightsStartsAtTheFirst) {
  // Havana, 5 November 2017: 01:00 -04 became 00:00 -05.
  const Calendar havana = In("America/Havana");
  EXPECT_EQ(havana.StartOf(absl::CivilDay(2017, 11, 5)), Utc(2017, 11, 5, 4));
  EXPECT_EQ(HoursOf(havana, absl::CivilDay(2017, 11, 5)), 25);
}

TEST(CalendarTest, HourReadTwiceAcrossMidnightBelongsToTheDayThatBegan) {
  // St John's, 7 November 2010: 00:01 -02:30 became 23:01 -03:30 of the 6th.
  const Calendar st_johns = In("America/St_Johns");
  EXPECT_EQ(st_johns.StartOf(absl::CivilDay(2010, 11, 7)), Utc(2010, 11, 7, 2, 30));
  EXPECT_EQ(st_johns.DayOf(Utc(2010, 11, 7, 2, 45)), absl::CivilDay(2010, 11, 7));
  EXPECT_EQ(st_johns.DayOf(Utc(2010, 11, 7, 2, 29)), absl::CivilDay(2010, 11, 6));
}

TEST(CalendarTest, DayThatNeverWasIsEmpty) {
  // Samoa went from 29 to 31 December 2011.
  EXPECT_EQ(HoursOf(In("Pacific/Apia"), absl::CivilDay(2011, 12, 30)), 0);
}

TEST(CalendarTest, InfiniteInstantsHaveADay) {
  EXPECT_LT(Calendar().DayOf(absl::InfinitePast()), absl::CivilDay(1, 1, 1));
  EXPECT_GT(Calendar().DayOf(absl::InfiniteFuture()), absl::CivilDay(9999, 1, 1));
}

TEST(CalendarTest, EveryInstantLiesInExactlyTheDayThatDayOfNames) {
  for (const char* zone : {"UTC", "Europe/Berlin", "America/Sao_Paulo", "America/St_Johns",
                           "Pacific/Apia", "America/Havana", "Asia/Kathmandu"}) {
    const Calendar calendar = In(zone);
    for (absl::CivilDay day(1970, 1, 1); day < absl::CivilDay(2040, 1, 1); ++day) {
      const absl::Time start = calendar.StartOf(day);
      const absl::Time end = calendar.StartOf(day + 1);
      ASSERT_LE(start, end) << zone << " " << day;
      if (start == end) continue;
      ASSERT_EQ(calendar.DayOf(start), day) << zone;
      ASSERT_EQ(calendar.DayOf(start + (end - start) / 2), day) << zone;
      ASSERT_EQ(calendar.DayOf(end - absl::Microseconds(1)), day) << zone;
    }
  }
}

TEST(MakeCalendarTest, RefusesWhatIsOutOfRangeByName) {
  for (const char* zone : {"Europe/Berlinn", "", "../etc/passwd"}) {
    const absl::Status status = MakeCalendar(zone, 1, 1).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << zone;
    EXPECT_EQ(status.message().substr(0, 10), "time_zone:") << status;
  }
  for (const int week_start : {0, 8, -1}) {
    const absl::Status status = MakeCalendar("UTC", week_start, 1).status();
    EXPECT_EQ(status.message().substr(0, 11), "week_start:") << status;
  }
  for (const int month : {0, 13}) {
    const absl::Status status = MakeCalendar("UTC", 1, month).status();
    EXPECT_EQ(status.message().substr(0, 24), "fiscal_year_start_month:") << status;
  }
}

TEST(MakeCalendarTest, KeepsWhatItWasGiven) {
  const absl::StatusOr<Calendar> calendar = MakeCalendar("Europe/Berlin", 7, 4);
  ASSERT_TRUE(calendar.ok());
  EXPECT_EQ(calendar->time_zone_name, "Europe/Berlin");
  EXPECT_EQ(calendar->time_zone.name(), "Europe/Berlin");
  EXPECT_EQ(calendar->week_start, 7);
  EXPECT_EQ(calendar->fiscal_year_start_month, 4);
}

}  // namespace
}  // namespace keyscore::measures
