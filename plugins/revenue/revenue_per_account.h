// What an account brings in, and how much of it by upselling.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

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
  static constexpr Input kInputs[] = {
      Sum("revenue").Of("amount").From("invoice_line").Titled("revenue").In("currency"),
      Count("invoice_lines").From("invoice_line").Titled("invoice lines"), ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Ratio(row["revenue"], row["active_accounts"]).WithSample(row["invoice_lines"]);
  }
};

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
      Sum("upsell_revenue")
          .Of("amount")
          .From("invoice_line")
          .Where("sale_kind = 'upsell'")
          .Titled("revenue from upselling")
          .In("currency"),
      Sum("revenue").Of("amount").From("invoice_line").Titled("revenue").In("currency"),
      Count("invoice_lines").From("invoice_line").Titled("invoice lines")};

  Result Evaluate(const Row& row) const {
    return Share(row["upsell_revenue"], row["revenue"]).WithSample(row["invoice_lines"]);
  }
};

}  // namespace keyscore::catalogue
