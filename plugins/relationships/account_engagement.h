// How much good contact there is: the volume of interactions, and the volume weighed with the
// quality that was noted.
#pragma once

#include "plugins/inputs.h"

namespace keyscore::catalogue {

struct AccountEngagement : Kpi<AccountEngagement> {
  static constexpr Definition kDefinition = {
      .id = "account_engagement",
      .title = "Account engagement",
      .description =
          "How often, and how well, the manager is in touch with each active account. "
          "Every interaction counts 1 point at the best quality (5 of 5) and "
          "proportionally less below; one without a noted quality counts as 3 of 5.",
      .formula =
          "sum of (quality, or 3 if none was noted) / 5 over the interactions of the "
          "period, per active account at its end, per 30 days",
      .unit = "points / account / 30 d",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 30,
      .default_weight = 1,
      .curve = {{0, 0}, {0.6, 40}, {1.6, 75}, {3.2, 100}},
      .target = 1.6,
      .target_source =
          "Rule of thumb: a good conversation (4 of 5) every fortnight with each key "
          "account.",
      .actions = {"Block one hour a week for each account that had no conversation this month.",
                  "Prepare the next call with a question about the client's goals, not about the "
                  "order.",
                  "Note the quality of every interaction on the same day, so that the figure can "
                  "be trusted."}};
  static constexpr Input kInputs[] = {
      Sum("quality_points")
          .Of("coalesce(quality, 3)")
          .From("interaction")
          .Titled("interaction quality added up (1 to 5 each, 3 where none was noted)"),
      Interactions(), ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return PerAccountPer30Days(row["quality_points"] / 5, row["active_accounts"], row.period_days())
        .WithSample(row["interactions"]);
  }
};

struct InteractionVolume : Kpi<InteractionVolume> {
  static constexpr Definition kDefinition = {
      .id = "interaction_volume",
      .title = "Interaction volume",
      .description =
          "How often the manager is in touch with each active account, whatever the "
          "channel.",
      .formula = "interactions in the period, per active account at its end, per 30 days",
      .unit = "interactions / account / 30 d",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 30,
      .curve = {{0, 0}, {1, 40}, {2, 75}, {4, 100}},
      .target = 2,
      .target_source = "Rule of thumb: contact with each key account at least every fortnight.",
      .actions = {"Set a contact rhythm for each account and put it in the calendar.",
                  "Begin with the accounts whose last interaction is oldest."}};
  static constexpr Input kInputs[] = {Interactions(), ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return PerAccountPer30Days(row["interactions"], row["active_accounts"], row.period_days())
        .WithSample(row["interactions"]);
  }
};

}  // namespace keyscore::catalogue
