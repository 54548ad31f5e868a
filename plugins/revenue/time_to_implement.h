// How long a client waits from the signature until what was sold is in use.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct TimeToImplement : Kpi<TimeToImplement> {
  static constexpr Definition kDefinition = {
      .id = "time_to_implement",
      .title = "Time to implement",
      .description =
          "How many days it took, on average, from the signature until the client went live.",
      .formula = "mean (live − signed) of the implementations that went live in the period",
      .unit = "days",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kLowerIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kLow,
      .cadence_days = 92,
      .curve = {{14, 100}, {60, 75}, {120, 40}, {240, 0}},
      .target = 60,
      .target_source = "Placeholder, two months: it depends on what is implemented, set your own.",
      .actions = {"Agree the steps to going live, with a name on each side, before the signature.",
                  "Ask every week what the client still has to deliver, and help with it.",
                  "Let the client begin with one part that is useful by itself."}};
  static constexpr Input kInputs[] = {
      Sum("days_to_live")
          .Of("days_between(occurred_at, live_at)")
          .From("implementation")
          .By("live_at")
          .Titled("days from signature to going live, added up")
          .In("days"),
      Sum("days_to_live_squares")
          .Of("days_between(occurred_at, live_at) * days_between(occurred_at, live_at)")
          .From("implementation")
          .By("live_at")
          .Titled("squares of these days added up"),
      Count("went_live").From("implementation").By("live_at").Titled("implementations gone live")};

  Result Evaluate(const Row& row) const {
    return Mean(row["days_to_live"], row["days_to_live_squares"], row["went_live"])
        .Within(0, kUnbounded);
  }
};

}  // namespace keyscore::catalogue
