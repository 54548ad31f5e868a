// Windows resolved to instants, the checks of a declared measure, and the sharing of equal ones.
#include "measures/measure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measures/measure_set.h"

namespace keyscore::measures {
namespace {

using ::testing::HasSubstr;

// Berlin, third quarter of 2017: 2017-06-30T22:00Z to 2017-09-30T22:00Z.
class MeasureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<Calendar> calendar = MakeCalendar("Europe/Berlin", 1, 1);
    ASSERT_TRUE(calendar.ok());
    calendar_ = *calendar;
    absl::StatusOr<Period> period = ParsePeriod("2017-Q3", calendar_, absl::UnixEpoch());
    ASSERT_TRUE(period.ok());
    period_ = *period;
  }

  static absl::Time At(const std::string& text) {
    absl::Time time;
    std::string error;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
    return time;
  }

  static MeasureSpec Won() {
    return {.name = "won",
            .dataset = "opportunity",
            .filter = "outcome = 'won'",
            .time_column = "closed_at"};
  }

  Interval In(Window window, int days = 0) const {
    MeasureSpec spec = Won();
    spec.window = window;
    spec.window_days = days;
    return ResolveWindow(spec, period_, calendar_);
  }

  Calendar calendar_;
  Period period_;
};

TEST_F(MeasureTest, PeriodWindowIsThePeriod) {
  EXPECT_EQ(In(Window::kPeriod).from, At("2017-06-30T22:00:00Z"));
  EXPECT_EQ(In(Window::kPeriod).to, At("2017-09-30T22:00:00Z"));
}

TEST_F(MeasureTest, PreviousPeriodWindowCrossesTheClockChangeInWholeDays) {
  // 92 days before 1 July: 31 March, already summer time in 2017.
  EXPECT_EQ(In(Window::kPreviousPeriod).from, At("2017-03-30T22:00:00Z"));
  EXPECT_EQ(In(Window::kPreviousPeriod).to, At("2017-06-30T22:00:00Z"));
}

TEST_F(MeasureTest, SamePeriodLastYearWindow) {
  EXPECT_EQ(In(Window::kSamePeriodLastYear).from, At("2016-06-30T22:00:00Z"));
  EXPECT_EQ(In(Window::kSamePeriodLastYear).to, At("2016-09-30T22:00:00Z"));
}

TEST_F(MeasureTest, TrailingWindowIsWholeDaysThatEndWithThePeriod) {
  // 365 days before 1 October 2017 is 1 October 2016; 200 days before is 15 March, winter time.
  EXPECT_EQ(In(Window::kTrailing, 365).from, At("2016-09-30T22:00:00Z"));
  EXPECT_EQ(In(Window::kTrailing, 200).from, At("2017-03-14T23:00:00Z"));
  EXPECT_EQ(In(Window::kTrailing, 200).to, At("2017-09-30T22:00:00Z"));
}

TEST_F(MeasureTest, UntilWindowsAreOpenAtThePast) {
  EXPECT_EQ(In(Window::kUntilStart).from, absl::InfinitePast());
  EXPECT_EQ(In(Window::kUntilStart).to, At("2017-06-30T22:00:00Z"));
  EXPECT_EQ(In(Window::kUntilEnd).from, absl::InfinitePast());
  EXPECT_EQ(In(Window::kUntilEnd).to, At("2017-09-30T22:00:00Z"));
}

TEST_F(MeasureTest, FollowingWindowIsWholeDaysThatBeginWithThePeriodsEnd) {
  // 30 days after 1 October 2017 is 31 October, winter time.
  EXPECT_EQ(In(Window::kFollowing, 30).from, At("2017-09-30T22:00:00Z"));
  EXPECT_EQ(In(Window::kFollowing, 30).to, At("2017-10-30T23:00:00Z"));
}

TEST_F(MeasureTest, AtWindowsAreOneInstant) {
  EXPECT_EQ(In(Window::kAtStart).from, At("2017-06-30T22:00:00Z"));
  EXPECT_EQ(In(Window::kAtStart).to, At("2017-06-30T22:00:00Z"));
  EXPECT_EQ(In(Window::kAtEnd).from, At("2017-09-30T22:00:00Z"));
  EXPECT_EQ(In(Window::kAtEnd).to, At("2017-09-30T22:00:00Z"));
}

TEST_F(MeasureTest, ResolveCarriesTheExpressionsAndThePeriod) {
  MeasureSpec spec = Won();
  spec.aggregate = store::Aggregate::kSum;
  spec.value = "amount";
  spec.window = Window::kPreviousPeriod;
  const store::ResolvedMeasure measure = Resolve(spec, period_, calendar_);
  EXPECT_EQ(measure.dataset, "opportunity");
  EXPECT_EQ(measure.aggregate, store::Aggregate::kSum);
  EXPECT_EQ(measure.value, "amount");
  EXPECT_EQ(measure.filter, "outcome = 'won'");
  EXPECT_EQ(measure.time_column, "closed_at");
  EXPECT_EQ(measure.window, store::WindowKind::kBetween);
  EXPECT_EQ(measure.to, period_.from);
  // What period_from and period_to mean in expressions is the asked period, whatever the window.
  EXPECT_EQ(measure.period_from, period_.from);
  EXPECT_EQ(measure.period_to, period_.to);
}

TEST_F(MeasureTest, ResolveAtAnInstantAsksForSpans) {
  MeasureSpec spec = Won();
  spec.window = Window::kAtEnd;
  spec.end_column = "ended_at";
  const store::ResolvedMeasure measure = Resolve(spec, period_, calendar_);
  EXPECT_EQ(measure.window, store::WindowKind::kAt);
  EXPECT_EQ(measure.end_column, "ended_at");
  EXPECT_EQ(measure.from, period_.to);
}

TEST_F(MeasureTest, CheckAcceptsACountWithoutAValue) { EXPECT_TRUE(CheckSpec(Won()).ok()); }

TEST_F(MeasureTest, CheckNamesTheInputAndTheField) {
  struct Case {
    const char* fault;
    void (*spoil)(MeasureSpec&);
  };
  const Case cases[] = {
      {"input won: dataset: is missing", [](MeasureSpec& s) { s.dataset.clear(); }},
      {"input (unnamed): name: is missing", [](MeasureSpec& s) { s.name.clear(); }},
      {"input won: time_column: is missing", [](MeasureSpec& s) { s.time_column.clear(); }},
      {"input won: value: is missing",
       [](MeasureSpec& s) { s.aggregate = store::Aggregate::kCountDistinct; }},
      {"input won: window_days: must be 1 to 3660, not 0",
       [](MeasureSpec& s) { s.window = Window::kTrailing; }},
      {"input won: window_days: must be 1 to 3660, not 0",
       [](MeasureSpec& s) { s.window = Window::kFollowing; }},
      {"input won: window_days: must be 1 to 3660, not 3661",
       [](MeasureSpec& s) {
         s.window = Window::kTrailing;
         s.window_days = 3661;
       }},
      {"input won: window_days: goes with a trailing or following window only",
       [](MeasureSpec& s) { s.window_days = 90; }},
      {"input won: end_column: is missing", [](MeasureSpec& s) { s.window = Window::kAtStart; }},
      {"input won: end_column: goes with the windows at_start and at_end only",
       [](MeasureSpec& s) { s.end_column = "ended_at"; }},
  };
  for (const Case& c : cases) {
    MeasureSpec spec = Won();
    c.spoil(spec);
    const absl::Status status = CheckSpec(spec);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.fault;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.fault));
  }
}

TEST_F(MeasureTest, EveryAggregateButCountNeedsAValue) {
  for (const store::Aggregate aggregate :
       {store::Aggregate::kSum, store::Aggregate::kMin, store::Aggregate::kMax,
        store::Aggregate::kFirst, store::Aggregate::kLast, store::Aggregate::kCountDistinct,
        store::Aggregate::kList}) {
    MeasureSpec spec = Won();
    spec.aggregate = aggregate;
    EXPECT_FALSE(CheckSpec(spec).ok());
    spec.value = "amount";
    EXPECT_TRUE(CheckSpec(spec).ok());
  }
}

TEST_F(MeasureTest, EqualMeasuresShareAColumn) {
  MeasureSet set;
  EXPECT_EQ(set.Add(Resolve(Won(), period_, calendar_)), 0);
  MeasureSpec lost = Won();
  lost.filter = "outcome = 'lost'";
  EXPECT_EQ(set.Add(Resolve(lost, period_, calendar_)), 1);
  MeasureSpec same = Won();
  same.name = "won_deals";  // how a KPI calls it makes no difference
  EXPECT_EQ(set.Add(Resolve(same, period_, calendar_)), 0);
  ASSERT_EQ(set.measures().size(), 2);
  EXPECT_EQ(set.measures()[1].filter, "outcome = 'lost'");
}

TEST_F(MeasureTest, MeasuresThatDifferInAnyFieldDoNotShare) {
  const store::ResolvedMeasure base = Resolve(Won(), period_, calendar_);
  MeasureSet set;
  set.Add(base);
  void (*const changes[])(store::ResolvedMeasure&) = {
      [](store::ResolvedMeasure& m) { m.dataset = "contract"; },
      [](store::ResolvedMeasure& m) { m.aggregate = store::Aggregate::kSum; },
      [](store::ResolvedMeasure& m) { m.value = "amount"; },
      [](store::ResolvedMeasure& m) { m.filter.clear(); },
      [](store::ResolvedMeasure& m) { m.time_column = "occurred_at"; },
      [](store::ResolvedMeasure& m) { m.end_column = "closed_at"; },
      [](store::ResolvedMeasure& m) { m.window = store::WindowKind::kAt; },
      [](store::ResolvedMeasure& m) { m.from = absl::InfinitePast(); },
      [](store::ResolvedMeasure& m) { m.to = absl::InfiniteFuture(); },
      [](store::ResolvedMeasure& m) { m.period_from -= absl::Hours(24); },
      [](store::ResolvedMeasure& m) { m.period_to += absl::Hours(24); },
  };
  size_t expected = 1;
  for (const auto& change : changes) {
    store::ResolvedMeasure other = base;
    change(other);
    EXPECT_EQ(set.Add(other), expected++);
  }
}

TEST_F(MeasureTest, ACopiedSetGrowsOnItsOwn) {
  MeasureSet set;
  set.Add(Resolve(Won(), period_, calendar_));
  MeasureSet copy = set;
  MeasureSpec lost = Won();
  lost.filter = "outcome = 'lost'";
  EXPECT_EQ(copy.Add(Resolve(lost, period_, calendar_)), 1);
  EXPECT_EQ(copy.Add(Resolve(Won(), period_, calendar_)), 0);
  EXPECT_EQ(set.measures().size(), 1);
}

}  // namespace
}  // namespace keyscore::measures
