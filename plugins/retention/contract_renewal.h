// Whether contracts that come up for renewal are renewed, without a contest, and for longer.
#pragma once

#include "plugins/inputs.h"

namespace keyscore::catalogue {

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
  static constexpr Input kInputs[] = {ContractsRenewed(), ContractsDue()};

  Result Evaluate(const Row& row) const { return Percentage(row["renewed"], row["due"]); }
};

struct RenewalWithoutRebidRate : Kpi<RenewalWithoutRebidRate> {
  static constexpr Definition kDefinition = {
      .id = "renewal_without_rebid_rate",
      .title = "Renewal without rebid rate",
      .description =
          "Share of the contracts due for renewal in the period that were renewed without the "
          "client asking others for an offer.",
      .formula = "contracts renewed and not rebid / all contracts due in the period",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 180,
      .curve = {{30, 0}, {60, 50}, {75, 75}, {90, 100}},
      .target = 75,
      .target_source =
          "Placeholder, ten points below the usual renewal rate; where clients must tender by law "
          "far less is good. Set your own.",
      .actions = {"Offer the renewal before the client has to begin a tender.",
                  "Ask a year ahead what would make a new tender needless.",
                  "Keep a page for each account with what switching would cost the client."}};
  static constexpr Input kInputs[] = {ContractsRenewed("renewed_without_rebid")
                                          .Where("outcome = 'renewed' and not rebid")
                                          .Titled("contracts renewed without a rebid"),
                                      ContractsDue()};

  Result Evaluate(const Row& row) const {
    return Percentage(row["renewed_without_rebid"], row["due"]);
  }
};

struct ContractLengthIncrease : Kpi<ContractLengthIncrease> {
  // Of the renewed contracts only those whose earlier term is known.
  static constexpr std::string_view kRenewedFromTerm =
      "outcome = 'renewed' and previous_term_months is not null";

  static constexpr Definition kDefinition = {
      .id = "contract_length_increase",
      .title = "Contract length increase",
      .description =
          "By how many months the renewed contracts run longer than before, on average. Below 0 "
          "they run shorter.",
      .formula =
          "mean (term − previous term) in months of the contracts renewed whose previous term is "
          "known, due in the period",
      .unit = "months",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 180,
      .curve = {{-12, 0}, {0, 50}, {3, 75}, {12, 100}},
      .target = 3,
      .target_source =
          "Placeholder, a quarter of a year: there is no industry figure, set your own.",
      .actions = {"Offer two terms side by side, the longer one with a price that holds.",
                  "Tie the longer term to something the client wants to plan, such as a stock or a "
                  "named contact."}};
  static constexpr Input kInputs[] = {
      Sum("months_longer")
          .Of("term_months - previous_term_months")
          .From("contract")
          .Where(kRenewedFromTerm)
          .Titled("months longer than before, added up")
          .In("months"),
      Sum("months_longer_squares")
          .Of("(term_months - previous_term_months) * (term_months - previous_term_months)")
          .From("contract")
          .Where(kRenewedFromTerm)
          .Titled("squares of these months added up"),
      ContractsRenewed()
          .Where(kRenewedFromTerm)
          .Titled("contracts renewed whose earlier term is known")};

  Result Evaluate(const Row& row) const {
    return Mean(row["months_longer"], row["months_longer_squares"], row["renewed"]);
  }
};

}  // namespace keyscore::catalogue
