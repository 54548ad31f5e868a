// How much of the revenue comes from selling more, and from selling something else.
#pragma once

#include "plugins/inputs.h"

namespace keyscore::catalogue {

struct UpsellRevenueShare : Kpi<UpsellRevenueShare> {
  static constexpr Definition kDefinition = {
      .id = "upsell_revenue_share",
      .title = "Upsell revenue share",
      .description =
          "Share of the revenue that came from selling more, or a better version, of "
          "what the client already buys.",
      .formula = "amount of the upsell invoice lines / amount of all invoice lines in the period",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kHigh,
      .cadence_days = 45,
      .default_weight = 1,
      .curve = {{0, 0}, {10, 40}, {20, 75}, {35, 100}},
      .target = 20,
      .target_source =
          "Rule of thumb: one fifth of the revenue of a well-kept book comes from "
          "upselling.",
      .actions = {"Look for accounts near the limit of what they bought and propose the next size "
                  "up.",
                  "Bring usage figures to the business review: they make the case by themselves.",
                  "Learn which upsell worked at a similar account and repeat it."}};
  static constexpr Input kInputs[] = {
      Revenue("upsell_revenue").Where("sale_kind = 'upsell'").Titled("revenue from upselling"),
      Revenue(), InvoiceLines()};

  Result Evaluate(const Row& row) const {
    return Share(row["upsell_revenue"], row["revenue"]).WithSample(row["invoice_lines"]);
  }
};

struct CrossSellRevenueShare : Kpi<CrossSellRevenueShare> {
  static constexpr Definition kDefinition = {
      .id = "cross_sell_revenue_share",
      .title = "Cross-sell revenue share",
      .description =
          "Share of the revenue that came from selling the client something they did not buy from "
          "us before.",
      .formula =
          "amount of the cross-sell invoice lines / amount of all invoice lines in the period",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kHigh,
      .cadence_days = 45,
      .curve = {{0, 0}, {5, 40}, {10, 75}, {20, 100}},
      .target = 10,
      .target_source =
          "Placeholder, half of what upselling brings: there is no industry figure, set your own.",
      .actions = {"List for each account the products it does not buy yet, and strike out those "
                  "that make no sense.",
                  "Ask what the client buys elsewhere because they do not know that you have it.",
                  "Learn which second product similar accounts took, and begin there."}};
  static constexpr Input kInputs[] = {Revenue("cross_sell_revenue")
                                          .Where("sale_kind = 'cross_sell'")
                                          .Titled("revenue from cross-selling"),
                                      Revenue(), InvoiceLines()};

  Result Evaluate(const Row& row) const {
    return Share(row["cross_sell_revenue"], row["revenue"]).WithSample(row["invoice_lines"]);
  }
};

}  // namespace keyscore::catalogue
