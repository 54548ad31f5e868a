// Whether contracts grow when they are renewed.
#pragma once

#include "plugins/inputs.h"

namespace keyscore::catalogue {

struct ContractExpansion : Kpi<ContractExpansion> {
  static constexpr Definition kDefinition = {
      .id = "contract_expansion",
      .title = "Contract expansion",
      .description =
          "Share of the renewed contracts that are worth more than before. Contracts whose earlier "
          "value is not known are left out.",
      .formula =
          "renewed contracts with value > previous value / renewed contracts that have a previous "
          "value, due in the period",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 180,
      .curve = {{0, 0}, {20, 40}, {40, 75}, {60, 100}},
      .target = 40,
      .target_source =
          "Placeholder: two in five renewals; there is no industry figure, set your own.",
      .actions = {"Enter each renewal with one idea for more, not with last year's offer.",
                  "Show in figures what the client gained before you speak of the price.",
                  "Settle a yearly price step in the contract itself."}};
  static constexpr Input kInputs[] = {
      Count("expanded")
          .From("contract")
          .Where("outcome = 'renewed' and value > previous_value")
          .Titled("contracts renewed at a higher value"),
      ContractsRenewed()
          .Where("outcome = 'renewed' and previous_value is not null")
          .Titled("contracts renewed whose earlier value is known")};

  Result Evaluate(const Row& row) const { return Percentage(row["expanded"], row["renewed"]); }
};

}  // namespace keyscore::catalogue
