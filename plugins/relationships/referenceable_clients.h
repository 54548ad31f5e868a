// Whether clients speak for us in public.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct ReferenceableClients : Kpi<ReferenceableClients> {
  static constexpr Definition kDefinition = {
      .id = "referenceable_clients",
      .title = "Referenceable clients",
      .description =
          "Share of the active accounts that gave a reference or spoke well of us in public within "
          "the last year.",
      .formula =
          "accounts with a reference or public mention in the 365 days to the end of the period / "
          "active accounts at its end",
      .unit = "%",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 182,
      .curve = {{0, 0}, {10, 40}, {25, 75}, {50, 100}},
      .target = 25,
      .target_source =
          "Placeholder: one key account in four; there is no industry figure, set your own.",
      .actions = {
          "Ask the promoters of the last survey whether they would take one call from a prospect.",
          "Offer to write the draft of a case study, so that the client only has to correct it.",
          "Invite a pleased client to speak at your next event."}};
  static constexpr Input kInputs[] = {CountDistinct("referenceable_accounts")
                                          .Of("account_id")
                                          .From("referral")
                                          .Where("kind in ('reference', 'public_mention')")
                                          .DuringLastDays(365)
                                          .Titled("accounts with a reference or public mention"),
                                      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Percentage(row["referenceable_accounts"], row["active_accounts"]);
  }
};

}  // namespace keyscore::catalogue
