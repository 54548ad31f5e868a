// How many accounts leave, and how many stay: two views of one count.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct ChurnRate : Kpi<ChurnRate> {
  static constexpr Definition kDefinition = {
      .id = "churn_rate",
      .title = "Churn rate",
      .description = "Share of the accounts active when the period began that left during it.",
      .formula = "accounts of the start that churned in the period / active accounts at its start",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kLowerIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 92,
      .curve = {{0, 100}, {2, 80}, {5, 50}, {15, 0}},
      .target = 2,
      .target_source =
          "Rule of thumb for a quarter: 5 to 8 % a year is good among business "
          "clients.",
      .actions = {"Ask every client who left for the reason and look for others with the same "
                  "signs.",
                  "Agree with your lead who calls when an account goes quiet for a month."}};
  static constexpr Input kInputs[] = {
      ActiveAccountsAtStart(), CountDistinct("churned")
                                   .Of("account_id")
                                   .From("book")
                                   .AtStart("ended_at")
                                   .Where("churned_at >= period_from and churned_at < period_to")
                                   .Titled("of these, accounts that left in the period")};

  Result Evaluate(const Row& row) const {
    return Percentage(row["churned"], row["active_accounts"]);
  }
};

struct RetentionRate : Kpi<RetentionRate> {
  static constexpr Definition kDefinition = {
      .id = "retention_rate",
      .title = "Retention rate",
      .description =
          "Share of the accounts active when the period began that were still there at "
          "its end.",
      .formula = "100 − churn rate",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 92,
      .curve = {{85, 0}, {95, 50}, {98, 80}, {100, 100}},
      .target = 98,
      .target_source =
          "Rule of thumb for a quarter: 92 to 95 % a year is good among business "
          "clients.",
      .actions = {"Ask every client who left for the reason and look for others with the same "
                  "signs.",
                  "Review the accounts with falling revenue or open complaints every month."}};
  static constexpr Input kInputs[] = {
      ActiveAccountsAtStart(), CountDistinct("churned")
                                   .Of("account_id")
                                   .From("book")
                                   .AtStart("ended_at")
                                   .Where("churned_at >= period_from and churned_at < period_to")
                                   .Titled("of these, accounts that left in the period")};

  Result Evaluate(const Row& row) const {
    return Percentage(row["active_accounts"] - row["churned"], row["active_accounts"]);
  }
};

}  // namespace keyscore::catalogue
