// The Learning & development KPIs, by hand.
#include <gtest/gtest.h>

#include "unit/plugins/catalogue.h"

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
  const auto result = Kpi("feedback_score").Set("score", {33, 0}).Set("ratings", {8, 0}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 4.125);
  EXPECT_EQ(result[0].sample_size, 8);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(SkillAssessmentScoreTest, IsTheMeanOfTheAssessments) {
  const auto result =
      Kpi("skill_assessment_score").Set("score", {150, 0}).Set("assessments", {2, 0}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 75);
  EXPECT_EQ(result[0].sample_size, 2);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

}  // namespace
}  // namespace keyscore::catalogue
