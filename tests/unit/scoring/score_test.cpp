// Curves and totals with numbers worked by hand.
#include "scoring/score.h"

#include <gtest/gtest.h>

#include <limits>

#include "unit/scoring/card_of_four.h"

namespace keyscore::scoring {
namespace {

using kpis::Pillar;
using kpis::State;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTolerance = 1e-12;

TEST(CurveTest, ClampsAtBothEnds) {
  const std::vector<kpis::CurvePoint> curve = {{10, 20}, {30, 90}};
  EXPECT_EQ(CurveScore(curve, 9.99), 20);
  EXPECT_EQ(CurveScore(curve, -1e300), 20);
  EXPECT_EQ(CurveScore(curve, 30.01), 90);
  EXPECT_EQ(CurveScore(curve, kInfinity), 90);
  EXPECT_EQ(CurveScore(curve, -kInfinity), 20);
}

TEST(CurveTest, HitsItsPointsExactly) {
  const std::vector<kpis::CurvePoint> curve = {{0, 0}, {0.1, 33.3}, {0.3, 66.6}, {0.7, 100}};
  for (const kpis::CurvePoint& point : curve) {
    EXPECT_EQ(CurveScore(curve, point.value), point.score);
  }
}

TEST(CurveTest, InterpolatesBetweenNeighbours) {
  const std::vector<kpis::CurvePoint> curve = {{0, 0}, {20, 60}, {100, 100}};
  EXPECT_DOUBLE_EQ(CurveScore(curve, 10), 30);
  EXPECT_DOUBLE_EQ(CurveScore(curve, 15), 45);
  EXPECT_DOUBLE_EQ(CurveScore(curve, 60), 80);
}

TEST(CurveTest, FallsWhereLowerIsBetter) {
  const std::vector<kpis::CurvePoint> curve = {{2, 100}, {10, 50}, {50, 0}};
  EXPECT_EQ(CurveScore(curve, 0), 100);
  EXPECT_DOUBLE_EQ(CurveScore(curve, 6), 75);
  EXPECT_DOUBLE_EQ(CurveScore(curve, 30), 25);
  EXPECT_EQ(CurveScore(curve, 51), 0);
}

TEST(CurveTest, RisesThenFallsWhereARangeIsBest) {
  const std::vector<kpis::CurvePoint> curve = {{0, 0}, {3, 100}, {5, 100}, {10, 0}};
  EXPECT_DOUBLE_EQ(CurveScore(curve, 1.5), 50);
  EXPECT_EQ(CurveScore(curve, 4), 100);
  EXPECT_DOUBLE_EQ(CurveScore(curve, 7.5), 50);
  EXPECT_EQ(CurveScore(curve, 10), 0);
}

TEST(CurveTest, WorksAtTheEndsOfTheNumberRange) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  EXPECT_DOUBLE_EQ(CurveScore({{-kLargest, 0}, {kLargest, 100}}, 0), 50);
  EXPECT_DOUBLE_EQ(CurveScore({{-kLargest, 0}, {kLargest, 100}}, kLargest / 2), 75);
}

TEST(TotalTest, WithEverythingThereIsTheWeightedMean) {
  const Total total =
      ComputeTotal(Card(State::kValue, State::kValue, State::kValue, State::kValue), 0.5);
  // 0.3 × 80 + 0.3 × 40 + 0.2 × 50 + 0.2 × 100
  ExpectScored(total, 66, 66, 66, 1);
  ExpectWeights(total, {0.3, 0.3, 0.2, 0.2});
  EXPECT_EQ(total.coverage, 1);
  EXPECT_EQ(total.low, *total.total);
  EXPECT_EQ(total.high, *total.total);
  ASSERT_EQ(total.pillars.size(), 3);
  EXPECT_EQ(total.pillars[0].pillar, Pillar::kRelationships);
  EXPECT_NEAR(*total.pillars[0].score, 60, 1e-10);
  EXPECT_NEAR(total.pillars[0].weight, 0.6, kTolerance);
  EXPECT_EQ(total.pillars[0].coverage, 1);
}

TEST(TotalTest, AMissingKpisWeightGoesToItsSiblings) {
  const Total total =
      ComputeTotal(Card(State::kValue, State::kNoData, State::kValue, State::kValue), 0.5);
  // 0.6 × 80 + 0.2 × 50 + 0.2 × 100; bounds 0.3 × 80 + 10 + 20 = 54, and 30 more
  ExpectScored(total, 78, 54, 84, 0.7);
  ExpectWeights(total, {0.6, 0, 0.2, 0.2});
  EXPECT_EQ(total.pillars[0].score, 80);
  EXPECT_NEAR(total.pillars[0].weight, 0.6, kTolerance);
  EXPECT_NEAR(total.pillars[0].coverage, 0.5, kTolerance);
}

TEST(TotalTest, AnEmptyPillarsWeightGoesToTheOthersInProportion) {
  const Total total =
      ComputeTotal(Card(State::kValue, State::kValue, State::kNoData, State::kValue), 0.5);
  // 60 : 20 become 75 : 25, so 0.375 × 80 + 0.375 × 40 + 0.25 × 100
  ExpectScored(total, 70, 56, 76, 0.8);
  ExpectWeights(total, {0.375, 0.375, 0, 0.25});
  EXPECT_FALSE(total.pillars[1].score.has_value());
  EXPECT_EQ(total.pillars[1].weight, 0);
  EXPECT_NEAR(total.pillars[1].nominal_weight, 0.2, kTolerance);
  EXPECT_EQ(total.pillars[1].coverage, 0);
}

TEST(TotalTest, SiblingsComeBeforeOtherPillars) {
  const Total total =
      ComputeTotal(Card(State::kValue, State::kNoData, State::kNoData, State::kValue), 0.5);
  // 0.75 × 80 + 0.25 × 100
  ExpectScored(total, 85, 44, 94, 0.5);
  ExpectWeights(total, {0.75, 0, 0, 0.25});
}

TEST(TotalTest, UnequalSiblingsShareInProportion) {
  const Total total = ComputeTotal({{Pillar::kRetention, State::kValue, 100, 0.1},
                                    {Pillar::kRetention, State::kValue, 20, 0.3},
                                    {Pillar::kRetention, State::kNoData, 0, 0.6}},
                                   0.4);
  // 1 : 3, so 25 + 15
  ExpectScored(total, 40, 16, 76, 0.4);
  ExpectWeights(total, {0.25, 0.75, 0});
}

TEST(TotalTest, WeightInErrorIsToldBeforeItIsGivenAway) {
  const Total total =
      ComputeTotal(Card(State::kValue, State::kError, State::kNoData, State::kValue), 0.5);
  EXPECT_EQ(total.state, TotalState::kScoredWithErrors);
  EXPECT_NEAR(total.error_weight, 0.3, kTolerance);  // of the 0.5 that are missing
  EXPECT_NEAR(total.coverage, 0.5, kTolerance);
  EXPECT_EQ(ComputeTotal(Card(State::kValue, State::kNoData, State::kValue, State::kValue), 0.5)
                .error_weight,
            0);
}

TEST(TotalTest, WeightInErrorIsToldWhereTheTotalIsNotScored) {
  const Total uncovered =
      ComputeTotal(Card(State::kError, State::kError, State::kValue, State::kValue), 0.5);
  EXPECT_EQ(uncovered.state, TotalState::kNotScored);
  EXPECT_NEAR(uncovered.error_weight, 0.6, kTolerance);
  const Total nothing =
      ComputeTotal(Card(State::kError, State::kError, State::kError, State::kError), 0.5);
  EXPECT_EQ(nothing.state, TotalState::kNotScored);
  EXPECT_NEAR(nothing.error_weight, 1, kTolerance);
}

TEST(TotalTest, WeightInErrorIsMeasuredWithoutWhatIsNotApplicable) {
  // The plan has left its 0.3 to the engagement, and the retention pillar its 0.2 to the others:
  // 0.6 of 0.8 are in error.
  const Total total = ComputeTotal(
      Card(State::kError, State::kNotApplicable, State::kValue, State::kNotApplicable), 0.1);
  EXPECT_EQ(total.state, TotalState::kScoredWithErrors);
  EXPECT_NEAR(total.error_weight, 0.75, kTolerance);
  EXPECT_NEAR(total.coverage, 0.25, kTolerance);
}

TEST(TotalTest, AnErrorWithoutWeightIsNone) {
  const Total total = ComputeTotal(
      {{Pillar::kRevenue, State::kValue, 50, 0.4}, {Pillar::kRevenue, State::kError, 0, 0}}, 0.5);
  EXPECT_EQ(total.state, TotalState::kScored);
  EXPECT_EQ(total.error_weight, 0);
}

TEST(TotalTest, NotApplicableIsNeitherCoveredNorMissing) {
  const Total total =
      ComputeTotal(Card(State::kValue, State::kNotApplicable, State::kValue, State::kValue), 0.5);
  ExpectScored(total, 78, 78, 78, 1);
  ExpectWeights(total, {0.6, 0, 0.2, 0.2});
  EXPECT_EQ(total.pillars[0].coverage, 1);
}

TEST(TotalTest, APillarThatIsNotApplicableLeavesItsWeightBeforeAnythingIsMissing) {
  const Total total =
      ComputeTotal(Card(State::kValue, State::kNoData, State::kNotApplicable, State::kValue), 0.5);
  // Nominal 0.375, 0.375, 0.25: covered 0.625; bounds 0.375 × 80 + 25 = 55, and 37.5 more
  ExpectScored(total, 85, 55, 92.5, 0.625);
  ExpectWeights(total, {0.75, 0, 0, 0.25});
}

TEST(TotalTest, AnErrorWithWeightIsMissingAndFlagged) {
  const Total total =
      ComputeTotal(Card(State::kValue, State::kError, State::kValue, State::kValue), 0.5);
  EXPECT_EQ(total.state, TotalState::kScoredWithErrors);
  EXPECT_NEAR(*total.total, 78, 1e-10);
  EXPECT_NEAR(total.coverage, 0.7, kTolerance);
}

TEST(TotalTest, AnErrorWithoutWeightDoesNotMatter) {
  std::vector<Scored> kpis = Card(State::kValue, State::kValue, State::kValue, State::kValue);
  kpis.push_back({Pillar::kRevenue, State::kError, 0, 0});
  const Total total = ComputeTotal(kpis, 0.5);
  EXPECT_EQ(total.state, TotalState::kScored);
  EXPECT_EQ(total.effective_weights[4], 0);
}

TEST(TotalTest, AllMissingIsNotScored) {
  for (const double minimum : {0.0, 0.5}) {
    const Total total =
        ComputeTotal(Card(State::kNoData, State::kError, State::kNoData, State::kNoData), minimum);
    EXPECT_EQ(total.state, TotalState::kNotScored);
    EXPECT_FALSE(total.total.has_value());
    EXPECT_EQ(total.coverage, 0);
    EXPECT_EQ(total.low, 0);
    EXPECT_EQ(total.high, 100);
    ExpectWeights(total, {0, 0, 0, 0});
    ASSERT_EQ(total.pillars.size(), 3);
    EXPECT_FALSE(total.pillars[0].score.has_value());
  }
}

TEST(TotalTest, NothingWithWeightIsNotScored) {
  EXPECT_EQ(ComputeTotal({}, 0).state, TotalState::kNotScored);
  const Total total = ComputeTotal({{Pillar::kRevenue, State::kValue, 90, 0}}, 0);
  EXPECT_EQ(total.state, TotalState::kNotScored);
  EXPECT_TRUE(total.pillars.empty());
  const Total none_applies = ComputeTotal(Card(State::kNotApplicable, State::kNotApplicable,
                                               State::kNotApplicable, State::kNotApplicable),
                                          0);
  EXPECT_EQ(none_applies.state, TotalState::kNotScored);
  EXPECT_EQ(none_applies.coverage, 0);
}

TEST(TotalTest, OnePillarCarriesEverything) {
  const Total total = ComputeTotal(
      {{Pillar::kRevenue, State::kValue, 90, 0.2}, {Pillar::kRevenue, State::kValue, 30, 0.2}},
      0.5);
  ExpectScored(total, 60, 60, 60, 1);
  ASSERT_EQ(total.pillars.size(), 1);
  EXPECT_NEAR(total.pillars[0].weight, 1, kTolerance);
}

TEST(TotalTest, CoverageAtTheMinimumIsScoredAndUnderItIsNot) {
  const std::vector<Scored> half =
      Card(State::kValue, State::kNoData, State::kNoData, State::kValue);
  EXPECT_EQ(ComputeTotal(half, 0.5).state, TotalState::kScored);
  const Total under = ComputeTotal(half, 0.500001);
  EXPECT_EQ(under.state, TotalState::kNotScored);
  EXPECT_FALSE(under.total.has_value());
  // What is known is still told.
  EXPECT_NEAR(under.coverage, 0.5, kTolerance);
  EXPECT_NEAR(under.low, 44, 1e-10);
  EXPECT_NEAR(under.high, 94, 1e-10);
  EXPECT_EQ(under.pillars[0].score, 80);
  ExpectWeights(under, {0.75, 0, 0, 0.25});
}

TEST(TotalTest, CoverageUnderTheMinimumIsNotScoredEvenWithErrors) {
  EXPECT_EQ(
      ComputeTotal(Card(State::kValue, State::kError, State::kNoData, State::kNoData), 0.5).state,
      TotalState::kNotScored);
}

TEST(TotalTest, RoundingOfWeightsNeverMissesTheMinimum) {
  for (int count = 1; count <= 40; ++count) {
    for (int covered = 1; covered <= count; ++covered) {
      std::vector<Scored> kpis;
      for (int i = 0; i < count; ++i) {
        kpis.push_back(
            {kpis::kPillars[i % 4], i < covered ? State::kValue : State::kNoData, 50, 1.0 / count});
      }
      const double minimum = static_cast<double>(covered) / count;
      EXPECT_EQ(ComputeTotal(kpis, minimum).state, TotalState::kScored) << covered << "/" << count;
      EXPECT_EQ(ComputeTotal(kpis, minimum + 1e-6).state, TotalState::kNotScored);
    }
  }
}

TEST(TotalTest, EqualScoresGiveExactlyThatTotal) {
  for (int count = 1; count <= 40; ++count) {
    std::vector<Scored> kpis;
    for (int i = 0; i < count; ++i) {
      kpis.push_back({kpis::kPillars[i % 3], State::kValue, 70.1, 1.0 / count});
    }
    EXPECT_EQ(ComputeTotal(kpis, 0.5).total, 70.1) << count;
  }
}

}  // namespace
}  // namespace keyscore::scoring
