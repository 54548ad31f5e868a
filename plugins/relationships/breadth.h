// How broad the relationship is: in departments met and in topics discussed.
#pragma once

#include "plugins/relationships/inputs.h"

namespace keyscore::catalogue {

// A pair of texts is counted as one text. The length in front keeps pairs apart whatever the texts
// contain: without it "a" with "b:c" and "a:b" with "c" would be one.

struct RelationshipBreadth : Kpi<RelationshipBreadth> {
  static constexpr Definition kDefinition = {
      .id = "relationship_breadth",
      .title = "Relationship breadth",
      .description =
          "In how many departments of each active account someone was met in the last 180 days.",
      .formula =
          "different pairs of account and department of the contacts met in the 180 days to the "
          "end of the period / active accounts at its end",
      .unit = "departments / account",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 30,
      .curve = {{0, 0}, {1, 30}, {3, 75}, {5, 100}},
      .target = 3,
      .target_source =
          "Rule of thumb: those who use it, those who buy it and those who pay for it, so three "
          "departments.",
      .actions = {
          "Ask your contact who else is affected by what you deliver, and ask to meet them.",
          "Offer finance or operations a figure that only you can give them.",
          "Note the department of each contact in the directory: without it nobody counts."}};
  static constexpr Input kInputs[] = {
      CountDistinct("departments")
          .Of("cast(length(account_id) as varchar) || ':' || account_id || ':' || "
              "contact.department")
          .From("interaction")
          .DuringLastDays(kContactDays)
          .Titled("departments met, counted for each account"),
      Count("interactions")
          .Of("contact.department")
          .From("interaction")
          .DuringLastDays(kContactDays)
          .Titled("interactions with a contact whose department is known"),
      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Ratio(row["departments"], row["active_accounts"]).WithSample(row["interactions"]);
  }
};

struct ConversationBreadth : Kpi<ConversationBreadth> {
  static constexpr Definition kDefinition = {
      .id = "conversation_breadth",
      .title = "Conversation breadth",
      .description =
          "How many different topics were discussed with each active account in the period. "
          "Whoever only talks about orders is a supplier, not a partner.",
      .formula = "different pairs of account and topic in the period / active accounts at its end",
      .unit = "topics / account",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 30,
      .curve = {{0, 0}, {1, 30}, {3, 75}, {5, 100}},
      .target = 3,
      .target_source =
          "Placeholder for a quarter: it depends on how finely topics are noted, set your own.",
      .actions = {"Prepare one topic beside the daily business for each meeting.",
                  "Read what the client publishes about its plans and ask about one of them.",
                  "Note a topic with every interaction, from one short list for the whole team."}};
  static constexpr Input kInputs[] = {
      CountDistinct("topics")
          .Of("cast(length(account_id) as varchar) || ':' || account_id || ':' || topic")
          .From("interaction")
          .Titled("topics discussed, counted for each account"),
      Count("interactions")
          .Of("topic")
          .From("interaction")
          .Titled("interactions with a noted topic"),
      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return Ratio(row["topics"], row["active_accounts"]).WithSample(row["interactions"]);
  }
};

}  // namespace keyscore::catalogue
