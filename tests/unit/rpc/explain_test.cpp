// How a score came about, in words: by value, by attainment, by an exception, for want of data.
#include "rpc/explain.h"

#include <gtest/gtest.h>

namespace keyscore::rpc {
namespace {

scoring::KpiLine LineOf(double value, double score) {
  scoring::KpiLine line;
  line.outcome.state = kpis::State::kValue;
  line.outcome.value = value;
  line.curve = {{30, 50}, {50, 80}};
  line.computed_score = score;
  line.score = score;
  return line;
}

TEST(CurveStepTest, AValueIsPlacedBetweenItsPoints) {
  EXPECT_EQ(CurveStep(LineOf(40, 65)),
            "40 lies between 30 (score 50) and 50 (score 80): "
            "50 + (40 − 30) ÷ (50 − 30) × (80 − 50) = 65");
  EXPECT_EQ(CurveStep(LineOf(10, 50)), "10 is at or below the curve's first point, 30: score 50");
  EXPECT_EQ(CurveStep(LineOf(50, 80)), "50 is at or above the curve's last point, 50: score 80");
}

TEST(CurveStepTest, OverAttainmentTheTargetStandsFirst) {
  scoring::KpiLine line = LineOf(180, 70);
  line.basis = weighting::CurveBasis::kAttainment;
  line.curve = {{0.8, 60}, {1, 80}};
  line.target = 200;
  line.attainment = 0.9;
  EXPECT_EQ(CurveStep(line),
            "180 is held against the target 200; the attainment 0.9 lies between 0.8 (score 60) "
            "and 1 (score 80): 60 + (0.9 − 0.8) ÷ (1 − 0.8) × (80 − 60) = 70");
}

TEST(CurveStepTest, WithoutTargetItSaysWhyThereIsNoScore) {
  scoring::KpiLine line = LineOf(180, 0);
  line.basis = weighting::CurveBasis::kAttainment;
  line.computed_score.reset();
  line.score.reset();
  line.target_note = "no target, so no score";
  EXPECT_EQ(CurveStep(line), "no target, so no score");
}

TEST(CurveStepTest, AnExceptionStandsBesideWhatTheCurveGives) {
  weighting::ScoreOverride exception;
  exception.id = "flood";
  exception.score = 75;
  scoring::KpiLine line = LineOf(10, 50);
  line.score = 75;
  line.exception = &exception;
  EXPECT_EQ(CurveStep(line),
            "10 is at or below the curve's first point, 30: score 50; the exception "
            "scoreOverrides/flood has it count as 75 instead");
  exception.score.reset();
  line.score.reset();
  EXPECT_EQ(CurveStep(line),
            "10 is at or below the curve's first point, 30: score 50; the exception "
            "scoreOverrides/flood takes it out, as if it did not apply");
}

TEST(CurveStepTest, AMissingScoreThatIsAssumedIsSaidSo) {
  scoring::KpiLine line;
  line.outcome.state = kpis::State::kNoData;
  line.curve = {{30, 50}, {50, 80}};
  EXPECT_EQ(CurveStep(line), "");
  line.assumed_score = 50;
  EXPECT_EQ(CurveStep(line), "it has no score, and the profile has it count as 50 then");
}

}  // namespace
}  // namespace keyscore::rpc
