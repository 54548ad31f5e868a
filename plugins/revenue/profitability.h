// What is left of the revenue: margin, the cost of service, and the accounts that lose money.
#pragma once

#include "plugins/inputs.h"

namespace keyscore::catalogue {

// Lines without a known cost say nothing about the margin.
inline constexpr std::string_view kHasCost = "cost is not null";

struct ProfitMarginIncrease : Kpi<ProfitMarginIncrease> {
  static constexpr Definition kDefinition = {
      .id = "profit_margin_increase",
      .title = "Profit margin increase",
      .description =
          "By how many percentage points the margin rose against the period before. Only invoice "
          "lines with a known cost count.",
      .formula =
          "margin of the period − margin of the period of the same length before; margin = 100 × "
          "(amount − cost) / amount of the invoice lines that have a cost",
      .unit = "points",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 45,
      .curve = {{-5, 0}, {0, 50}, {1, 75}, {3, 100}},
      .target = 1,
      .target_source =
          "Placeholder for a quarter: one point is a visible step; there is no industry figure, "
          "set your own.",
      .actions = {
          "Rank the accounts by discount and settle the three largest at their next renewal.",
          "Move orders to the products with the better margin where they serve the client as well.",
          "Charge for extras that used to be given away, or stop giving them."}};
  static constexpr Input kInputs[] = {
      Revenue().Where(kHasCost).Titled("revenue of the lines with a cost"),
      Sum("cost").Of("cost").From("invoice_line").Titled("their cost").In("currency"),
      Revenue("revenue_before")
          .Where(kHasCost)
          .During(Window::kPreviousPeriod)
          .Titled("revenue of the lines with a cost in the period before"),
      Sum("cost_before")
          .Of("cost")
          .From("invoice_line")
          .During(Window::kPreviousPeriod)
          .Titled("their cost in the period before")
          .In("currency"),
      InvoiceLines().Where(kHasCost).Titled("invoice lines with a cost")};

  Result Evaluate(const Row& row) const {
    const Number now = (row["revenue"] - row["cost"]) / row["revenue"];
    const Number before = (row["revenue_before"] - row["cost_before"]) / row["revenue_before"];
    return Result::Value(100 * (now - before)).WithSample(row["invoice_lines"]);
  }
};

struct CostToServeReduction : Kpi<CostToServeReduction> {
  static constexpr Definition kDefinition = {
      .id = "cost_to_serve_reduction",
      .title = "Cost-to-serve reduction",
      .description =
          "By how many percent the cost of looking after the clients fell, for each unit of "
          "revenue, against the period before. Below 0 it rose.",
      .formula =
          "100 × (1 − cost to serve in the period / cost to serve in the period of the same length "
          "before); cost to serve = service costs / revenue",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 45,
      .curve = {{-10, 0}, {0, 50}, {5, 75}, {15, 100}},
      .target = 5,
      .target_source =
          "Placeholder: five percent a period; there is no industry figure, set your own.",
      .actions = {"Find the two services that cost most at accounts with little revenue, and offer "
                  "a cheaper way.",
                  "Move routine orders and questions to self-service.",
                  "Agree minimum order sizes at the next renewal."}};
  static constexpr Input kInputs[] = {
      Sum("service_cost").Of("amount").From("service_cost").Titled("service costs").In("currency"),
      Revenue(),
      Sum("service_cost_before")
          .Of("amount")
          .From("service_cost")
          .During(Window::kPreviousPeriod)
          .Titled("service costs of the period before")
          .In("currency"),
      Revenue("revenue_before")
          .During(Window::kPreviousPeriod)
          .Titled("revenue of the period before"),
      Count("service_costs").From("service_cost").Titled("entries of service costs")};

  Result Evaluate(const Row& row) const {
    const Number now = row["service_cost"] / row["revenue"];
    const Number before = row["service_cost_before"] / row["revenue_before"];
    return Result::Value(100 * (1 - now / before)).WithSample(row["service_costs"]);
  }
};

struct UnprofitableCustomers : Kpi<UnprofitableCustomers> {
  static constexpr Definition kDefinition = {
      .id = "unprofitable_customers",
      .title = "Unprofitable customers",
      .description =
          "Share of the accounts invoiced within the last year that cost more than they brought "
          "in, service costs included. A cost that is not known counts as none.",
      .formula =
          "100 where revenue − cost − service costs < 0 in the 365 days to the end of the period, "
          "else 0; mean over the accounts with an invoice in that time",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kLowerIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 45,
      .rollup = Rollup::kAccounts,
      .curve = {{0, 100}, {10, 75}, {20, 40}, {40, 0}},
      .target = 10,
      .target_source =
          "Kaplan and Narayanan (2001) describe the least profitable tenth of a company's "
          "customers as loss-making; set your own.",
      .actions = {"Show each loss-making client what their small or urgent orders cost, and agree "
                  "another way.",
                  "Reprice at the next renewal, beginning with the largest loss.",
                  "Hand accounts that cannot become profitable to inside sales."}};
  static constexpr Input kInputs[] = {Revenue().DuringLastDays(365),
                                      Sum("cost")
                                          .Of("cost")
                                          .From("invoice_line")
                                          .DuringLastDays(365)
                                          .Titled("cost of what was invoiced")
                                          .In("currency"),
                                      Sum("service_cost")
                                          .Of("amount")
                                          .From("service_cost")
                                          .DuringLastDays(365)
                                          .Optional()
                                          .Titled("service costs")
                                          .In("currency"),
                                      InvoiceLines().DuringLastDays(365)};

  Result Evaluate(const Row& row) const {
    if (!(row["invoice_lines"] > 0)) return Result::NoData();
    const Number profit = row["revenue"] - row["cost"] - row["service_cost"];
    return Result::Value(profit < 0 ? 100 : 0).WithSample(1);
  }
};

}  // namespace keyscore::catalogue
