// Which target holds, and where it comes from.
#include "scoring/held_target.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace keyscore::scoring {
namespace {

std::optional<double> OfProfile(const weighting::WeightProfile& profile,
                                const std::string& kpi_id) {
  for (const weighting::KpiWeight& kpi : profile.content.kpis) {
    if (kpi.kpi_id == kpi_id) return kpi.target;
  }
  return std::nullopt;
}

}  // namespace

HeldTarget TargetOf(const weighting::ResolvedKpi& kpi, const weighting::WeightProfile& profile,
                    const measures::Period& period, absl::CivilDay elapsed_to, Season& season) {
  HeldTarget held;
  if (kpi.series != nullptr) {
    weighting::PacedTarget paced = weighting::Pace(
        kpi.series->content, period.from_day, period.to_day, elapsed_to, season.ShapeOf(*kpi.kpi));
    if (paced.target || paced.full) {
      held.target = paced.target;
      if (paced.full != paced.target) held.full = paced.full;
      held.source = absl::StrCat("targetSeries/", kpi.series->id);
      held.note = std::move(paced.note);
      return held;
    }
  }
  const kpis::KpiDefinition& definition = kpi.kpi->definition;
  if (const auto target = OfProfile(profile, definition.id)) {
    held.target = target;
    held.source = absl::StrCat("weightProfiles/", profile.id);
  } else if (definition.default_target) {
    held.target = definition.default_target;
    held.source = absl::StrCat("kpis/", definition.id);
  }
  return held;
}

}  // namespace keyscore::scoring
