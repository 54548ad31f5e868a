// What an account brings in.
#pragma once

#include "plugins/inputs.h"

namespace keyscore::catalogue {

struct RevenuePerAccount : Kpi<RevenuePerAccount> {
  static constexpr Definition kDefinition = {
      .id = "revenue_per_account",
      .title = "Revenue per account",
      .description = "What the accounts were invoiced in the period, per active account.",
      .formula = "sum of the invoiced amounts in the period / active accounts at its end",
      .unit = "currency / account",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 45,
      .default_weight = 1,
      .curve = {{0, 0}, {10000, 40}, {25000, 75}, {50000, 100}},
      .target = 25000,
      .target_source =
          "A placeholder for a quarter and mid-size accounts: there is no industry "
          "figure, set your own.",
      .actions = {"Compare each account with the largest one like it and offer what it does not "
                  "buy yet.",
                  "Move small accounts that will not grow to a colleague in inside sales.",
                  "Ask for the client's budget for next year before it is fixed."}};
  static constexpr Input kInputs[] = {Revenue(), InvoiceLines(), ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Ratio(row["revenue"], row["active_accounts"]).WithSample(row["invoice_lines"]);
  }
};

}  // namespace keyscore::catalogue
