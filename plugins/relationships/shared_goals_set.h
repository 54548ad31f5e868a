// Whether we and the client work on goals that both agreed.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct SharedGoalsSet : Kpi<SharedGoalsSet> {
  static constexpr Definition kDefinition = {
      .id = "shared_goals_set",
      .title = "Shared goals set",
      .description =
          "Share of the active accounts with three to five open goals that the client shares. "
          "Fewer leave the year without a direction, more are not followed.",
      .formula =
          "100 where 3 to 5 shared goals are open at the end of the period (agreed before it, "
          "neither achieved nor due before it), else 0; mean over the active accounts",
      .unit = "%",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 182,
      .rollup = Rollup::kAccounts,
      .curve = {{0, 0}, {40, 40}, {80, 75}, {100, 100}},
      .target = 80,
      .target_source =
          "Rule of thumb: three to five goals are what an account plan can follow; four in five "
          "accounts is a placeholder, set your own.",
      .actions = {"Agree one goal with a date and a figure in each of the next client meetings.",
                  "Close goals that nobody follows any more, where there are more than five.",
                  "Go through the shared goals at the start of every business review."}};
  static constexpr Input kInputs[] = {
      Count("open_goals")
          .From("goal")
          .Where("shared and (achieved_at is null or achieved_at >= period_to) and "
                 "(due_at is null or due_at >= period_to)")
          .During(Window::kUntilEnd)
          .Titled("shared goals open at the end of the period"),
      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    if (!(row["active_accounts"] > 0)) return Result::NoData();
    const Number goals = row["open_goals"];
    return Result::Value(goals >= 3 && goals <= 5 ? 100 : 0).WithSample(1);
  }
};

}  // namespace keyscore::catalogue
