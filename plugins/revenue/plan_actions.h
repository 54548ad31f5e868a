// Whether account plans are carried out, in time and within their budget.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct AccountPlanExecution : Kpi<AccountPlanExecution> {
  static constexpr Definition kDefinition = {
      .id = "account_plan_execution",
      .title = "Account plan execution",
      .description =
          "Share of the actions in the account plans that were done by the day they were due. An "
          "action that is not done, or was done later, counts as missed.",
      .formula =
          "actions due in the period and completed by the end of their due day / actions due in "
          "the period",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 92,
      .curve = {{30, 0}, {60, 40}, {80, 75}, {95, 100}},
      .target = 80,
      .target_source =
          "Rule of thumb: four in five actions in time; a plan that is always met was too easy.",
      .actions = {"Go through all actions due within four weeks every Monday.",
                  "Give each action one owner, not a department.",
                  "Strike out what nobody will do, and say so to the client."}};
  static constexpr Input kInputs[] = {
      Count("done_in_time")
          .From("plan_action")
          .Where("calendar_day(completed_at) <= calendar_day(occurred_at)")
          .Titled("actions completed by their due day"),
      Count("due").From("plan_action").Titled("actions due")};

  Result Evaluate(const Row& row) const { return Percentage(row["done_in_time"], row["due"]); }
};

struct PlanOnBudget : Kpi<PlanOnBudget> {
  static constexpr Definition kDefinition = {
      .id = "plan_on_budget",
      .title = "Plan on budget",
      .description =
          "Share of the completed plan actions that cost no more than was planned. Actions without "
          "a budget or without a known cost are left out.",
      .formula =
          "actions with actual cost ≤ budget / actions that have both, by the day they were "
          "completed in the period",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kHigh,
      .cadence_days = 92,
      .curve = {{40, 0}, {70, 40}, {85, 75}, {100, 100}},
      .target = 85,
      .target_source = "Placeholder: there is no industry figure, set your own.",
      .actions = {
          "Ask for the cost of an action before it is promised to the client.",
          "Look at the three largest overruns and correct the budgets of similar actions."}};
  static constexpr Input kInputs[] = {Count("on_budget")
                                          .From("plan_action")
                                          .Where("actual_cost <= budget")
                                          .By("completed_at")
                                          .Titled("completed actions within their budget"),
                                      Count("costed")
                                          .From("plan_action")
                                          .Where("actual_cost is not null and budget is not null")
                                          .By("completed_at")
                                          .Titled("completed actions with a budget and a cost")};

  Result Evaluate(const Row& row) const { return Percentage(row["on_budget"], row["costed"]); }
};

}  // namespace keyscore::catalogue
