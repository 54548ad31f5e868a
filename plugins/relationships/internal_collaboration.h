// How well the manager works with the colleagues whom the client depends on too.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct InternalCollaboration : Kpi<InternalCollaboration> {
  static constexpr Definition kDefinition = {
      .id = "internal_collaboration",
      .title = "Internal collaboration",
      .description =
          "How other departments of our own, such as service, logistics and finance, rate working "
          "with the manager, from 1 to 5.",
      .formula = "mean feedback score given by internal departments in the period",
      .unit = "1–5",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 182,
      .curve = {{2, 0}, {3, 40}, {4, 75}, {4.7, 100}},
      .target = 4,
      .target_source = "Rule of thumb: ratings of colleagues average near 4 of 5.",
      .actions = {
          "Meet the two departments that rated lowest and ask what they need to know earlier.",
          "Share the account plan with everyone who delivers to the client.",
          "Pass the client's praise on to the colleagues who earned it."}};
  static constexpr Input kInputs[] = {Sum("score")
                                          .Of("score")
                                          .From("feedback")
                                          .Where("source = 'internal_department'")
                                          .Titled("feedback scores added up (1 to 5 each)"),
                                      Sum("score_squares")
                                          .Of("score * score")
                                          .From("feedback")
                                          .Where("source = 'internal_department'")
                                          .Titled("squares of the scores added up"),
                                      Count("ratings")
                                          .Of("score")
                                          .From("feedback")
                                          .Where("source = 'internal_department'")
                                          .Titled("ratings by internal departments")};

  Result Evaluate(const Row& row) const {
    return Mean(row["score"], row["score_squares"], row["ratings"]).Within(1, 5);
  }
};

}  // namespace keyscore::catalogue
