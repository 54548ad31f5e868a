// What becomes of the weight of a KPI without a value, policy by policy, with numbers by hand.
#include <gtest/gtest.h>

#include "scoring/score.h"
#include "unit/scoring/card_of_four.h"

namespace keyscore::scoring {
namespace {

using kpis::Pillar;
using kpis::State;
using weighting::MissingPolicy;

constexpr double kTolerance = 1e-12;

// The policy of one of the card's KPIs.
std::vector<Scored> With(std::vector<Scored> kpis, size_t index, MissingPolicy policy) {
  kpis[index].missing = policy;
  return kpis;
}

constexpr size_t kEngagement = 0;
constexpr size_t kPlan = 1;
constexpr size_t kConversion = 2;

TEST(MissingPolicyTest, OverallGivesToEveryKpiWithAValueAndNotToSiblingsFirst) {
  const Total total =
      ComputeTotal(With(Card(State::kValue, State::kNoData, State::kValue, State::kValue), kPlan,
                        MissingPolicy::kRedistributeOverall),
                   0.5);
  // 3 : 2 : 2, so (240 + 100 + 200) / 7
  ExpectScored(total, 540.0 / 7, 54, 84, 0.7);
  ExpectWeights(total, {3.0 / 7, 0, 2.0 / 7, 2.0 / 7});
  EXPECT_NEAR(total.pillars[0].weight, 3.0 / 7, kTolerance);
  EXPECT_EQ(total.pillars[0].score, 80);
}

TEST(MissingPolicyTest, OverallSharesByWhatTheStepWithinThePillarGave) {
  const Total total = ComputeTotal(
      {{Pillar::kRelationships, State::kValue, 80, 0.2},
       {Pillar::kRelationships, State::kNoData, 0, 0.2},
       {Pillar::kRelationships, State::kNoData, 0, 0.2, MissingPolicy::kRedistributeOverall},
       {Pillar::kRevenue, State::kValue, 50, 0.2},
       {Pillar::kRetention, State::kValue, 100, 0.2}},
      0.5);
  // First 0.4 : 0.2 : 0.2, then the 0.2 on top in proportion.
  ExpectWeights(total, {0.5, 0, 0, 0.25, 0.25});
  ExpectScored(total, 40 + 12.5 + 25, 16 + 10 + 20, 86, 0.6);
}

TEST(MissingPolicyTest, NeutralStaysAndCountsAsFifty) {
  const Total total =
      ComputeTotal(With(Card(State::kValue, State::kValue, State::kNoData, State::kValue),
                        kConversion, MissingPolicy::kNeutral),
                   0.5);
  // 24 + 12 + 0.2 × 50 + 20; it is not covered for that.
  ExpectScored(total, 66, 56, 76, 0.8);
  ExpectWeights(total, {0.3, 0.3, 0.2, 0.2});
  EXPECT_EQ(total.assumed[kConversion], 50);
  EXPECT_EQ(total.assumed[kPlan], std::nullopt);
  EXPECT_EQ(total.pillars[1].score, 50);
  EXPECT_NEAR(total.pillars[1].weight, 0.2, kTolerance);
  EXPECT_EQ(total.pillars[1].coverage, 0);
}

TEST(MissingPolicyTest, APillarsScoreIsTheMeanOfValuesAndWhatIsAssumed) {
  const Total total =
      ComputeTotal(With(Card(State::kValue, State::kNoData, State::kValue, State::kValue), kPlan,
                        MissingPolicy::kNeutral),
                   0.5);
  ExpectScored(total, 24 + 15 + 10 + 20, 54, 84, 0.7);
  EXPECT_NEAR(*total.pillars[0].score, 65, 1e-10);
  EXPECT_NEAR(total.pillars[0].coverage, 0.5, kTolerance);
}

TEST(MissingPolicyTest, ZeroStaysAndCountsAsZero) {
  const Total total =
      ComputeTotal(With(Card(State::kValue, State::kValue, State::kNoData, State::kValue),
                        kConversion, MissingPolicy::kZero),
                   0.5);
  ExpectScored(total, 56, 56, 76, 0.8);
  ExpectWeights(total, {0.3, 0.3, 0.2, 0.2});
  EXPECT_EQ(total.assumed[kConversion], 0);
  EXPECT_EQ(total.pillars[1].score, 0);
}

TEST(MissingPolicyTest, NobodyPaysForAFaultOfTheMachine) {
  const Total zero =
      ComputeTotal(With(Card(State::kValue, State::kError, State::kValue, State::kValue), kPlan,
                        MissingPolicy::kZero),
                   0.5);
  EXPECT_EQ(zero.state, TotalState::kScoredWithErrors);
  EXPECT_NEAR(*zero.total, 78, 1e-10);  // 0.6 × 80 + 10 + 20, as if it were redistributed
  EXPECT_EQ(zero.assumed[kPlan], std::nullopt);
  const Total neutral =
      ComputeTotal(With(Card(State::kValue, State::kError, State::kValue, State::kValue), kPlan,
                        MissingPolicy::kNeutral),
                   0.5);
  EXPECT_EQ(neutral.state, TotalState::kScoredWithErrors);
  EXPECT_NEAR(*neutral.total, 69, 1e-10);
}

TEST(MissingPolicyTest, AnAssumedKpiTakesNothingOfWhatItsSiblingsLeave) {
  const Total total =
      ComputeTotal(With(Card(State::kNoData, State::kNoData, State::kValue, State::kValue),
                        kEngagement, MissingPolicy::kNeutral),
                   0.4);
  // The plan's 0.3 finds no sibling with a value and goes to the two others.
  ExpectWeights(total, {0.3, 0, 0.35, 0.35});
  ExpectScored(total, 15 + 17.5 + 35, 30, 90, 0.4);
  EXPECT_EQ(total.pillars[0].score, 50);
  EXPECT_EQ(total.pillars[0].coverage, 0);
}

TEST(MissingPolicyTest, BlockLeavesNoTotalAndSaysWhichKpi) {
  for (const State state : {State::kNoData, State::kError}) {
    const Total total = ComputeTotal(With(Card(State::kValue, State::kValue, state, State::kValue),
                                          kConversion, MissingPolicy::kBlock),
                                     0);
    EXPECT_EQ(total.state, TotalState::kNotScored);
    EXPECT_FALSE(total.total.has_value());
    EXPECT_EQ(total.blocked_by, std::vector<size_t>{kConversion});
    // What is known is still told, as if it didn't block.
    EXPECT_NEAR(total.low, 56, 1e-10);
    EXPECT_NEAR(total.high, 76, 1e-10);
    EXPECT_NEAR(total.coverage, 0.8, kTolerance);
    ExpectWeights(total, {0.375, 0.375, 0, 0.25});
  }
}

TEST(MissingPolicyTest, OnlyWhatIsMissingAndWeighsBlocks) {
  for (const State state : {State::kValue, State::kNotApplicable}) {
    const Total total = ComputeTotal(With(Card(State::kValue, State::kValue, state, State::kValue),
                                          kConversion, MissingPolicy::kBlock),
                                     0.5);
    EXPECT_EQ(total.state, TotalState::kScored);
    EXPECT_TRUE(total.blocked_by.empty());
  }
  std::vector<Scored> kpis = Card(State::kValue, State::kValue, State::kValue, State::kValue);
  kpis.push_back({Pillar::kRevenue, State::kNoData, 0, 0, MissingPolicy::kBlock});
  EXPECT_EQ(ComputeTotal(kpis, 0.5).state, TotalState::kScored);
}

TEST(MissingPolicyTest, WhatIsAssumedDoesNotReachTheMinimumCoverage) {
  const std::vector<Scored> kpis =
      With(With(Card(State::kNoData, State::kNoData, State::kValue, State::kValue), kEngagement,
                MissingPolicy::kNeutral),
           kPlan, MissingPolicy::kNeutral);
  EXPECT_EQ(ComputeTotal(kpis, 0.5).state, TotalState::kNotScored);
  EXPECT_EQ(ComputeTotal(kpis, 0.4).state, TotalState::kScored);
}

TEST(MissingPolicyTest, WithoutAnyValueThereIsNoTotalWhateverIsAssumed) {
  std::vector<Scored> kpis = Card(State::kNoData, State::kNoData, State::kNoData, State::kNoData);
  for (Scored& kpi : kpis) kpi.missing = MissingPolicy::kNeutral;
  const Total total = ComputeTotal(kpis, 0);
  EXPECT_EQ(total.state, TotalState::kNotScored);
  EXPECT_EQ(total.low, 0);
  EXPECT_EQ(total.high, 100);
  ExpectWeights(total, {0, 0, 0, 0});
  EXPECT_FALSE(total.pillars[0].score.has_value());
}

}  // namespace
}  // namespace keyscore::scoring
