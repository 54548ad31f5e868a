// Whether training is done in time, and whether the managers like working here.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct TrainingCompletionRate : Kpi<TrainingCompletionRate> {
  static constexpr Definition kDefinition = {
      .id = "training_completion_rate",
      .title = "Training completion rate",
      .description = "Share of the training due in the period that was completed before its end.",
      .formula =
          "training due in the period and completed before its end / training due in the period",
      .unit = "%",
      .pillar = Pillar::kLearning,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 182,
      .curve = {{50, 0}, {75, 40}, {90, 75}, {100, 100}},
      .target = 90,
      .target_source =
          "Placeholder, nine in ten; what the law asks for must reach 100. Set your own.",
      .actions = {"Block the hours for each training in the calendar on the day it is agreed.",
                  "Take out training that no longer serves a goal, instead of letting it lapse."}};
  static constexpr Input kInputs[] = {
      Count("completed")
          .From("learning")
          .Where("kind = 'training' and completed_at < period_to")
          .By("due_at")
          .Titled("of these, completed before the period's end"),
      Count("due").From("learning").Where("kind = 'training'").By("due_at").Titled("training due")};

  Result Evaluate(const Row& row) const { return Percentage(row["completed"], row["due"]); }
};

struct EmployeeSatisfaction : Kpi<EmployeeSatisfaction> {
  static constexpr Definition kDefinition = {
      .id = "employee_satisfaction",
      .title = "Employee satisfaction",
      .description =
          "Whether the managers would recommend working here, from 0 to 10: the share of promoters "
          "(9 or 10) minus the share of detractors (6 or less).",
      .formula =
          "% of answers 9–10 minus % of answers 0–6, of the answers of the employee survey in the "
          "period",
      .unit = "−100 to 100",
      .pillar = Pillar::kLearning,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kLow,
      .cadence_days = 365,
      .curve = {{-50, 0}, {0, 40}, {20, 75}, {50, 100}},
      .target = 20,
      .target_source = "Rule of thumb: above 0 is fair, 10 to 30 good, above 50 excellent.",
      .actions = {"Ask in the next team meeting which one thing costs the most time for the least "
                  "use, and end it.",
                  "Share out accounts anew where one manager has far more than the others.",
                  "Tell the team within a month what follows from the survey."}};
  static constexpr Input kInputs[] = {
      Count("promoters").From("employee_survey").Where("score >= 9").Titled("answers 9 or 10"),
      Count("detractors").From("employee_survey").Where("score <= 6").Titled("answers 0 to 6"),
      Count("responses").From("employee_survey").Titled("answers")};

  Result Evaluate(const Row& row) const {
    return NetPromoter(row["promoters"], row["detractors"], row["responses"]);
  }
};

}  // namespace keyscore::catalogue
