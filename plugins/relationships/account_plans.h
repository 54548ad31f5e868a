// How good the account plans are, and whether clients are met to review the business.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct AccountPlanQuality : Kpi<AccountPlanQuality> {
  static constexpr Definition kDefinition = {
      .id = "account_plan_quality",
      .title = "Account plan quality",
      .description =
          "How good the account plans were found to be when they were reviewed over "
          "the last year: goals, stakeholders, actions with dates and owners.",
      .formula = "mean quality of the plan reviews in the 365 days to the end of the period",
      .unit = "0–100",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 365,
      .default_weight = 1,
      .curve = {{0, 0}, {40, 20}, {70, 75}, {90, 100}},
      .target = 70,
      .target_source =
          "Rule of thumb: a plan that scores 70 or more has goals, named "
          "stakeholders and dated actions.",
      .actions = {"Rewrite the weakest plan together with a colleague whose plans score high.",
                  "Give every goal in the plan a date, an owner and a figure.",
                  "Show the plan to the client and let them correct it."}};
  static constexpr Input kInputs[] = {
      Sum("quality")
          .Of("quality")
          .From("plan_review")
          .DuringLastDays(365)
          .Titled("quality of the reviewed plans added up (0 to 100 each)"),
      Sum("quality_squares")
          .Of("quality * quality")
          .From("plan_review")
          .DuringLastDays(365)
          .Titled("squares of the quality added up"),
      Count("reviews")
          .Of("quality")
          .From("plan_review")
          .DuringLastDays(365)
          .Titled("plan reviews")};

  Result Evaluate(const Row& row) const {
    return Mean(row["quality"], row["quality_squares"], row["reviews"]).Within(0, 100);
  }
};

struct BusinessReviewsCompleted : Kpi<BusinessReviewsCompleted> {
  static constexpr Definition kDefinition = {
      .id = "business_reviews_completed",
      .title = "Business reviews completed",
      .description = "How many business reviews were held with each active account in the period.",
      .formula = "business reviews held in the period / active accounts at its end",
      .unit = "reviews / account",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 92,
      .curve = {{0, 0}, {0.5, 50}, {0.8, 75}, {1, 100}},
      .target = 1,
      .target_source = "Rule of thumb for a quarter: one business review with every key account.",
      .actions = {"Fix the dates of the whole year's reviews with the client in January.",
                  "Hold a short one by call where a visit keeps being put off."}};
  static constexpr Input kInputs[] = {
      Count("business_reviews").From("business_review").Titled("business reviews held"),
      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Ratio(row["business_reviews"], row["active_accounts"])
        .WithSample(row["business_reviews"]);
  }
};

}  // namespace keyscore::catalogue
