// How high up the manager is received, and how often again.
#pragma once

#include "plugins/relationships/inputs.h"

namespace keyscore::catalogue {

struct SeniorAccessRepeat : Kpi<SeniorAccessRepeat> {
  static constexpr Definition kDefinition = {
      .id = "senior_access_repeat",
      .title = "Repeated senior access",
      .description =
          "How often each senior contact who was met at all in the last 180 days was met. Being "
          "received a second time shows that the first was worth it.",
      .formula =
          "interactions with c_level or vp contacts in the 180 days to the end of the period / "
          "different such contacts",
      .unit = "meetings / senior contact",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kShared,
      .cadence_days = 90,
      .curve = {{1, 20}, {2, 75}, {4, 100}},
      .target = 2,
      .target_source =
          "Rule of thumb: meet each senior contact once a quarter, so twice in 180 days.",
      .actions = {"Agree the next date before a senior meeting ends.",
                  "Bring one figure about the client's own business that they have not seen.",
                  "Send senior contacts a one-page summary of what was agreed within two days."}};
  static constexpr Input kInputs[] = {SeniorInteractions().DuringLastDays(kContactDays),
                                      CountDistinct("senior_contacts")
                                          .Of("contact_id")
                                          .From("interaction")
                                          .Where("contact.seniority in ('c_level', 'vp')")
                                          .DuringLastDays(kContactDays)
                                          .Titled("C-level contacts and vice presidents met")};

  Result Evaluate(const Row& row) const {
    return Ratio(row["senior_interactions"], row["senior_contacts"])
        .WithSample(row["senior_contacts"]);
  }
};

struct RelationshipHeight : Kpi<RelationshipHeight> {
  static constexpr Definition kDefinition = {
      .id = "relationship_height",
      .title = "Relationship height",
      .description =
          "Share of the interactions that were with someone at C level or a vice president. "
          "Interactions with nobody from the contact directory are left out.",
      .formula =
          "interactions with c_level or vp contacts / interactions with a contact of known "
          "seniority, in the period",
      .unit = "%",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kShared,
      .cadence_days = 30,
      .curve = {{0, 0}, {10, 40}, {20, 75}, {35, 100}},
      .target = 20,
      .target_source =
          "Placeholder: one conversation in five; there is no industry figure, set your own.",
      .actions = {
          "Find one question for each account that only its management can answer, and ask for the "
          "date.",
          "Let your own management open the door: a call from peer to peer.",
          "Leave daily matters to a colleague in service, and use the time for those who decide."}};
  static constexpr Input kInputs[] = {SeniorInteractions(),
                                      Count("known_interactions")
                                          .Of("contact.seniority")
                                          .From("interaction")
                                          .Titled("interactions with a known contact")};

  Result Evaluate(const Row& row) const {
    return Percentage(row["senior_interactions"], row["known_interactions"]);
  }
};

}  // namespace keyscore::catalogue
