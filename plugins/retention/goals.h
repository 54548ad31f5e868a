// Whether goals are reached: those shared with the client, and those that need other departments.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct GoalAttainment : Kpi<GoalAttainment> {
  static constexpr Definition kDefinition = {
      .id = "goal_attainment",
      .title = "Goal attainment",
      .description =
          "How far the goals shared with clients were reached that were due in the period: 100 "
          "where all were reached in full.",
      .formula = "100 × mean progress of the shared goals due in the period",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 182,
      .curve = {{30, 0}, {60, 40}, {80, 75}, {95, 100}},
      .target = 80,
      .target_source =
          "Rule of thumb: goals that are always reached in full were too easy; 70 to 80 % is usual "
          "for ambitious ones.",
      .actions = {"Go through each shared goal with the client half-way to its date.",
                  "Break a goal that does not move into steps of a month.",
                  "Agree a new goal openly where the client's own plans have changed."}};
  static constexpr Input kInputs[] = {
      Sum("progress")
          .Of("100 * progress")
          .From("goal")
          .Where("shared")
          .By("due_at")
          .Titled("progress of the shared goals added up (0 to 100 each)"),
      Sum("progress_squares")
          .Of("100 * progress * 100 * progress")
          .From("goal")
          .Where("shared")
          .By("due_at")
          .Titled("squares of the progress added up"),
      Count("goals").From("goal").Where("shared").By("due_at").Titled("shared goals due")};

  Result Evaluate(const Row& row) const {
    return Mean(row["progress"], row["progress_squares"], row["goals"]).Within(0, 100);
  }
};

struct DependentObjectives : Kpi<DependentObjectives> {
  static constexpr Definition kDefinition = {
      .id = "dependent_objectives",
      .title = "Dependent objectives",
      .description =
          "Share of the goals that need other departments and were reached by the day they were "
          "due.",
      .formula =
          "goals that depend on others and were achieved by the end of their due day / goals that "
          "depend on others, due in the period",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 182,
      .curve = {{20, 0}, {50, 40}, {70, 75}, {90, 100}},
      .target = 70,
      .target_source = "Placeholder, seven in ten: there is no industry figure, set your own.",
      .actions = {
          "Agree date and contents with the other department before you promise them to the "
          "client.",
          "Meet the departments that you wait for every second week until the goal is reached.",
          "Tell your lead in time where two departments want different things."}};
  static constexpr Input kInputs[] = {
      Count("achieved_in_time")
          .From("goal")
          .Where("depends_on_others and calendar_day(achieved_at) <= calendar_day(due_at)")
          .By("due_at")
          .Titled("of these, achieved by their due day"),
      Count("due")
          .From("goal")
          .Where("depends_on_others")
          .By("due_at")
          .Titled("goals due that depend on others")};

  Result Evaluate(const Row& row) const { return Percentage(row["achieved_in_time"], row["due"]); }
};

}  // namespace keyscore::catalogue
