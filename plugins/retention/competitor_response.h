// Whether a competitor at the door is answered.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct CompetitorResponse : Kpi<CompetitorResponse> {
  static constexpr Definition kDefinition = {
      .id = "competitor_response",
      .title = "Competitor response",
      .description =
          "Share of the signs of a competitor at an account that the manager answered within seven "
          "days.",
      .formula =
          "competitor events of the period answered within 7 × 24 hours / competitor events of the "
          "period",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 182,
      .curve = {{0, 0}, {50, 40}, {80, 75}, {100, 100}},
      .target = 80,
      .target_source =
          "Placeholder, four in five within a week: there is no industry figure, set your own.",
      .actions = {
          "Call the client the day you hear of a competitor, and ask what they were offered.",
          "Keep a page for each main competitor with three questions that a client should ask "
          "them.",
          "Name a colleague who answers while you are away."}};
  static constexpr Input kInputs[] = {
      Count("answered_in_time")
          .From("competitor_event")
          .Where("hours_between(occurred_at, responded_at) <= 168")
          .Titled("competitor events answered within seven days"),
      Count("events").From("competitor_event").Titled("competitor events")};

  Result Evaluate(const Row& row) const {
    return Percentage(row["answered_in_time"], row["events"]);
  }
};

}  // namespace keyscore::catalogue
