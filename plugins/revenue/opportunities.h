// How many opportunities are won, and how fast.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct OpportunityConversionRate : Kpi<OpportunityConversionRate> {
  static constexpr Definition kDefinition = {
      .id = "opportunity_conversion_rate",
      .title = "Opportunity conversion rate",
      .description = "Share of the decided opportunities that were won.",
      .formula =
          "opportunities won / opportunities won or lost, by the day they closed in the "
          "period",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 92,
      .default_weight = 1,
      .curve = {{0, 0}, {25, 40}, {50, 75}, {75, 100}},
      .target = 50,
      .target_source =
          "Rule of thumb: one in four deals is won with new clients, half or more "
          "with existing ones.",
      .actions = {"Qualify earlier: drop what has no budget, no date or no decision maker.",
                  "Go through the last five losses and write down what the client chose instead.",
                  "Agree the next step and its date at the end of every sales conversation."}};
  static constexpr Input kInputs[] = {Count("won")
                                          .From("opportunity")
                                          .Where("outcome = 'won'")
                                          .By("closed_at")
                                          .Titled("opportunities won"),
                                      Count("lost")
                                          .From("opportunity")
                                          .Where("outcome = 'lost'")
                                          .By("closed_at")
                                          .Titled("opportunities lost")};

  Result Evaluate(const Row& row) const { return Percentage(row["won"], row["won"] + row["lost"]); }
};

struct TimeToClose : Kpi<TimeToClose> {
  static constexpr Definition kDefinition = {
      .id = "time_to_close",
      .title = "Time to close",
      .description =
          "How many days it took, on average, from opening an opportunity to winning "
          "it.",
      .formula = "mean (closed − opened) of the opportunities won in the period",
      .unit = "days",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kLowerIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 92,
      .curve = {{15, 100}, {60, 75}, {120, 40}, {240, 0}},
      .target = 60,
      .target_source =
          "Rule of thumb: deals with existing business clients close within two "
          "months.",
      .actions = {"Find the stage where deals wait longest and ask what the client needs there.",
                  "Agree a plan with dates up to the signature with the client."}};
  static constexpr Input kInputs[] = {
      Sum("days_to_close")
          .Of("days_between(occurred_at, closed_at)")
          .From("opportunity")
          .Where("outcome = 'won'")
          .By("closed_at")
          .Titled("days to close, added up")
          .In("days"),
      Sum("days_to_close_squares")
          .Of("days_between(occurred_at, closed_at) * days_between(occurred_at, closed_at)")
          .From("opportunity")
          .Where("outcome = 'won'")
          .By("closed_at")
          .Titled("squares of these days added up"),
      Count("won")
          .From("opportunity")
          .Where("outcome = 'won'")
          .By("closed_at")
          .Titled("opportunities won")};

  Result Evaluate(const Row& row) const {
    return Mean(row["days_to_close"], row["days_to_close_squares"], row["won"])
        .Within(0, kUnbounded);
  }
};

}  // namespace keyscore::catalogue
