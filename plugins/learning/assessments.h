// How others, and tests, rate a manager's skill.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

constexpr Input AssessmentScores(std::string_view name = "score") {
  return Sum(name)
      .Of("score")
      .From("learning")
      .Where("kind = 'skill_assessment'")
      .Titled("assessment scores added up (0 to 100 each)");
}

constexpr Input Assessments(std::string_view name = "assessments") {
  return Count(name)
      .Of("score")
      .From("learning")
      .Where("kind = 'skill_assessment'")
      .Titled("assessments with a score");
}

struct FeedbackScore : Kpi<FeedbackScore> {
  static constexpr Definition kDefinition = {
      .id = "feedback_score",
      .title = "Feedback score",
      .description =
          "How peers, leads, clients and other departments rated the manager, from 1 "
          "to 5.",
      .formula = "mean feedback score of all sources in the period",
      .unit = "1–5",
      .pillar = Pillar::kLearning,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 182,
      .curve = {{2, 0}, {3, 40}, {4, 75}, {4.7, 100}},
      .target = 4,
      .target_source = "Rule of thumb: ratings of colleagues average near 4 of 5.",
      .actions = {"Pick the one remark that came up twice and agree with your lead what to change.",
                  "Ask for feedback right after a joint client meeting, while it is fresh."}};
  static constexpr Input kInputs[] = {
      Sum("score").Of("score").From("feedback").Titled("feedback scores added up (1 to 5 each)"),
      Sum("score_squares")
          .Of("score * score")
          .From("feedback")
          .Titled("squares of the scores added up"),
      Count("ratings").Of("score").From("feedback").Titled("ratings")};

  Result Evaluate(const Row& row) const {
    return Mean(row["score"], row["score_squares"], row["ratings"]).Within(1, 5);
  }
};

struct SkillAssessmentScore : Kpi<SkillAssessmentScore> {
  static constexpr Definition kDefinition = {
      .id = "skill_assessment_score",
      .title = "Skill assessment score",
      .description = "Result of the skill assessments taken in the period, from 0 to 100.",
      .formula = "mean score of the skill assessments in the period",
      .unit = "0–100",
      .pillar = Pillar::kLearning,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kHigh,
      .cadence_days = 365,
      .curve = {{40, 0}, {60, 40}, {75, 75}, {90, 100}},
      .target = 75,
      .target_source = "Rule of thumb: 70 to 80 is the usual pass mark.",
      .actions = {"Choose training for the weakest part of the last assessment.",
                  "Practise the next negotiation with a colleague in the client's role."}};
  static constexpr Input kInputs[] = {AssessmentScores(),
                                      AssessmentScores("score_squares")
                                          .Of("score * score")
                                          .Titled("squares of the scores added up"),
                                      Assessments()};

  Result Evaluate(const Row& row) const {
    return Mean(row["score"], row["score_squares"], row["assessments"]).Within(0, 100);
  }
};

struct ContinuousImprovementRate : Kpi<ContinuousImprovementRate> {
  static constexpr Definition kDefinition = {
      .id = "continuous_improvement_rate",
      .title = "Continuous improvement rate",
      .description =
          "By how many percent the mean score of the skill assessments rose against the period "
          "before.",
      .formula =
          "mean assessment score of the period / mean assessment score of the period of the same "
          "length before − 1",
      .unit = "%",
      .pillar = Pillar::kLearning,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kHigh,
      .cadence_days = 365,
      .curve = {{-10, 0}, {0, 50}, {5, 75}, {15, 100}},
      .target = 5,
      .target_source = "Placeholder for a year: there is no industry figure, set your own.",
      .actions = {"Choose one skill a quarter, and practise that one only.",
                  "Take the same assessment again after the training, so that progress shows.",
                  "Ask a colleague who improved what they changed."}};
  static constexpr Input kInputs[] = {
      AssessmentScores(), Assessments(),
      AssessmentScores("score_before")
          .During(Window::kPreviousPeriod)
          .Titled("assessment scores of the period before added up"),
      Assessments("assessments_before")
          .During(Window::kPreviousPeriod)
          .Titled("assessments with a score in the period before")};

  Result Evaluate(const Row& row) const {
    const Number now = row["score"] / row["assessments"];
    const Number before = row["score_before"] / row["assessments_before"];
    return Growth(now, before).WithSample(row["assessments"]);
  }
};

}  // namespace keyscore::catalogue
