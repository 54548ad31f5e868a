// Who starts the conversation.
#pragma once

#include "plugins/inputs.h"

namespace keyscore::catalogue {

struct ClientInitiatedShare : Kpi<ClientInitiatedShare> {
  static constexpr Definition kDefinition = {
      .id = "client_initiated_share",
      .title = "Client-initiated share",
      .description =
          "Share of the interactions that the client began. Clients who see a partner "
          "call by themselves.",
      .formula = "inbound interactions / all interactions in the period",
      .unit = "%",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kShared,
      .cadence_days = 30,
      .curve = {{0, 0}, {20, 50}, {35, 75}, {50, 100}},
      .target = 35,
      .target_source =
          "Rule of thumb: about a third of the conversations with an engaged client "
          "begin on their side.",
      .actions = {"End every meeting with a question that the client will want to come back on.",
                  "Tell the client which decisions you would like to be asked about before they "
                  "are made."}};
  static constexpr Input kInputs[] = {Count("inbound")
                                          .From("interaction")
                                          .Where("direction = 'inbound'")
                                          .Titled("interactions begun by the client"),
                                      Interactions()};

  Result Evaluate(const Row& row) const { return Percentage(row["inbound"], row["interactions"]); }
};

}  // namespace keyscore::catalogue
