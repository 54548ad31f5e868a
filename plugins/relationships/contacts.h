// How many people at the accounts are known, met, and new.
#pragma once

#include "plugins/relationships/inputs.h"

namespace keyscore::catalogue {

struct NumberOfContacts : Kpi<NumberOfContacts> {
  static constexpr Definition kDefinition = {
      .id = "number_of_contacts",
      .title = "Number of contacts",
      .description =
          "How many different people were met per active account in the last 180 days. An account "
          "that hangs on one person is lost when that person leaves.",
      .formula =
          "different contacts of the interactions in the 180 days to the end of the period / "
          "active accounts at its end",
      .unit = "contacts / account",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 30,
      .curve = {{0, 0}, {3, 40}, {6, 75}, {10, 100}},
      .target = 6,
      .target_source =
          "Gartner's research on B2B buying names six to ten people in the buying group of a "
          "complex purchase; know six.",
      .actions = {"Draw the organisation chart of each account and mark who has not been met.",
                  "Ask each contact to name one colleague who should be at the next meeting."}};
  static constexpr Input kInputs[] = {ContactsMet(), ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Ratio(row["contacts_met"], row["active_accounts"]).WithSample(row["contacts_met"]);
  }
};

struct StakeholderCoverage : Kpi<StakeholderCoverage> {
  static constexpr Definition kDefinition = {
      .id = "stakeholder_coverage",
      .title = "Stakeholder coverage",
      .description =
          "Share of the known contacts who were met in the last 180 days. It can exceed 100 where "
          "people are met who are not in the contact directory yet.",
      .formula =
          "different contacts met in the 180 days to the end of the period / contacts known before "
          "its end",
      .unit = "%",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 30,
      .curve = {{0, 0}, {30, 40}, {60, 75}, {90, 100}},
      .target = 60,
      .target_source =
          "Placeholder: meeting three in five known people every half year; there is no industry "
          "figure, set your own.",
      .actions = {"Choose the contacts who matter most for the next decision and meet those not "
                  "seen for longest.",
                  "Tidy the directory: take out those who left and add those who came."}};
  static constexpr Input kInputs[] = {ContactsMet(), CountDistinct("contacts_known")
                                                         .Of("contact_id")
                                                         .From("contact")
                                                         .During(Window::kUntilEnd)
                                                         .Titled("contacts known")};

  Result Evaluate(const Row& row) const {
    return Percentage(row["contacts_met"], row["contacts_known"]);
  }
};

struct NewStakeholders : Kpi<NewStakeholders> {
  static constexpr Definition kDefinition = {
      .id = "new_stakeholders",
      .title = "New stakeholders",
      .description =
          "How many people were met for the first time in the period, per active account.",
      .formula = "contacts whose first interaction lies in the period / active accounts at its end",
      .unit = "contacts / account",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 92,
      .curve = {{0, 0}, {0.3, 40}, {1, 75}, {2, 100}},
      .target = 1,
      .target_source = "Rule of thumb for a quarter: one new contact at each key account.",
      .actions = {"Ask a contact who trusts you for one introduction at each account this quarter.",
                  "Bring a specialist along to a meeting, so that the client brings theirs."}};
  static constexpr Input kInputs[] = {CountDistinct("met_until_end")
                                          .Of("contact_id")
                                          .From("interaction")
                                          .During(Window::kUntilEnd)
                                          .Titled("contacts ever met before the period's end"),
                                      CountDistinct("met_until_start")
                                          .Of("contact_id")
                                          .From("interaction")
                                          .During(Window::kUntilStart)
                                          .Titled("of these, met before the period's start"),
                                      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    const Number met_first = row["met_until_end"] - row["met_until_start"];
    return Ratio(met_first, row["active_accounts"]).WithSample(met_first);
  }
};

}  // namespace keyscore::catalogue
