// How much of what the client spends in our field is spent with us.
#pragma once

#include "plugins/inputs.h"

namespace keyscore::catalogue {

struct ShareOfWallet : Kpi<ShareOfWallet> {
  static constexpr Definition kDefinition = {
      .id = "share_of_wallet",
      .title = "Share of wallet",
      .description =
          "Our revenue of the last year in percent of what the clients spend in our field with "
          "anyone. It needs a noted spend for each account: an account without one makes the share "
          "too high.",
      .formula = "revenue / category spend, both in the 365 days to the end of the period",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 365,
      .curve = {{0, 0}, {20, 40}, {40, 75}, {70, 100}},
      .target = 40,
      .target_source =
          "Placeholder: it depends on how many suppliers your field usually has, set your own.",
      .actions = {"Ask each client once a year what they spend in your field, and with whom.",
                  "Choose the account with the most spent elsewhere and find out why.",
                  "Offer a price step for bringing the second supplier's volume to you."}};
  static constexpr Input kInputs[] = {
      Revenue().DuringLastDays(365),
      Sum("category_spend")
          .Of("category_spend")
          .From("wallet")
          .DuringLastDays(365)
          .Titled("what the clients spend in our field")
          .In("currency"),
      Count("wallets").From("wallet").DuringLastDays(365).Titled("notes of what a client spends")};

  Result Evaluate(const Row& row) const {
    return Share(row["revenue"], row["category_spend"]).WithSample(row["wallets"]);
  }
};

}  // namespace keyscore::catalogue
