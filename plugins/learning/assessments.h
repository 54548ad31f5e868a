// How others, and tests, rate a manager's skill.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

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
      Count("ratings").Of("score").From("feedback").Titled("ratings")};

  Result Evaluate(const Row& row) const { return Mean(row["score"], row["ratings"]); }
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
  static constexpr Input kInputs[] = {Sum("score")
                                          .Of("score")
                                          .From("learning")
                                          .Where("kind = 'skill_assessment'")
                                          .Titled("assessment scores added up (0 to 100 each)"),
                                      Count("assessments")
                                          .Of("score")
                                          .From("learning")
                                          .Where("kind = 'skill_assessment'")
                                          .Titled("assessments with a score")};

  Result Evaluate(const Row& row) const { return Mean(row["score"], row["assessments"]); }
};

}  // namespace keyscore::catalogue
