// Whether we know what the client needs, and whether what we propose fits it.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct CustomerNeedsAnalysis : Kpi<CustomerNeedsAnalysis> {
  static constexpr Definition kDefinition = {
      .id = "customer_needs_analysis",
      .title = "Customer needs analysis",
      .description =
          "Share of the active accounts whose needs were analysed within the last year: what they "
          "want to reach, what stands in the way, who decides.",
      .formula =
          "accounts with a needs analysis in the 365 days to the end of the period / active "
          "accounts at its end",
      .unit = "%",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 365,
      .curve = {{0, 0}, {50, 40}, {80, 75}, {100, 100}},
      .target = 80,
      .target_source =
          "Rule of thumb: an analysis no older than a year for four in five key accounts; set your "
          "own.",
      .actions = {"List the accounts whose last analysis is older than a year and book one a week.",
                  "Use the next business review to go through the client's goals and obstacles, "
                  "and write them down.",
                  "Ask the same ten questions at every account, so that answers can be compared."}};
  static constexpr Input kInputs[] = {CountDistinct("analysed_accounts")
                                          .Of("account_id")
                                          .From("assessment")
                                          .Where("kind = 'needs_analysis'")
                                          .DuringLastDays(365)
                                          .Titled("accounts with a needs analysis"),
                                      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Percentage(row["analysed_accounts"], row["active_accounts"]);
  }
};

struct SolutionProposalRelevance : Kpi<SolutionProposalRelevance> {
  static constexpr Definition kDefinition = {
      .id = "solution_proposal_relevance",
      .title = "Solution proposal relevance",
      .description =
          "How well the proposals sent in the period met the client's needs, as the client saw it, "
          "from 1 to 5.",
      .formula = "mean relevance of the proposals sent in the period",
      .unit = "1–5",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 92,
      .curve = {{2, 0}, {3, 40}, {4, 75}, {4.7, 100}},
      .target = 4,
      .target_source = "Rule of thumb: ratings of 1 to 5 by clients average near 4; set your own.",
      .actions = {"Begin each proposal with the client's goal in the client's own words.",
                  "Show a draft to the daily contact before the final version goes out.",
                  "Ask after each proposal rated 3 or less which part missed the point."}};
  static constexpr Input kInputs[] = {
      Sum("relevance")
          .Of("relevance")
          .From("proposal")
          .Titled("relevance of the proposals added up (1 to 5 each)"),
      Sum("relevance_squares")
          .Of("relevance * relevance")
          .From("proposal")
          .Titled("squares of the relevance added up"),
      Count("proposals").Of("relevance").From("proposal").Titled("proposals")};

  Result Evaluate(const Row& row) const {
    return Mean(row["relevance"], row["relevance_squares"], row["proposals"]).Within(1, 5);
  }
};

}  // namespace keyscore::catalogue
