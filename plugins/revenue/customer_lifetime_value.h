// What an account brings in over the time it stays, from what was observed.
#pragma once

#include "plugins/inputs.h"

namespace keyscore::catalogue {

struct CustomerLifetimeValue : Kpi<CustomerLifetimeValue> {
  static constexpr Definition kDefinition = {
      .id = "customer_lifetime_value",
      .title = "Customer lifetime value",
      .description =
          "What an active account is worth over the time that accounts stay, if it goes on buying "
          "as in the last year: revenue, not profit, and not discounted. How long accounts stay is "
          "read from those that left; where no one has left yet, and where few have, it is the "
          "longest lifespan of the settings.",
      .formula =
          "average purchase × purchases per account × lifespan; average purchase = revenue / "
          "invoices and purchases per account = invoices / active accounts, both in the 365 days "
          "to the end of the period; lifespan = years of all accounts in the book so far / "
          "accounts that left so far, at most max_lifespan_years",
      .unit = "currency / account",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 92,
      .curve = {{0, 0}, {200000, 40}, {500000, 75}, {1000000, 100}},
      .target = 500000,
      .target_source =
          "Placeholder, 100,000 a year for five years: there is no industry figure, set your own.",
      .actions = {"See which of the three factors is low: the purchase, how often, or how long.",
                  "Bundle small orders into a yearly agreement with the client.",
                  "Work on the accounts most likely to leave: a longer stay counts as much as more "
                  "sales."},
      .settings = {
          {.name = "max_lifespan_years",
           .description =
               "longest lifespan assumed, in years; stands for it where no account has left",
           .default_value = 10,
           .minimum = 1,
           .maximum = 100}}};
  static constexpr Input kInputs[] = {
      Revenue().DuringLastDays(365),
      CountDistinct("invoices")
          .Of("invoice_id")
          .From("invoice_line")
          .DuringLastDays(365)
          .Titled("invoices"),
      ActiveAccountsAtEnd(),
      Sum("account_days")
          .Of("days_between(occurred_at, least(coalesce(ended_at, period_to), period_to))")
          .From("book")
          .During(Window::kUntilEnd)
          .Titled("days that accounts were in the book, added up")
          .In("days"),
      Count("churned")
          .From("book")
          .Where("ended_at = churned_at and churned_at < period_to")
          .During(Window::kUntilEnd)
          .Titled("accounts that left so far")};

  explicit CustomerLifetimeValue(const Settings& settings)
      : max_lifespan_years(settings["max_lifespan_years"]) {}

  Result Evaluate(const Row& row) const {
    const Number years = row["account_days"] / 365 / row["churned"];
    const double lifespan = years < max_lifespan_years ? years.value() : max_lifespan_years;
    const Number purchase = row["revenue"] / row["invoices"];
    const Number purchases_a_year = row["invoices"] / row["active_accounts"];
    return Result::Value(purchase * purchases_a_year * lifespan).WithSample(row["invoices"]);
  }

  double max_lifespan_years;
};

}  // namespace keyscore::catalogue
