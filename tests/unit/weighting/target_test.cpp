// Pacing and attainment; every number worked by hand.
#include "weighting/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace keyscore::weighting {
namespace {

using absl::CivilDay;
using kpis::Direction;
using ::testing::HasSubstr;

// The third quarter of 2026: 92 days.
const CivilDay kJuly(2026, 7, 1);
const CivilDay kOctober(2026, 10, 1);
const CivilDay kLater(2027, 1, 1);

TargetContent SeriesOf(Pacing pacing, std::vector<TargetPoint> points) {
  TargetContent series;
  series.kpi_id = "revenue_growth";
  series.pacing = pacing;
  series.points = std::move(points);
  return series;
}

TEST(PaceTest, ALevelHoldsWhateverTheLength) {
  const TargetContent series = SeriesOf(Pacing::kLevel, {{CivilDay(2026, 1, 1), {}, 40}});
  const PacedTarget whole = Pace(series, kJuly, kOctober, kLater, {});
  EXPECT_EQ(whole.target, 40);
  EXPECT_EQ(whole.full, 40);
  EXPECT_EQ(whole.note, "");
  EXPECT_EQ(Pace(series, kJuly, kOctober, kJuly + 10, {}).target, 40);
  // Nothing of it is over yet: what it will be held against.
  EXPECT_EQ(Pace(series, kJuly, kOctober, kJuly - 10, {}).target, 40);
}

TEST(PaceTest, SeveralLevelsMakeAMeanByDays) {
  // July and August (62 days) at 40, September (30 days) at 63: (62 * 40 + 30 * 63) / 92 = 47.5.
  const TargetContent series =
      SeriesOf(Pacing::kLevel, {{CivilDay(2026, 1, 1), {}, 40}, {CivilDay(2026, 9, 1), {}, 63}});
  const PacedTarget whole = Pace(series, kJuly, kOctober, kLater, {});
  EXPECT_DOUBLE_EQ(*whole.target, 47.5);
  // Until 1 September only the first holds; with the whole quarter in sight, both.
  const PacedTarget part = Pace(series, kJuly, kOctober, CivilDay(2026, 9, 1), {});
  EXPECT_EQ(part.target, 40);
  EXPECT_DOUBLE_EQ(*part.full, 47.5);
}

TEST(PaceTest, DaysInAGapDoNotCountForALevel) {
  const TargetContent series = SeriesOf(
      Pacing::kLevel, {{kJuly, CivilDay(2026, 7, 11), 10}, {CivilDay(2026, 9, 21), {}, 30}});
  // Ten days of each.
  EXPECT_DOUBLE_EQ(*Pace(series, kJuly, kOctober, kLater, {}).target, 20);
  const PacedTarget gap = Pace(series, CivilDay(2026, 8, 1), CivilDay(2026, 9, 1), kLater, {});
  EXPECT_EQ(gap.target, std::nullopt);
  EXPECT_EQ(gap.full, std::nullopt);
}

TEST(PaceTest, ALinearTargetHasItsShareOfTheDays) {
  const TargetContent series = SeriesOf(Pacing::kLinear, {{kJuly, kOctober, 920}});
  const PacedTarget half = Pace(series, kJuly, kOctober, CivilDay(2026, 8, 15), {});
  EXPECT_DOUBLE_EQ(*half.target, 450);  // 45 of 92 days
  EXPECT_DOUBLE_EQ(*half.full, 920);
  EXPECT_EQ(half.note, "45 of 92 days");
  const PacedTarget month = Pace(series, kJuly, CivilDay(2026, 8, 1), kLater, {});
  EXPECT_DOUBLE_EQ(*month.target, 310);
  EXPECT_EQ(month.note, "31 of 92 days");
  EXPECT_DOUBLE_EQ(*Pace(series, kJuly, kOctober, kLater, {}).target, 920);
}

TEST(PaceTest, APeriodOverSeveralPointsHasAPartOfEach) {
  // A third quarter of 920 and a fourth (92 days) of 1,840, from 16 September to 16 October:
  // 15 days at 10 and 15 days at 20.
  const TargetContent series =
      SeriesOf(Pacing::kLinear, {{kJuly, kOctober, 920}, {kOctober, kLater, 1840}});
  const PacedTarget paced = Pace(series, CivilDay(2026, 9, 16), CivilDay(2026, 10, 16), kLater, {});
  EXPECT_DOUBLE_EQ(*paced.target, 450);
  EXPECT_EQ(paced.note, "15 of 92 days; 15 of 92 days");
}

TEST(PaceTest, BeforeItBeginsALinearTargetAsksNothingYet) {
  const TargetContent series = SeriesOf(Pacing::kLinear, {{kJuly, kOctober, 920}});
  const PacedTarget paced = Pace(series, kJuly, kOctober, kJuly, {});
  EXPECT_EQ(paced.target, std::nullopt);
  EXPECT_EQ(paced.full, 920);
}

TEST(PaceTest, ASeasonalTargetFollowsLastYearsShape) {
  const TargetContent series = SeriesOf(Pacing::kSeasonal, {{kJuly, kOctober, 1000}});
  const ShapeFn shape = [](const TargetPoint& span, CivilDay from,
                           CivilDay to) -> std::optional<double> {
    EXPECT_EQ(span.from, kJuly);
    EXPECT_EQ(span.to, kOctober);
    EXPECT_EQ(from, kJuly);
    EXPECT_EQ(to, CivilDay(2026, 8, 15));
    return 0.3125;
  };
  const PacedTarget paced = Pace(series, kJuly, kOctober, CivilDay(2026, 8, 15), shape);
  EXPECT_DOUBLE_EQ(*paced.target, 312.5);
  EXPECT_DOUBLE_EQ(*paced.full, 1000);
  EXPECT_EQ(paced.note, "by last year's shape: 31.2 %");
}

TEST(PaceTest, WithoutAShapeDaysDecideAndTheNoteSaysSo) {
  const TargetContent series = SeriesOf(Pacing::kSeasonal, {{kJuly, kOctober, 920}});
  for (const std::optional<double> unusable : {std::optional<double>(), std::optional(-0.5),
                                               std::optional(1.5), std::optional(std::nan(""))}) {
    const ShapeFn shape = [&](const TargetPoint&, CivilDay, CivilDay) { return unusable; };
    const PacedTarget paced = Pace(series, kJuly, kOctober, CivilDay(2026, 8, 15), shape);
    EXPECT_DOUBLE_EQ(*paced.target, 450);
    EXPECT_THAT(paced.note, HasSubstr("by days: 45 of 92 days"));
  }
}

TEST(PaceTest, APointWithoutAnEndLastsToTheNext) {
  const TargetContent series =
      SeriesOf(Pacing::kLinear, {{kJuly, {}, 920}, {kOctober, kLater, 1840}});
  EXPECT_DOUBLE_EQ(*Pace(series, kJuly, CivilDay(2026, 7, 11), kLater, {}).target, 100);
}

TEST(HoldsWithinTest, LooksAtThePointsDays) {
  const TargetContent series = SeriesOf(
      Pacing::kLevel, {{kJuly, kJuly + 10, 1}, {kJuly + 20, kJuly + 30, 2}, {kJuly + 40, {}, 3}});
  EXPECT_FALSE(HoldsWithin(series, kJuly - 10, kJuly));
  EXPECT_TRUE(HoldsWithin(series, kJuly - 10, kJuly + 1));
  EXPECT_TRUE(HoldsWithin(series, kJuly + 9, kJuly + 11));
  EXPECT_FALSE(HoldsWithin(series, kJuly + 10, kJuly + 20));
  EXPECT_FALSE(HoldsWithin(series, kJuly + 30, kJuly + 40));
  EXPECT_TRUE(HoldsWithin(series, kJuly + 400, kJuly + 401));
  EXPECT_FALSE(HoldsWithin(series, kJuly + 5, kJuly + 5));
  EXPECT_FALSE(HoldsWithin(SeriesOf(Pacing::kLevel, {}), kJuly, kOctober));
}

TEST(AttainmentTest, IsOneWhereTheTargetIsMet) {
  EXPECT_EQ(Attainment(120, 100, Direction::kHigherIsBetter), 1.2);
  EXPECT_EQ(Attainment(50, 100, Direction::kHigherIsBetter), 0.5);
  EXPECT_EQ(Attainment(5, 4, Direction::kLowerIsBetter), 0.75);
  EXPECT_EQ(Attainment(3, 4, Direction::kLowerIsBetter), 1.25);
  EXPECT_EQ(Attainment(100, 100, Direction::kLowerIsBetter), 1);
}

TEST(AttainmentTest, BetterIsMoreOfANegativeTargetToo) {
  // A net promoter score of -10 against -20 is better than asked for, by half of what was asked.
  EXPECT_EQ(Attainment(-10, -20, Direction::kHigherIsBetter), 1.5);
  EXPECT_EQ(Attainment(-30, -20, Direction::kHigherIsBetter), 0.5);
  EXPECT_EQ(Attainment(-30, -20, Direction::kLowerIsBetter), 1.5);
}

TEST(AttainmentTest, IsNotKnownForATargetOfZeroOrARange) {
  EXPECT_EQ(Attainment(5, 0, Direction::kHigherIsBetter), std::nullopt);
  EXPECT_EQ(Attainment(5, 5, Direction::kRangeIsBest), std::nullopt);
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Attainment(infinite, 5, Direction::kHigherIsBetter), std::nullopt);
}

TEST(GapToTargetTest, IsPositiveWhereBetter) {
  EXPECT_EQ(GapToTarget(120, 100, Direction::kHigherIsBetter), 20);
  EXPECT_EQ(GapToTarget(120, 100, Direction::kLowerIsBetter), -20);
  EXPECT_EQ(GapToTarget(-10, -20, Direction::kHigherIsBetter), 10);
  EXPECT_EQ(GapToTarget(5, 0, Direction::kHigherIsBetter), 5);
  EXPECT_EQ(GapToTarget(5, 5, Direction::kRangeIsBest), std::nullopt);
}

std::string MessageOf(const Faults& faults) { return std::string(ToStatus(faults).message()); }

TEST(CheckTargetSeriesTest, NamesTheFieldOfEachFault) {
  struct Case {
    const char* fault;
    void (*spoil)(TargetSeries&);
  };
  const Case cases[] = {
      {"name: ", [](TargetSeries& s) { s.id = "Revenue"; }},
      {"kpi: is missing", [](TargetSeries& s) { s.content.kpi_id.clear(); }},
      {"selector: ", [](TargetSeries& s) { s.content.selector.kind = SelectorKind::kTeam; }},
      {"display_name: ", [](TargetSeries& s) { s.content.display_name = "\xff"; }},
      {"points: has none", [](TargetSeries& s) { s.content.points.clear(); }},
      {"points: has 401",
       [](TargetSeries& s) {
         s.content.points.clear();
         for (int i = 0; i < 401; ++i) s.content.points.push_back({kJuly + i, {}, 1});
       }},
      {"points[0].value: must be a finite number",
       [](TargetSeries& s) { s.content.points[0].value = std::nan(""); }},
      {"points[0].start_date: must lie in the years 1970 to 2199",
       [](TargetSeries& s) { s.content.points[0].from = CivilDay(1969, 12, 31); }},
      {"points[1].end_date: is missing", [](TargetSeries& s) { s.content.points[1].to.reset(); }},
      {"points[0].end_date: 2026-07-01 must lie after the start, 2026-07-01",
       [](TargetSeries& s) { s.content.points[0].to = kJuly; }},
      {"points[1].start_date: 2026-10-01 lies within the point before it, which ends with "
       "2026-10-02",
       [](TargetSeries& s) { s.content.points[0].to = kOctober + 1; }},
      {"points[1].start_date: 2026-07-01 must lie after 2026-07-01",
       [](TargetSeries& s) { s.content.points[1].from = kJuly; }},
  };
  for (const Case& c : cases) {
    TargetSeries series;
    series.id = "growth";
    series.content = SeriesOf(Pacing::kLinear, {{kJuly, kOctober, 1}, {kOctober, kLater, 2}});
    EXPECT_TRUE(CheckTargetSeries(series).empty()) << MessageOf(CheckTargetSeries(series));
    c.spoil(series);
    EXPECT_THAT(MessageOf(CheckTargetSeries(series)), HasSubstr(c.fault));
  }
}

}  // namespace
}  // namespace keyscore::weighting
