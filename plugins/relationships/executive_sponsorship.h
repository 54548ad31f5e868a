// Whether someone who decides is met at each account.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct ExecutiveSponsorship : Kpi<ExecutiveSponsorship> {
  static constexpr Definition kDefinition = {
      .id = "executive_sponsorship",
      .title = "Executive sponsorship",
      .description =
          "Share of the active accounts where the manager met someone at C level, a "
          "vice president or a decision maker in the last 90 days. Any interaction "
          "with that person counts as having met.",
      .formula =
          "accounts with an interaction with a c_level, vp or decision-maker contact in "
          "the 90 days to the end of the period / active accounts at its end",
      .unit = "%",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 90,
      .default_weight = 1,
      .curve = {{0, 0}, {25, 40}, {50, 75}, {80, 100}},
      .target = 50,
      .target_source =
          "Rule of thumb: a senior sponsor met every quarter at half of the key "
          "accounts or more.",
      .actions = {"List the accounts without a senior contact and ask the daily contact for an "
                  "introduction.",
                  "Pair your own executives with theirs and let them meet twice a year.",
                  "Invite the decision maker to the next business review with one question only "
                  "they can answer."}};
  static constexpr Input kInputs[] = {
      CountDistinct("sponsored_accounts")
          .Of("account_id")
          .From("interaction")
          .DuringLastDays(90)
          .Where("contact.seniority in ('c_level', 'vp') or contact.decision_maker")
          .Titled("accounts where a senior contact or decision maker was met"),
      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Percentage(row["sponsored_accounts"], row["active_accounts"]);
  }
};

}  // namespace keyscore::catalogue
