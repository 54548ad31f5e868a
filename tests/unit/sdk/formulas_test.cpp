// The formulas and the arithmetic with null, with values worked by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "keyscore/kpi.h"

namespace keyscore::sdk {
namespace {

constexpr Number kNull;

TEST(NumberTest, ArithmeticWithNullIsNull) {
  EXPECT_TRUE((kNull + 1).IsNull());
  EXPECT_TRUE((1 - kNull).IsNull());
  EXPECT_TRUE((kNull * 0).IsNull());
  EXPECT_TRUE((1 / kNull).IsNull());
  EXPECT_TRUE((-kNull).IsNull());
  EXPECT_EQ((Number(2) + 3 * Number(4) - 1).value(), 13);
}

TEST(NumberTest, DivisionByZeroIsNull) {
  EXPECT_TRUE((Number(1) / 0).IsNull());
  EXPECT_TRUE((Number(0) / 0).IsNull());
}

TEST(NumberTest, ComparisonWithNullIsFalse) {
  EXPECT_FALSE(kNull < 1);
  EXPECT_FALSE(kNull >= 1);
  EXPECT_FALSE(kNull == kNull);
  EXPECT_TRUE(Number(2) > 1);
}

TEST(NumberTest, NullFallsBackWhereAsked) {
  EXPECT_EQ(kNull.ValueOr(7), 7);
  EXPECT_EQ(kNull.value(), 0);
  EXPECT_EQ(Number(3).ValueOr(7), 3);
}

TEST(RatioTest, ZeroOrNullDenominatorIsNoData) {
  EXPECT_EQ(Ratio(5, 2).value, 2.5);
  EXPECT_EQ(Ratio(5, 0).state, State::kNoData);
  EXPECT_EQ(Ratio(0, 0).state, State::kNoData);
  EXPECT_EQ(Ratio(5, kNull).state, State::kNoData);
  EXPECT_EQ(Ratio(0, 5).state, State::kValue);
}

TEST(PercentageTest, WilsonIntervalMatchesPublishedValues) {
  // Newcombe (Statistics in Medicine 17, 1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
  const Result a = Percentage(81, 263);
  EXPECT_NEAR(a.low, 25.53, 0.005);
  EXPECT_NEAR(a.high, 36.62, 0.005);
  const Result b = Percentage(15, 148);
  EXPECT_NEAR(b.low, 6.24, 0.005);
  EXPECT_NEAR(b.high, 16.05, 0.005);
  const Result c = Percentage(0, 20);
  EXPECT_EQ(c.low, 0);
  EXPECT_NEAR(c.high, 16.11, 0.005);
  const Result d = Percentage(1, 29);
  EXPECT_NEAR(d.low, 0.61, 0.005);
  EXPECT_NEAR(d.high, 17.18, 0.005);
}

TEST(PercentageTest, AllOfAllReaches100Exactly) {
  const Result result = Percentage(20, 20);
  EXPECT_EQ(result.value, 100);
  EXPECT_EQ(result.high, 100);
  EXPECT_EQ(result.sample_size, 20);
}

TEST(PercentageTest, HasNoIntervalBeyondTheWhole) {
  const Result result = Percentage(6, 5);
  EXPECT_EQ(result.value, 120);
  EXPECT_TRUE(std::isnan(result.low));
}

TEST(NetPromoterTest, IntervalIsNeverEmptyAndStaysOnTheScale) {
  const Result result = NetPromoter(1, 0, 1);
  EXPECT_EQ(result.value, 100);
  EXPECT_EQ(result.high, 100);
  EXPECT_LT(result.low, 0);
  EXPECT_EQ(NetPromoter(0, 0, 0).state, State::kNoData);
}

TEST(GrowthTest, IsThePercentOfChange) {
  EXPECT_DOUBLE_EQ(Growth(150, 100).value, 50);
  EXPECT_DOUBLE_EQ(Growth(0, 100).value, -100);
  EXPECT_EQ(Growth(1, 0).state, State::kNoData);
}

TEST(PerAccountPer30DaysTest, MakesPeriodsComparable) {
  EXPECT_DOUBLE_EQ(PerAccountPer30Days(12, 2, 30).value, 6);
  EXPECT_DOUBLE_EQ(PerAccountPer30Days(36, 2, 90).value, 6);
  EXPECT_EQ(PerAccountPer30Days(12, 0, 30).state, State::kNoData);
}

TEST(MedianTest, TakesTheMiddle) {
  EXPECT_EQ(Median(std::vector<double>{9, 1, 4}).value, 4);
  EXPECT_EQ(Median(std::vector<double>{9, 1, 4, 5}).value, 4.5);
  EXPECT_EQ(Median(std::vector<double>{9, 1, 4, 5}).sample_size, 4);
  EXPECT_EQ(Median({}).state, State::kNoData);
}

}  // namespace
}  // namespace keyscore::sdk
