// Whether the pipeline fills or empties.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

// Open at an instant: opened by then and closed later, or not closed at all. An opportunity that is
// said to be won or lost but has no closing day was never known to be open.
inline constexpr std::string_view kIsOrWasOpen = "closed_at is not null or outcome = 'open'";

struct PipelineGrowth : Kpi<PipelineGrowth> {
  static constexpr Definition kDefinition = {
      .id = "pipeline_growth",
      .title = "Pipeline growth",
      .description =
          "By how many percent the amount of the open opportunities grew from the start of the "
          "period to its end.",
      .formula =
          "amount of the opportunities open at the end of the period / amount of those open at its "
          "start − 1",
      .unit = "%",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kShared,
      .cadence_days = 45,
      .curve = {{-30, 0}, {0, 50}, {10, 75}, {30, 100}},
      .target = 10,
      .target_source =
          "Placeholder for a quarter: a pipeline should grow at least as fast as the sales target; "
          "set your own.",
      .actions = {
          "Open two opportunities for each one that is closed, beginning with the largest "
          "accounts.",
          "Plan an hour a week for prospecting within existing accounts, and keep it.",
          "Check amounts and closing days of everything that has been open for half a year."}};
  static constexpr Input kInputs[] = {Sum("open_at_end")
                                          .Of("amount")
                                          .From("opportunity")
                                          .Where(kIsOrWasOpen)
                                          .AtEnd("closed_at")
                                          .Titled("amount open at the end of the period")
                                          .In("currency"),
                                      Sum("open_at_start")
                                          .Of("amount")
                                          .From("opportunity")
                                          .Where(kIsOrWasOpen)
                                          .AtStart("closed_at")
                                          .Titled("amount open at the start of the period")
                                          .In("currency"),
                                      Count("opportunities_at_start")
                                          .From("opportunity")
                                          .Where(kIsOrWasOpen)
                                          .AtStart("closed_at")
                                          .Titled("opportunities open at the start of the period")};

  Result Evaluate(const Row& row) const {
    return Growth(row["open_at_end"], row["open_at_start"])
        .WithSample(row["opportunities_at_start"]);
  }
};

}  // namespace keyscore::catalogue
