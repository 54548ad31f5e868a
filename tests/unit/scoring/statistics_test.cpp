// Correlations by hand.
#include "scoring/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace keyscore::scoring {
namespace {

TEST(StatisticsTest, PearsonByHand) {
  // Deviations -1, 0, 1 and -1, 1, 0: 1 / sqrt(2 × 2).
  EXPECT_NEAR(*Pearson({1, 2, 3}, {2, 4, 3}), 0.5, 1e-12);
  EXPECT_NEAR(*Pearson({1, 2, 3}, {10, 20, 30}), 1, 1e-12);
  EXPECT_NEAR(*Pearson({1, 2, 3}, {-1, -2, -3}), -1, 1e-12);
}

TEST(StatisticsTest, WhatDoesNotMoveGoesTogetherWithNothing) {
  EXPECT_EQ(Pearson({5, 5, 5}, {1, 2, 3}), std::nullopt);
  EXPECT_EQ(Pearson({5, 5, 5}, {5, 5, 5}), std::nullopt);
  EXPECT_EQ(Pearson({5}, {5}), std::nullopt);
  EXPECT_EQ(Pearson({}, {}), std::nullopt);
}

TEST(StatisticsTest, PearsonStandsAnySize) {
  EXPECT_NEAR(*Pearson({1e300, 2e300, 3e300}, {2e-300, 4e-300, 3e-300}), 0.5, 1e-12);
}

TEST(StatisticsTest, EqualValuesShareTheMeanOfTheirPlaces) {
  EXPECT_EQ(AverageRanks({30, 10, 20, 20}), (std::vector<double>{4, 1, 2.5, 2.5}));
  EXPECT_EQ(AverageRanks({7, 7, 7}), (std::vector<double>{2, 2, 2}));
  EXPECT_TRUE(AverageRanks({}).empty());
}

TEST(StatisticsTest, SpearmanLooksAtTheOrderOnly) {
  EXPECT_NEAR(*Spearman({1, 2, 3, 1'000}, {0.1, 0.2, 5, 6}), 1, 1e-12);
  EXPECT_NEAR(*Spearman({1, 2, 3, 4}, {4, 3, 2, 1}), -1, 1e-12);
  // Ranks 1 2 3 4 5 and 2 1 4 3 5: 1 - 6 × 4 / (5 × 24).
  EXPECT_NEAR(*Spearman({1, 2, 3, 4, 5}, {20, 10, 40, 30, 50}), 0.8, 1e-12);
}

TEST(StatisticsTest, SpearmanWithTiesIsPearsonOfAverageRanks) {
  // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: covariance 4.5 of deviations squared 4.5 and 5.
  EXPECT_NEAR(*Spearman({1, 2, 2, 3}, {1, 2, 3, 4}), 4.5 / std::sqrt(4.5 * 5), 1e-12);
}

TEST(StatisticsTest, SpearmanWithoutAnyOrder) {
  EXPECT_EQ(Spearman({5, 5}, {3, 3}), 1);
  EXPECT_EQ(Spearman({5, 5}, {3, 4}), 0);
  EXPECT_EQ(Spearman({5}, {3}), std::nullopt);
}

}  // namespace
}  // namespace keyscore::scoring
