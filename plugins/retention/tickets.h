// How fast problems are solved, and how content the clients are with it.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct IssueResolutionTime : Kpi<IssueResolutionTime> {
  static constexpr Definition kDefinition = {
      .id = "issue_resolution_time",
      .title = "Issue resolution time",
      .description = "How many hours it took, on average, from opening a ticket to resolving it.",
      .formula = "mean (resolved − opened) of the tickets resolved in the period",
      .unit = "hours",
      .pillar = Pillar::kRetention,
      .direction = Direction::kLowerIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kLow,
      .cadence_days = 90,
      .default_weight = 1,
      .curve = {{4, 100}, {24, 75}, {72, 40}, {168, 0}},
      .target = 24,
      .target_source =
          "Rule of thumb: business clients expect an issue to be resolved within a "
          "day.",
      .actions = {"Chase the oldest open ticket of each account yourself every week.",
                  "Agree a named contact in service for each key account.",
                  "Tell the client when to expect the solution, before they ask."}};
  static constexpr Input kInputs[] = {
      Sum("hours_to_resolve")
          .Of("hours_between(occurred_at, resolved_at)")
          .From("ticket")
          .By("resolved_at")
          .Titled("hours to resolve, added up")
          .In("hours"),
      Sum("hours_to_resolve_squares")
          .Of("hours_between(occurred_at, resolved_at) * hours_between(occurred_at, resolved_at)")
          .From("ticket")
          .By("resolved_at")
          .Titled("squares of these hours added up"),
      Count("resolved").From("ticket").By("resolved_at").Titled("tickets resolved")};

  Result Evaluate(const Row& row) const {
    return Mean(row["hours_to_resolve"], row["hours_to_resolve_squares"], row["resolved"])
        .Within(0, kUnbounded);
  }
};

struct TicketSatisfaction : Kpi<TicketSatisfaction> {
  static constexpr Definition kDefinition = {
      .id = "ticket_satisfaction",
      .title = "Ticket satisfaction",
      .description =
          "How content clients were, from 1 to 5, with the way their tickets were "
          "resolved.",
      .formula =
          "mean satisfaction of the tickets resolved in the period, where the client gave "
          "one",
      .unit = "1–5",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kLow,
      .cadence_days = 90,
      .curve = {{2, 0}, {3, 35}, {4.2, 75}, {4.8, 100}},
      .target = 4.2,
      .target_source = "Rule of thumb: service desks reach 4.0 to 4.3 of 5, good ones 4.5.",
      .actions = {"Call the client after every ticket rated 1 or 2.",
                  "Take the two most frequent complaints to the service lead with examples."}};
  static constexpr Input kInputs[] = {Sum("satisfaction")
                                          .Of("satisfaction")
                                          .From("ticket")
                                          .By("resolved_at")
                                          .Titled("satisfaction added up (1 to 5 each)"),
                                      Sum("satisfaction_squares")
                                          .Of("satisfaction * satisfaction")
                                          .From("ticket")
                                          .By("resolved_at")
                                          .Titled("squares of the satisfaction added up"),
                                      Count("rated")
                                          .Of("satisfaction")
                                          .From("ticket")
                                          .By("resolved_at")
                                          .Titled("resolved tickets that were rated")};

  Result Evaluate(const Row& row) const {
    return Mean(row["satisfaction"], row["satisfaction_squares"], row["rated"]).Within(1, 5);
  }
};

}  // namespace keyscore::catalogue
