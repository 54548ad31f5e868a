// Every way of writing a period, and what each refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "measures/calendar.h"

namespace keyscore::measures {
namespace {

using ::testing::HasSubstr;

const absl::Time kNow =
    absl::FromCivil(absl::CivilMinute(2017, 11, 20, 12, 30), absl::UTCTimeZone());

Calendar MakeOrDie(const std::string& zone, int week_start, int fiscal_month) {
  absl::StatusOr<Calendar> calendar = MakeCalendar(zone, week_start, fiscal_month);
  EXPECT_TRUE(calendar.ok()) << calendar.status();
  return calendar.ok() ? *calendar : Calendar();
}

// "FROM..TO" of what an expression means, or the error's message.
std::string Days(const std::string& expression, const Calendar& calendar = Calendar(),
                 absl::Time now = kNow) {
  const absl::StatusOr<Period> period = ParsePeriod(expression, calendar, now);
  if (!period.ok()) return std::string(period.status().message());
  return absl::StrCat(absl::FormatCivilTime(period->from_day), "..",
                      absl::FormatCivilTime(period->to_day));
}

std::string Fault(const std::string& expression, const Calendar& calendar = Calendar()) {
  const absl::StatusOr<Period> period = ParsePeriod(expression, calendar, kNow);
  EXPECT_EQ(period.status().code(), absl::StatusCode::kInvalidArgument) << expression;
  return std::string(period.status().message());
}

Period Parsed(const std::string& expression, const Calendar& calendar = Calendar()) {
  const absl::StatusOr<Period> period = ParsePeriod(expression, calendar, kNow);
  EXPECT_TRUE(period.ok()) << period.status();
  return period.ok() ? *period : Period();
}

TEST(ParsePeriodTest, ReadsQuarters) {
  EXPECT_EQ(Days("2017-Q1"), "2017-01-01..2017-04-01");
  EXPECT_EQ(Days("2017-Q3"), "2017-07-01..2017-10-01");
  EXPECT_EQ(Days("2017-Q4"), "2017-10-01..2018-01-01");
  EXPECT_EQ(Days("2017-q4"), "2017-10-01..2018-01-01");
}

TEST(ParsePeriodTest, ReadsMonthsOfEveryLength) {
  EXPECT_EQ(Days("2017-09"), "2017-09-01..2017-10-01");
  EXPECT_EQ(Days("2017-12"), "2017-12-01..2018-01-01");
  EXPECT_EQ(Parsed("2017-02").days(), 28);
  EXPECT_EQ(Parsed("2016-02").days(), 29);
  EXPECT_EQ(Parsed("2000-02").days(), 29);
  EXPECT_EQ(Parsed("2100-02").days(), 28);
}

TEST(ParsePeriodTest, ReadsYears) {
  EXPECT_EQ(Days("2017"), "2017-01-01..2018-01-01");
  EXPECT_EQ(Parsed("2016").days(), 366);
}

TEST(ParsePeriodTest, ReadsOneDay) {
  EXPECT_EQ(Days("2017-07-15"), "2017-07-15..2017-07-16");
  EXPECT_EQ(Days("2016-02-29"), "2016-02-29..2016-03-01");
}

TEST(ParsePeriodTest, ReadsIsoWeeks) {
  // 1 January 2017 was a Sunday, 1 January 2015 a Thursday.
  EXPECT_EQ(Days("2017-W01"), "2017-01-02..2017-01-09");
  EXPECT_EQ(Days("2017-W05"), "2017-01-30..2017-02-06");
  EXPECT_EQ(Days("2017-W52"), "2017-12-25..2018-01-01");
  EXPECT_EQ(Days("2015-W01"), "2014-12-29..2015-01-05");
  EXPECT_EQ(Days("2015-W53"), "2015-12-28..2016-01-04");
}

TEST(ParsePeriodTest, WeeksFollowTheWeekStart) {
  const Calendar sunday = MakeOrDie("UTC", 7, 1);
  EXPECT_EQ(Days("2017-W01", sunday), "2017-01-01..2017-01-08");
  // The year's first Saturday-to-Friday week with four days or more starts on 31 December 2016.
  EXPECT_EQ(Days("2017-W01", MakeOrDie("UTC", 6, 1)), "2016-12-31..2017-01-07");
}

TEST(ParsePeriodTest, WeeksFollowOneAnotherAcrossYearsAndHaveFourDaysInTheirs) {
  for (int week_start = 1; week_start <= 7; ++week_start) {
    const Calendar calendar = MakeOrDie("UTC", week_start, 1);
    absl::CivilDay expected;
    for (int year = 1971; year <= 2198; ++year) {
      for (int week = 1; week <= 53; ++week) {
        const absl::StatusOr<Period> period =
            ParsePeriod(absl::StrCat(year, "-W", week < 10 ? "0" : "", week), calendar, kNow);
        if (!period.ok()) {
          ASSERT_EQ(week, 53) << period.status();
          continue;
        }
        if (year > 1971 || week > 1) {
          ASSERT_EQ(period->from_day, expected) << period->expression;
        }
        // The fourth day decides which year a week belongs to.
        ASSERT_EQ((period->from_day + 3).year(), year) << period->expression;
        ASSERT_EQ(period->days(), 7);
        expected = period->to_day;
      }
    }
  }
}

TEST(ParsePeriodTest, ReadsHalfOpenIntervals) {
  EXPECT_EQ(Days("2017-07-01..2017-10-01"), "2017-07-01..2017-10-01");
  EXPECT_EQ(Days("2017-07-01..2017-07-02"), "2017-07-01..2017-07-02");
  EXPECT_EQ(Days("1970-01-01..1970-01-02"), "1970-01-01..1970-01-02");
  EXPECT_EQ(Days("2199-12-31..2200-01-01"), "2199-12-31..2200-01-01");
}

TEST(ParsePeriodTest, TrailingDaysEndWithToday) {
  EXPECT_EQ(Days("trailing-1d"), "2017-11-20..2017-11-21");
  EXPECT_EQ(Days("trailing-90d"), "2017-08-23..2017-11-21");
}

TEST(ParsePeriodTest, TodayIsTheReportingZonesDay) {
  // 23:30 UTC on the 20th is 00:30 on the 21st in Berlin.
  const absl::Time late = kNow + absl::Hours(11);
  EXPECT_EQ(Days("trailing-1d", MakeOrDie("Europe/Berlin", 1, 1), late), "2017-11-21..2017-11-22");
  EXPECT_EQ(Days("trailing-1d", Calendar(), late), "2017-11-20..2017-11-21");
}

TEST(ParsePeriodTest, TrailingDaysAtADateEndBeforeIt) {
  EXPECT_EQ(Days("trailing-90d@2017-10-01"), "2017-07-03..2017-10-01");
  EXPECT_EQ(Days("trailing-366d@2017-01-01"), "2016-01-01..2017-01-01");
  EXPECT_EQ(Days("trailing-1d@2200-01-01"), "2199-12-31..2200-01-01");
}

TEST(ParsePeriodTest, FiscalYearFromAprilShiftsYearsAndQuartersButNotMonths) {
  const Calendar april = MakeOrDie("UTC", 1, 4);
  EXPECT_EQ(Days("2017", april), "2017-04-01..2018-04-01");
  EXPECT_EQ(Days("2017-Q1", april), "2017-04-01..2017-07-01");
  EXPECT_EQ(Days("2017-Q3", april), "2017-10-01..2018-01-01");
  EXPECT_EQ(Days("2017-Q4", april), "2018-01-01..2018-04-01");
  EXPECT_EQ(Days("2017-09", april), "2017-09-01..2017-10-01");
  EXPECT_EQ(Days("2017-W05", april), "2017-01-30..2017-02-06");
}

TEST(ParsePeriodTest, InstantsAreThoseOfTheReportingZone) {
  const Period quarter = Parsed("2017-Q1", MakeOrDie("Europe/Berlin", 1, 1));
  EXPECT_EQ(absl::FormatTime(quarter.from, absl::UTCTimeZone()), "2016-12-31T23:00:00+00:00");
  EXPECT_EQ(absl::FormatTime(quarter.to, absl::UTCTimeZone()), "2017-03-31T22:00:00+00:00");
  EXPECT_EQ(quarter.days(), 90);  // although one of them has 23 hours
  const Period october = Parsed("2017-10-29", MakeOrDie("Europe/Berlin", 1, 1));
  EXPECT_EQ(october.to - october.from, absl::Hours(25));
}

TEST(ParsePeriodTest, KeepsTheExpressionWithoutOuterSpace) {
  EXPECT_EQ(Parsed(" 2017-Q3\n").expression, "2017-Q3");
  EXPECT_EQ(Days("2017-07-01 .. 2017-10-01"), "2017-07-01..2017-10-01");
}

TEST(ParsePeriodTest, RefusesQuartersMonthsWeeksAndDaysThatAreNot) {
  EXPECT_THAT(Fault("2017-Q5"), HasSubstr("period \"2017-Q5\": quarter must be 1 to 4"));
  EXPECT_THAT(Fault("2017-Q0"), HasSubstr("quarter must be 1 to 4"));
  EXPECT_THAT(Fault("2017-Q"), HasSubstr("quarter must be 1 to 4"));
  EXPECT_THAT(Fault("2017-Q99999999999999999999"), HasSubstr("quarter must be 1 to 4"));
  EXPECT_THAT(Fault("2017-13"), HasSubstr("month must be two digits, 01 to 12"));
  EXPECT_THAT(Fault("2017-00"), HasSubstr("month must be two digits, 01 to 12"));
  EXPECT_THAT(Fault("2017-9"), HasSubstr("month must be two digits, 01 to 12"));
  EXPECT_THAT(Fault("2017-W53"), HasSubstr("week of 2017 must be two digits, 01 to 52"));
  EXPECT_THAT(Fault("2015-W54"), HasSubstr("week of 2015 must be two digits, 01 to 53"));
  EXPECT_THAT(Fault("2017-02-29"), HasSubstr("day of 2017-02 must be two digits, 01 to 28"));
  EXPECT_THAT(Fault("2017-04-31"), HasSubstr("day of 2017-04 must be two digits, 01 to 30"));
}

TEST(ParsePeriodTest, RefusesYearsOutsideTheRange) {
  for (const char* expression :
       {"9999", "1969", "2200", "0000", "217", "20170", "99999999999999999999999999", "9999-Q1",
        "9999-12-31..9999-12-31", "2017-01-01..9999-01-01", "2017-01-01..2200-01-02",
        "trailing-90d@9999-01-01"}) {
    EXPECT_THAT(Fault(expression), HasSubstr("year must lie in 1970 to 2199"));
  }
}

TEST(ParsePeriodTest, RefusesPeriodsThatReachOutOfTheRange) {
  EXPECT_THAT(Fault("trailing-90d@1970-01-10"), HasSubstr("year must lie in 1970 to 2199"));
  EXPECT_THAT(Fault("1970-W01"), HasSubstr("this is 1969-12-29..1970-01-05"));
  EXPECT_THAT(Fault("2199", MakeOrDie("UTC", 1, 4)), HasSubstr("this is 2199-04-01..2200-04-01"));
  EXPECT_THAT(Days("trailing-1d", Calendar(), absl::InfiniteFuture()), HasSubstr("year must lie"));
  EXPECT_THAT(Days("trailing-1d", Calendar(), absl::InfinitePast()), HasSubstr("year must lie"));
}

TEST(ParsePeriodTest, RefusesBackwardAndEmptyIntervals) {
  EXPECT_THAT(Fault("2017-10-01..2017-07-01"),
              HasSubstr("to (2017-07-01) lies before from (2017-10-01)"));
  EXPECT_THAT(Fault("2017-10-01..2017-10-01"), HasSubstr("it is empty"));
}

TEST(ParsePeriodTest, RefusesMoreThan3660Days) {
  EXPECT_EQ(Parsed("trailing-3660d").days(), 3660);
  EXPECT_THAT(Fault("trailing-3661d"), HasSubstr("trailing days must be 1 to 3660"));
  EXPECT_THAT(Fault("trailing-0d"), HasSubstr("trailing days must be 1 to 3660"));
  EXPECT_THAT(Fault("trailing-99999999999999999999999d"), HasSubstr("must be 1 to 3660"));
  // 2000-01-01 + 3660 days: ten years with three leap days (3653) and seven days more.
  EXPECT_EQ(Days("2000-01-01..2010-01-08"), "2000-01-01..2010-01-08");
  EXPECT_THAT(Fault("2000-01-01..2010-01-09"), HasSubstr("it has 3661 days, at most 3660"));
}

TEST(ParsePeriodTest, RefusesWhatIsNoPeriodAndSaysTheForms) {
  for (const char* expression : {"",
                                 "   ",
                                 "..",
                                 "2017-01-01..",
                                 "..2017-01-01",
                                 "2017-",
                                 "-2017",
                                 "2017--Q1",
                                 "Q3-2017",
                                 "2017Q3",
                                 "last quarter",
                                 "trailing-d",
                                 "trailing--1d",
                                 "trailing-+1d",
                                 "trailing-90",
                                 "trailing-90d@",
                                 "trailing-90d@2017",
                                 "trailing-90d@2017-10-01@x",
                                 "2017-01-01...2017-02-01",
                                 "2017-01-01..2017-02-01..2017-03-01",
                                 "2017 -Q1",
                                 "2017-Q 1",
                                 "+2017",
                                 "2017-07-15-01",
                                 "2017-07-1x"}) {
    EXPECT_THAT(Fault(expression), HasSubstr("write 2017-Q3")) << expression;
  }
}

TEST(ParsePeriodTest, ErrorsStayShortAndPrintable) {
  const std::string fault = Fault(std::string(100'000, '\xff'));
  EXPECT_LT(fault.size(), 800);
  EXPECT_EQ(fault.find('\xff'), std::string::npos);
}

TEST(ParsePeriodTest, RandomTextEitherFailsOrIsASoundPeriod) {
  std::mt19937 random(20170701);
  const std::string alphabet = "0123456789012-.QWqwd@trailing 7";
  const std::string seeds[] = {"2017-Q3", "2017-07-01..2017-10-01", "trailing-90d@2017-10-01",
                               "2017-W05", "2017-09"};
  int sound = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text = seeds[random() % 5];
    for (int edits = 1 + random() % 2; edits > 0; --edits) {
      text[random() % text.size()] = alphabet[random() % alphabet.size()];
    }
    const absl::StatusOr<Period> period = ParsePeriod(text, Calendar(), kNow);
    if (!period.ok()) continue;
    ++sound;
    ASSERT_GT(period->days(), 0) << text;
    ASSERT_LE(period->days(), 3660) << text;
    ASSERT_GE(period->from_day.year(), 1970) << text;
    ASSERT_LE((period->to_day - 1).year(), 2199) << text;
    ASSERT_LT(period->from, period->to) << text;
  }
  EXPECT_GT(sound, 1'000);
}

std::string DaysOf(const Period& period) {
  EXPECT_EQ(period.expression, absl::StrCat(absl::FormatCivilTime(period.from_day), "..",
                                            absl::FormatCivilTime(period.to_day)));
  return period.expression;
}

TEST(PreviousPeriodTest, HasTheSameNumberOfDaysAndEndsWhereThePeriodStarts) {
  // Q3 has 92 days, Q2 has 91: the previous period starts on 31 March.
  EXPECT_EQ(DaysOf(PreviousPeriod(Parsed("2017-Q3"), Calendar())), "2017-03-31..2017-07-01");
  EXPECT_EQ(DaysOf(PreviousPeriod(Parsed("2017-07-01..2017-08-15"), Calendar())),
            "2017-05-17..2017-07-01");
  EXPECT_EQ(DaysOf(PreviousPeriod(Parsed("2016-03"), Calendar())), "2016-01-30..2016-03-01");
}

TEST(PreviousPeriodTest, CountsDaysNotHours) {
  const Calendar berlin = MakeOrDie("Europe/Berlin", 1, 1);
  const Period previous = PreviousPeriod(Parsed("2017-03-27", berlin), berlin);
  EXPECT_EQ(DaysOf(previous), "2017-03-26..2017-03-27");
  EXPECT_EQ(previous.to - previous.from, absl::Hours(23));
}

TEST(SamePeriodLastYearTest, MonthsQuartersAndYearsStayWhole) {
  EXPECT_EQ(DaysOf(SamePeriodLastYear(Parsed("2017-Q3"), Calendar())), "2016-07-01..2016-10-01");
  EXPECT_EQ(DaysOf(SamePeriodLastYear(Parsed("2017-02"), Calendar())), "2016-02-01..2016-03-01");
  EXPECT_EQ(DaysOf(SamePeriodLastYear(Parsed("2016-02"), Calendar())), "2015-02-01..2015-03-01");
  EXPECT_EQ(DaysOf(SamePeriodLastYear(Parsed("2017"), Calendar())), "2016-01-01..2017-01-01");
}

TEST(SamePeriodLastYearTest, LeapDayBecomesThe28th) {
  EXPECT_EQ(DaysOf(SamePeriodLastYear(Parsed("2016-02-29"), Calendar())), "2015-02-28..2015-03-01");
  EXPECT_EQ(DaysOf(SamePeriodLastYear(Parsed("2016-02-29..2016-03-15"), Calendar())),
            "2015-02-28..2015-03-15");
}

TEST(SamePeriodLastYearTest, PeriodThatEndsBeforeTheLeapDayKeepsIts28th) {
  EXPECT_EQ(DaysOf(SamePeriodLastYear(Parsed("2016-02-01..2016-02-29"), Calendar())),
            "2015-02-01..2015-03-01");
}

TEST(SamePeriodLastYearTest, InstantsFollowTheZonesClockOfThatYear) {
  // In 2016 Berlin's clocks changed on 27 March, in 2017 on the 26th.
  const Calendar berlin = MakeOrDie("Europe/Berlin", 1, 1);
  const Period day = Parsed("2017-03-27", berlin);
  EXPECT_EQ(day.to - day.from, absl::Hours(24));
  const Period last_year = SamePeriodLastYear(day, berlin);
  EXPECT_EQ(last_year.to - last_year.from, absl::Hours(23));
}

}  // namespace
}  // namespace keyscore::measures
