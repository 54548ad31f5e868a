// Everything that can be wrong with one target series, found in one go.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "fmt/format.h"
#include "weighting/checks.h"
#include "weighting/target.h"

namespace keyscore::weighting {
namespace {

// More than thirty years by the month, or seven by the week.
constexpr size_t kMaxPoints = 400;

void CheckPoints(const TargetContent& series, Faults& faults) {
  const std::vector<TargetPoint>& points = series.points;
  if (points.empty()) Add(faults, "points", "has none; give at least one");
  if (points.size() > kMaxPoints) {
    Add(faults, "points", fmt::format("has {}, at most {} are kept", points.size(), kMaxPoints));
    return;
  }
  for (size_t i = 0; i < points.size(); ++i) {
    const TargetPoint& point = points[i];
    const std::string field = absl::StrCat("points[", i, "]");
    CheckDay(point.from, field + ".start_date", faults);
    if (point.to) CheckDay(*point.to, field + ".end_date", faults);
    if (!std::isfinite(point.value)) Add(faults, field + ".value", "must be a finite number");
    if (point.to && *point.to <= point.from) {
      Add(faults, field + ".end_date",
          fmt::format("{} must lie after the start, {}; the end day itself is not in it",
                      InWords(*point.to), InWords(point.from)));
    }
    if (!point.to && i + 1 == points.size() && series.pacing != Pacing::kLevel) {
      Add(faults, field + ".end_date",
          "is missing; a paced target is for a span of days, so its last point needs an end");
    }
    if (i == 0) continue;
    const TargetPoint& before = points[i - 1];
    if (point.from <= before.from) {
      Add(faults, field + ".start_date",
          fmt::format("{} must lie after {}, the start of the point before it", InWords(point.from),
                      InWords(before.from)));
    } else if (before.to && *before.to > point.from) {
      Add(faults, field + ".start_date",
          fmt::format("{} lies within the point before it, which ends with {}", InWords(point.from),
                      InWords(*before.to)));
    }
  }
}

}  // namespace

Faults CheckTargetSeries(const TargetSeries& series) {
  Faults faults;
  CheckId(series.id, "name", faults);
  if (series.content.kpi_id.empty()) {
    Add(faults, "kpi", "is missing");
  } else {
    CheckText(series.content.kpi_id, kMaxNameBytes, "kpi", faults);
  }
  CheckSelector(series.content.selector, faults);
  CheckText(series.content.display_name, kMaxNameBytes, "display_name", faults);
  CheckPoints(series.content, faults);
  return faults;
}

}  // namespace keyscore::weighting
