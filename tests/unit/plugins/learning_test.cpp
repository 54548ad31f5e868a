// The Learning & development KPIs, by hand.
#include <gtest/gtest.h>

#include "unit/plugins/expect.h"

namespace keyscore::catalogue {
namespace {

testing::FakeKpi Kpi(const char* id) { return Library("learning").Kpi(id); }

TEST(CoachingHoursTest, IsHoursPerManager) {
  const auto result = Kpi("coaching_hours")
                          .Set("hours", {45, 0, 3})
                          .Set("sessions", {30, 0, 2})
                          .Set("managers", {6, 6, 0})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 7.5);
  EXPECT_EQ(result[0].sample_size, 30);
  EXPECT_EQ(result[1].state, KS_STATE_VALUE);
  EXPECT_EQ(result[1].value, 0);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(CertificationRateTest, IsCertificatesPerManager) {
  const auto result =
      Kpi("certification_rate").Set("certifications", {9, 1}).Set("managers", {6, 0}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 1.5);
  EXPECT_EQ(result[0].sample_size, 9);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(FeedbackScoreTest, IsTheMeanOfAllSources) {
  // Seven of 4 and one of 5: variance 0.125, so ± 2.36462 × sqrt(0.125 / 8) = 0.29558.
  const auto result = Kpi("feedback_score")
                          .Set("score", {33, 0})
                          .Set("score_squares", {137, 0})
                          .Set("ratings", {8, 0})
                          .Evaluate();
  ExpectValue(result[0], 4.125, 8);
  ExpectInterval(result[0], 3.82942, 4.42058);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(SkillAssessmentScoreTest, IsTheMeanOfTheAssessments) {
  ExpectMean(Kpi("skill_assessment_score"), "score", "assessments", 100);
}

TEST(ContinuousImprovementRateTest, ComparesTheMeansOfTwoPeriods) {
  // 84 against 80: 5 % more. Nothing now, nothing before, or nothing scored before is no data.
  const auto result = Kpi("continuous_improvement_rate")
                          .Set("score", {168, 0, 168, 168})
                          .Set("assessments", {2, 0, 2, 2})
                          .Set("score_before", {240, 240, 0, 0})
                          .Set("assessments_before", {3, 3, 0, 1})
                          .Evaluate();
  EXPECT_NEAR(result[0].value, 5, 1e-12);
  EXPECT_EQ(result[0].sample_size, 2);
  for (size_t row : {1, 2, 3}) EXPECT_EQ(result[row].state, KS_STATE_NO_DATA) << row;
}

TEST(TrainingCompletionRateTest, IsTheShareOfWhatWasDue) {
  ExpectProportion(Kpi("training_completion_rate"), "completed", "due");
}

TEST(EmployeeSatisfactionTest, IsPromotersMinusDetractors) {
  const auto result = Kpi("employee_satisfaction")
                          .Set("promoters", {60, 0, 0})
                          .Set("detractors", {20, 4, 0})
                          .Set("responses", {100, 4, 0})
                          .Evaluate();
  ExpectValue(result[0], 40, 100);
  // As for the net promoter score: 38.835 ± 15.455 points.
  ExpectInterval(result[0], 23.3799, 54.2900);
  ExpectValue(result[1], -100, 4);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

}  // namespace
}  // namespace keyscore::catalogue
