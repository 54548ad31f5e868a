// How the client ranks us among its suppliers, and how many of them there are.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct PreferredSupplier : Kpi<PreferredSupplier> {
  static constexpr Definition kDefinition = {
      .id = "preferred_supplier",
      .title = "Preferred supplier",
      .description =
          "Share of the accounts where we are a preferred supplier, by what was last noted of "
          "each. Accounts where nothing was ever noted are left out.",
      .formula =
          "100 where the latest supplier status before the end of the period is preferred, else 0; "
          "mean over the accounts that have one",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 365,
      .rollup = Rollup::kAccounts,
      .curve = {{0, 0}, {30, 40}, {60, 75}, {90, 100}},
      .target = 60,
      .target_source = "Placeholder, three in five: there is no industry figure, set your own.",
      .actions = {
          "Ask purchasing what its preferred suppliers do that you do not.",
          "Bring the certificates and figures that purchasing needs before they are asked for.",
          "Find a sponsor among the users who speaks for you when the list is drawn up."}};
  static constexpr Input kInputs[] = {Last("preferred")
                                          .Of("case when preferred then 1 else 0 end")
                                          .From("supplier_status")
                                          .During(Window::kUntilEnd)
                                          .Titled("latest status (1 = preferred)")};

  Result Evaluate(const Row& row) const {
    return Result::Value(100 * row["preferred"]).WithSample(1);
  }
};

struct SupplierConsolidation : Kpi<SupplierConsolidation> {
  static constexpr Definition kDefinition = {
      .id = "supplier_consolidation",
      .title = "Supplier consolidation",
      .description =
          "By how many percent the number of suppliers that the accounts keep in our field fell "
          "over the period. Fewer suppliers mean a firmer place for those who stay; below 0 there "
          "are more.",
      .formula =
          "100 × (1 − suppliers at the end of the period / suppliers at its start), by the latest "
          "count noted before each; mean over the accounts, weighted with the suppliers at the "
          "start",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kLow,
      .cadence_days = 365,
      .rollup = Rollup::kAccounts,
      .curve = {{-10, 0}, {0, 50}, {5, 75}, {20, 100}},
      .target = 5,
      .target_source =
          "Placeholder, one supplier in twenty: there is no industry figure, set your own.",
      .actions = {
          "Show purchasing what each further supplier costs in orders, checks and meetings.",
          "Offer to take over one small supplier's part at the next renewal."}};
  static constexpr Input kInputs[] = {Last("suppliers_at_end")
                                          .Of("supplier_count")
                                          .From("supplier_status")
                                          .During(Window::kUntilEnd)
                                          .Titled("suppliers at the end of the period"),
                                      Last("suppliers_at_start")
                                          .Of("supplier_count")
                                          .From("supplier_status")
                                          .During(Window::kUntilStart)
                                          .Titled("suppliers at the start of the period")};

  Result Evaluate(const Row& row) const {
    const Number before = row["suppliers_at_start"];
    return Result::Value(100 * (1 - row["suppliers_at_end"] / before))
        .WithWeight(before)
        .WithSample(1);
  }
};

}  // namespace keyscore::catalogue
