// How often offers of other and of larger products to existing clients are won.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct CrossSelling : Kpi<CrossSelling> {
  static constexpr Definition kDefinition = {
      .id = "cross_selling",
      .title = "Cross-selling",
      .description =
          "Share of the decided cross-sell opportunities that were won: offers of something the "
          "client did not buy from us before.",
      .formula =
          "cross-sell opportunities won / cross-sell opportunities won or lost, by the day they "
          "closed in the period",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 92,
      .curve = {{0, 0}, {20, 40}, {40, 75}, {60, 100}},
      .target = 40,
      .target_source =
          "Rule of thumb: one in four deals is won with new clients, clearly more with existing "
          "ones; set your own.",
      .actions = {"Write down for each account what clients like it buy and this one does not.",
                  "Bring the product specialist to the meeting before the offer is written.",
                  "Start with a small trial where the client hesitates."}};
  static constexpr Input kInputs[] = {Count("won")
                                          .From("opportunity")
                                          .Where("kind = 'cross_sell' and outcome = 'won'")
                                          .By("closed_at")
                                          .Titled("cross-sell opportunities won"),
                                      Count("lost")
                                          .From("opportunity")
                                          .Where("kind = 'cross_sell' and outcome = 'lost'")
                                          .By("closed_at")
                                          .Titled("cross-sell opportunities lost")};

  Result Evaluate(const Row& row) const { return Percentage(row["won"], row["won"] + row["lost"]); }
};

struct UpsellRate : Kpi<UpsellRate> {
  static constexpr Definition kDefinition = {
      .id = "upsell_rate",
      .title = "Upsell rate",
      .description =
          "Share of the decided upsell opportunities that were won: offers of more, or a better "
          "version, of what the client already buys.",
      .formula =
          "upsell opportunities won / upsell opportunities won or lost, by the day they closed in "
          "the period",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 92,
      .curve = {{0, 0}, {25, 40}, {50, 75}, {70, 100}},
      .target = 50,
      .target_source = "Rule of thumb: half or more of the deals with existing clients are won.",
      .actions = {
          "Offer the next size when usage figures show that the client needs it, not before.",
          "Show what a similar client gained by the same step, in figures.",
          "Ask after each loss whether it was the price, the time or the need."}};
  static constexpr Input kInputs[] = {Count("won")
                                          .From("opportunity")
                                          .Where("kind = 'upsell' and outcome = 'won'")
                                          .By("closed_at")
                                          .Titled("upsell opportunities won"),
                                      Count("lost")
                                          .From("opportunity")
                                          .Where("kind = 'upsell' and outcome = 'lost'")
                                          .By("closed_at")
                                          .Titled("upsell opportunities lost")};

  Result Evaluate(const Row& row) const { return Percentage(row["won"], row["won"] + row["lost"]); }
};

}  // namespace keyscore::catalogue
