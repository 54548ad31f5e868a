// What comes into the pipeline: how many opportunities, how well chosen, and for which products.
#pragma once

#include "plugins/revenue/inputs.h"

namespace keyscore::catalogue {

struct LeadManagement : Kpi<LeadManagement> {
  static constexpr Definition kDefinition = {
      .id = "lead_management",
      .title = "Lead management",
      .description =
          "Share of the opportunities opened in the period that are qualified: there is a need, a "
          "budget and someone who decides.",
      .formula =
          "qualified opportunities / opportunities opened in the period; one not yet judged counts "
          "as not qualified",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 45,
      .curve = {{0, 0}, {30, 40}, {50, 75}, {70, 100}},
      .target = 50,
      .target_source =
          "Placeholder: half of what is opened; it depends on when you open an opportunity, set "
          "your own.",
      .actions = {"Ask for need, budget, decision maker and date in the first conversation.",
                  "Judge every open lead once a week, and close what will not become one."}};
  static constexpr Input kInputs[] = {
      Count("qualified").From("opportunity").Where("qualified").Titled("qualified opportunities"),
      OpportunitiesOpened()};

  Result Evaluate(const Row& row) const { return Percentage(row["qualified"], row["opened"]); }
};

struct NewBusinessOpportunities : Kpi<NewBusinessOpportunities> {
  static constexpr Definition kDefinition = {
      .id = "new_business_opportunities",
      .title = "New business opportunities",
      .description =
          "How many opportunities with new or won-back clients were opened in the period. A plain "
          "count: compare it with periods and teams of the same size only.",
      .formula = "opportunities of kind new or reactivated, opened in the period",
      .unit = "opportunities",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 45,
      .curve = {{0, 0}, {2, 40}, {5, 75}, {10, 100}},
      .target = 5,
      .target_source =
          "Placeholder for one manager and a quarter: there is no industry figure, set your own.",
      .actions = {
          "Call five clients who left in the last two years and ask what would bring them back.",
          "Ask pleased clients which of their partners has the same need."}};
  static constexpr Input kInputs[] = {Count("new_opportunities")
                                          .From("opportunity")
                                          .Where("kind in ('new', 'reactivated')")
                                          .Titled("new or reactivated opportunities")};

  Result Evaluate(const Row& row) const {
    return Result::Value(row["new_opportunities"]).WithSample(row["new_opportunities"]);
  }
};

struct ProductMix : Kpi<ProductMix> {
  static constexpr Definition kDefinition = {
      .id = "product_mix",
      .title = "Product mix",
      .description =
          "Share of the amount of new opportunities that is for products which are to grow.",
      .formula =
          "amount of the opportunities on growth-target products / amount of all opportunities "
          "opened in the period; no amount counts as 0",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 45,
      .curve = {{0, 0}, {15, 40}, {30, 75}, {50, 100}},
      .target = 30,
      .target_source = "Placeholder: it follows from your own growth plan, set your own.",
      .actions = {
          "Name for each account the growth product that would help it most, and propose it.",
          "Learn the two cases in which the growth product paid off, and tell them."}};
  static constexpr Input kInputs[] = {
      Sum("growth_amount")
          .Of("amount")
          .From("opportunity")
          .Where("growth_target")
          .Titled("amount on growth-target products")
          .In("currency"),
      Sum("amount").Of("amount").From("opportunity").Titled("amount opened").In("currency"),
      OpportunitiesOpened()};

  Result Evaluate(const Row& row) const {
    return Share(row["growth_amount"], row["amount"]).WithSample(row["opened"]);
  }
};

struct OpportunityPrioritisation : Kpi<OpportunityPrioritisation> {
  static constexpr Definition kDefinition = {
      .id = "opportunity_prioritisation",
      .title = "Opportunity prioritisation",
      .description = "Share of the opportunities opened in the period that were given a priority.",
      .formula = "opportunities with a priority / opportunities opened in the period",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 45,
      .curve = {{0, 0}, {60, 40}, {90, 75}, {100, 100}},
      .target = 90,
      .target_source =
          "Rule of thumb for a habit rather than a result: nearly all, a few may be too fresh.",
      .actions = {
          "Set the priority when the opportunity is opened, by value and by chance of winning.",
          "Go through those without a priority once a week with your lead."}};
  static constexpr Input kInputs[] = {Count("prioritised")
                                          .From("opportunity")
                                          .Where("trim(priority) <> ''")
                                          .Titled("opportunities with a priority"),
                                      OpportunitiesOpened()};

  Result Evaluate(const Row& row) const { return Percentage(row["prioritised"], row["opened"]); }
};

}  // namespace keyscore::catalogue
