// Whether contracts that come up for renewal are renewed.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct ContractRenewalRate : Kpi<ContractRenewalRate> {
  static constexpr Definition kDefinition = {
      .id = "contract_renewal_rate",
      .title = "Contract renewal rate",
      .description =
          "Share of the contracts due for renewal in the period that were renewed, "
          "after a new tender or without one. A contract still pending counts as not "
          "renewed yet.",
      .formula = "contracts renewed / all contracts due in the period",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 180,
      .default_weight = 1,
      .curve = {{50, 0}, {75, 50}, {85, 75}, {95, 100}},
      .target = 85,
      .target_source = "Rule of thumb: business contracts renew at 80 to 90 %.",
      .actions = {"Begin the renewal talk six months before the contract is due.",
                  "Show in figures what the client gained during the term.",
                  "Bring open complaints to an end before the offer goes out."}};
  static constexpr Input kInputs[] = {
      Count("renewed").From("contract").Where("outcome = 'renewed'").Titled("contracts renewed"),
      Count("due").From("contract").Titled("contracts due")};

  Result Evaluate(const Row& row) const { return Percentage(row["renewed"], row["due"]); }
};

}  // namespace keyscore::catalogue
