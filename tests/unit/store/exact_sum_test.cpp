// Sums that must not depend on the order of their values.
#include "store/exact_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace keyscore::store {
namespace {

double Sum(const std::vector<double>& values, size_t parts = 1) {
  std::vector<ExactSum> sums(parts);
  for (ExactSum& sum : sums) sum.Init();
  for (size_t i = 0; i < values.size(); ++i) sums[i % parts].Add(values[i]);
  for (size_t i = 1; i < parts; ++i) sums[0].Add(sums[i]);
  const double rounded = sums[0].Round();
  for (ExactSum& sum : sums) sum.Clear();
  return rounded;
}

TEST(ExactSumTest, IsZeroOverNothing) { EXPECT_EQ(Sum({}), 0); }

TEST(ExactSumTest, RoundsOnceAtTheEnd) {
  EXPECT_EQ(Sum(std::vector<double>(10, 0.1)), 1.0);  // a running sum gives 0.9999999999999999
  EXPECT_EQ(Sum({1e16, 1, -1e16}), 1.0);
  EXPECT_EQ(Sum({1e100, 1, -1e100, 1}), 2.0);
  EXPECT_EQ(Sum({1, 1e-30, -1}), 1e-30);
}

TEST(ExactSumTest, BreaksTiesToEvenUnlessSmallerPartsDecide) {
  const double ulp = std::ldexp(1, -52);
  EXPECT_EQ(Sum({1, ulp / 2}), 1.0);
  EXPECT_EQ(Sum({1, ulp / 2, 1e-40}), 1 + ulp);
  EXPECT_EQ(Sum({1 + ulp, ulp / 2}), 1 + 2 * ulp);
  EXPECT_EQ(Sum({1 + ulp, ulp / 2, -1e-40}), 1 + ulp);
}

TEST(ExactSumTest, HoldsMoreThanItsFixedPointPart) {
  const double large = std::ldexp(1.0, 61);
  EXPECT_EQ(Sum(std::vector<double>(1000, large)), 1000 * large);
  EXPECT_EQ(Sum(std::vector<double>(1000, -large)), -1000 * large);
}

TEST(ExactSumTest, IsTheSameInAnyOrderAndSplit) {
  std::mt19937_64 random(7);
  std::vector<double> values;
  for (int i = 0; i < 2'000; ++i) {
    const double mantissa = std::uniform_real_distribution<double>(-1, 1)(random);
    values.push_back(std::ldexp(mantissa, static_cast<int>(random() % 200) - 100));
  }
  const double expected = Sum(values);
  for (int i = 0; i < 50; ++i) {
    std::shuffle(values.begin(), values.end(), random);
    EXPECT_EQ(Sum(values, 1 + i % 7), expected);
  }
}

TEST(ExactSumTest, AgreesWithAnExactIntegerSum) {
  std::mt19937_64 random(11);
  std::vector<double> values;
  int64_t units = 0;  // of 2^-20
  for (int i = 0; i < 10'000; ++i) {
    const int64_t value = static_cast<int64_t>(random() % (1ULL << 40)) - (1LL << 39);
    units += value;
    values.push_back(std::ldexp(static_cast<double>(value), -20));
  }
  EXPECT_EQ(Sum(values, 3), std::ldexp(static_cast<double>(units), -20));
}

TEST(FixedTest, HoldsWhatIsAMultipleOfItsUnit) {
  const Fixed128 one = static_cast<Fixed128>(1) << 64;
  const auto fixed = [](double value) {
    Fixed128 units = -7;
    EXPECT_TRUE(ToFixed(value, units)) << value;
    return units;
  };
  EXPECT_TRUE(fixed(0.0) == 0);
  EXPECT_TRUE(fixed(-0.0) == 0);
  EXPECT_TRUE(fixed(1) == one);
  EXPECT_TRUE(fixed(-2.5) == -(one * 2 + one / 2));
  EXPECT_TRUE(fixed(0x1p-64) == 1);
  EXPECT_TRUE(fixed(-0x1.8p-63) == -3);
  EXPECT_TRUE(fixed(0x1.fffffffffffffp50) == (one >> 2) * ((static_cast<Fixed128>(1) << 53) - 1));
}

TEST(FixedTest, LeavesOutWhatIsTooLargeOrTooFine) {
  for (const double value : {0x1p51, -1e300, 0x1p-65, 0x1.8p-64, 1e-9, 5e-324, HUGE_VAL}) {
    Fixed128 units = -7;
    EXPECT_FALSE(ToFixed(value, units)) << value;
    EXPECT_TRUE(units == -7);
  }
}

TEST(FixedTest, RoundsAsTheSumDoes) {
  std::mt19937_64 random(13);
  for (int i = 0; i < 2'000; ++i) {
    Fixed128 total = 0;
    std::vector<double> values;
    ExactSum in_fixed;
    in_fixed.Init();
    for (int j = 0; j < 20; ++j) {
      const auto mantissa = static_cast<int64_t>(random() >> 11) - (int64_t{1} << 52);
      const double value =
          std::ldexp(static_cast<double>(mantissa), -64 + static_cast<int>(random() % 60));
      Fixed128 units = 0;
      ASSERT_TRUE(ToFixed(value, units));
      total += units;
      values.push_back(value);
      in_fixed.AddFixed(units);
    }
    EXPECT_EQ(RoundFixed(total), Sum(values));
    EXPECT_EQ(in_fixed.Round(), Sum(values));
    in_fixed.Clear();
  }
}

TEST(FixedTest, AddsToSumsBeyondItsRange) {
  Fixed128 units = 0;
  ASSERT_TRUE(ToFixed(0x1p50, units));
  ExactSum sum;
  sum.Init();
  for (int i = 0; i < 100'000; ++i) sum.AddFixed(units);  // overflows 128 bits twelve times
  sum.Add(1e300);
  sum.Add(-1e300);
  EXPECT_EQ(sum.Round(), 100'000 * 0x1p50);
  sum.Clear();
}

}  // namespace
}  // namespace keyscore::store
