// Revenue against the same period a year earlier: of the accounts that were there, and of all.
#pragma once

#include "plugins/revenue/inputs.h"

namespace keyscore::catalogue {

struct OrganicGrowth : Kpi<OrganicGrowth> {
  static constexpr Definition kDefinition = {
      .id = "organic_growth",
      .title = "Organic growth",
      .description =
          "What the accounts that brought revenue a year ago bring now, in percent of "
          "then (net revenue retention): 100 means held, more means grown, and what "
          "newly won accounts bring does not count.",
      .formula =
          "revenue in the period of accounts with revenue in the same period a year "
          "earlier / that earlier revenue",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 45,
      .rollup = Rollup::kAccounts,
      .default_weight = 1,
      .curve = {{70, 0}, {90, 40}, {100, 60}, {110, 85}, {120, 100}},
      .target = 105,
      .target_source =
          "Rule of thumb: subscription businesses hold 100 to 105 %, the best exceed "
          "110 %.",
      .actions = {"Meet every account that shrank this quarter and ask what changed.",
                  "Write one growth idea for each account into its plan.",
                  "Settle price adjustments and volume steps before the contract is due."}};
  static constexpr Input kInputs[] = {Revenue(), RevenueLastYear(), InvoiceLinesLastYear()};

  Result Evaluate(const Row& row) const {
    const Number base = row["revenue_last_year"];
    if (!(base > 0)) return Result::NoData();
    return Share(row["revenue"], base).WithWeight(base).WithSample(row["invoice_lines_last_year"]);
  }
};

struct SalesGrowth : Kpi<SalesGrowth> {
  static constexpr Definition kDefinition = {
      .id = "sales_growth",
      .title = "Sales growth",
      .description =
          "How much the revenue of the whole book grew against the same period a year "
          "earlier, newly won accounts included.",
      .formula = "revenue in the period / revenue in the same period a year earlier − 1",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 45,
      .curve = {{-20, 0}, {0, 40}, {10, 75}, {25, 100}},
      .target = 10,
      .target_source =
          "Rule of thumb: a key account book should grow faster than the market, "
          "about 10 % a year.",
      .actions = {
          "Split the change into lost, shrunk, grown and new accounts and work on the "
          "largest part.",
          "Rank the accounts by what they could still buy and plan the year by that list."}};
  static constexpr Input kInputs[] = {Revenue(), RevenueLastYear(), InvoiceLinesLastYear()};

  Result Evaluate(const Row& row) const {
    return Growth(row["revenue"], row["revenue_last_year"])
        .WithSample(row["invoice_lines_last_year"]);
  }
};

}  // namespace keyscore::catalogue
