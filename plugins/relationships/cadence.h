// Whether what should happen at every account regularly does: check-ins, asking, and thinking.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct CheckInCadence : Kpi<CheckInCadence> {
  static constexpr Definition kDefinition = {
      .id = "check_in_cadence",
      .title = "Check-in cadence",
      .description = "Share of the active accounts with a planned check-in in the last 91 days.",
      .formula =
          "accounts with a check-in in the 91 days to the end of the period / active accounts at "
          "its end",
      .unit = "%",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 91,
      .curve = {{0, 0}, {60, 40}, {90, 75}, {100, 100}},
      .target = 90,
      .target_source =
          "Rule of thumb: a check-in every quarter with every key account, save for a few.",
      .actions = {"Put a repeating quarterly check-in with each account into both calendars.",
                  "Hold those that were put off by phone this week."}};
  static constexpr Input kInputs[] = {CountDistinct("accounts_checked")
                                          .Of("account_id")
                                          .From("interaction")
                                          .Where("check_in")
                                          .DuringLastDays(91)
                                          .Titled("accounts with a check-in"),
                                      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Percentage(row["accounts_checked"], row["active_accounts"]);
  }
};

struct VoiceOfCustomerCadence : Kpi<VoiceOfCustomerCadence> {
  static constexpr Definition kDefinition = {
      .id = "voice_of_customer_cadence",
      .title = "Voice-of-customer cadence",
      .description =
          "Share of the active accounts that told us in a voice-of-customer survey or interview "
          "what they think, in the last 182 days.",
      .formula =
          "accounts with a voice-of-customer response in the 182 days to the end of the period / "
          "active accounts at its end",
      .unit = "%",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kShared,
      .cadence_days = 182,
      .curve = {{0, 0}, {30, 40}, {60, 75}, {90, 100}},
      .target = 60,
      .target_source =
          "Placeholder: every key account is asked twice a year and three in five answer; set your "
          "own.",
      .actions = {"Ask for fifteen minutes by phone where a written survey was left unanswered.",
                  "Tell each account what changed after its last answer, then ask again."}};
  static constexpr Input kInputs[] = {CountDistinct("accounts_heard")
                                          .Of("account_id")
                                          .From("survey_response")
                                          .Where("instrument = 'voc'")
                                          .DuringLastDays(182)
                                          .Titled("accounts that answered"),
                                      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Percentage(row["accounts_heard"], row["active_accounts"]);
  }
};

struct SwotCadence : Kpi<SwotCadence> {
  static constexpr Definition kDefinition = {
      .id = "swot_cadence",
      .title = "SWOT cadence",
      .description =
          "Share of the active accounts for which strengths, weaknesses, opportunities and threats "
          "were written down within the last year.",
      .formula =
          "accounts with a SWOT in the 365 days to the end of the period / active accounts at its "
          "end",
      .unit = "%",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 365,
      .curve = {{0, 0}, {50, 40}, {80, 75}, {100, 100}},
      .target = 80,
      .target_source =
          "Rule of thumb: one a year for four in five key accounts, as part of the account plan; "
          "set your own.",
      .actions = {
          "Write the SWOT of the largest account without one in an hour together with a colleague.",
          "Make it the first page of every account plan, and go through it before the yearly "
          "review."}};
  static constexpr Input kInputs[] = {CountDistinct("accounts_assessed")
                                          .Of("account_id")
                                          .From("assessment")
                                          .Where("kind = 'swot'")
                                          .DuringLastDays(365)
                                          .Titled("accounts with a SWOT"),
                                      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Percentage(row["accounts_assessed"], row["active_accounts"]);
  }
};

}  // namespace keyscore::catalogue
