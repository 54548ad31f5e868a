// Whether clients bring other clients.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct NumberOfReferrals : Kpi<NumberOfReferrals> {
  static constexpr Definition kDefinition = {
      .id = "number_of_referrals",
      .title = "Number of referrals",
      .description =
          "How many referrals clients gave in the period, converted or not. A plain count: compare "
          "it with periods and teams of the same size only.",
      .formula = "referrals given in the period; references and public mentions do not count",
      .unit = "referrals",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 92,
      .curve = {{0, 0}, {1, 40}, {3, 75}, {6, 100}},
      .target = 3,
      .target_source =
          "Placeholder for one manager and a quarter, one a month: there is no industry figure, "
          "set your own.",
      .actions = {
          "Ask for an introduction right after a success, naming whom you would like to meet.",
          "Thank everyone who referred someone, and tell them what came of it."}};
  static constexpr Input kInputs[] = {
      Count("referrals").From("referral").Where("kind = 'referral'").Titled("referrals")};

  Result Evaluate(const Row& row) const {
    return Result::Value(row["referrals"]).WithSample(row["referrals"]);
  }
};

struct ReferralRate : Kpi<ReferralRate> {
  static constexpr Definition kDefinition = {
      .id = "referral_rate",
      .title = "Referral rate",
      .description = "Share of the active accounts that referred someone to us in the period.",
      .formula = "accounts that gave a referral in the period / active accounts at its end",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 92,
      .curve = {{0, 0}, {5, 40}, {10, 75}, {20, 100}},
      .target = 10,
      .target_source =
          "Placeholder: one account in ten in a quarter; there is no industry figure, set your "
          "own.",
      .actions = {"Ask each promoter of the last survey for one introduction.",
                  "Make it easy: send two lines of text that the client can forward."}};
  static constexpr Input kInputs[] = {CountDistinct("referring_accounts")
                                          .Of("account_id")
                                          .From("referral")
                                          .Where("kind = 'referral'")
                                          .Titled("accounts that gave a referral"),
                                      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Percentage(row["referring_accounts"], row["active_accounts"]);
  }
};

}  // namespace keyscore::catalogue
