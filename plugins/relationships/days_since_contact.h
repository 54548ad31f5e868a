// How long an account has been left alone.
#pragma once

#include "plugins/inputs.h"

namespace keyscore::catalogue {

struct DaysSinceContact : Kpi<DaysSinceContact> {
  static constexpr Definition kDefinition = {
      .id = "days_since_contact",
      .title = "Days since contact",
      .description =
          "How long ago the last interaction with each active account was; for an "
          "account never contacted, how long ago it started.",
      .formula =
          "end of the period minus the last interaction before it, in days, fractions "
          "included; mean over the active accounts",
      .unit = "days",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kLowerIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 30,
      .rollup = Rollup::kAccounts,
      .curve = {{7, 100}, {14, 80}, {30, 60}, {60, 25}, {90, 0}},
      .target = 14,
      .target_source = "Rule of thumb: contact with each key account at least every fortnight.",
      .actions = {"Call the three accounts that have waited longest this week.",
                  "Share accounts that you cannot reach often enough with a colleague."}};
  static constexpr Input kInputs[] = {LastContact(), AccountStart(), ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    if (!(row["active_accounts"] > 0)) return Result::NoData();
    const Number last = row["last_contact"];
    const Number since = last.IsNull() ? row["started"] : last;
    return Result::Value((row.period_to_seconds() - since) / kSecondsPerDay).WithSample(1);
  }
};

}  // namespace keyscore::catalogue
