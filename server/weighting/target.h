// Targets as dated series: what a KPI is to reach, for whom and when; and how much of it may be
// expected of a part of a period.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "weighting/fault.h"
#include "weighting/profile.h"

namespace keyscore::weighting {

enum class Pacing {
  kLevel = 1,     // holds whatever the length of the period, as for rates and means
  kLinear = 2,    // for the whole span of a point; a part of it has its share of the days
  kSeasonal = 3,  // … its share of what the organisation made in the same days a year before
};

// Holds for [from, to).
struct TargetPoint {
  absl::CivilDay from;
  std::optional<absl::CivilDay> to;  // none = the next point's `from`; of a last level: no end
  double value = 0;
  bool operator==(const TargetPoint&) const = default;
};

struct TargetContent {
  std::string kpi_id;
  Selector selector;
  Pacing pacing = Pacing::kLevel;
  std::vector<TargetPoint> points;  // by start, without overlap
  std::string display_name;
  bool operator==(const TargetContent&) const = default;
};

enum class TargetState { kPending = 1, kActive = 2, kDeleted = 3 };

// One revision of a series.
struct TargetSeries {
  std::string id;
  TargetContent content;
  int64_t revision = 0;
  TargetState state = TargetState::kActive;
  std::string reason;
  std::string author;
  std::string approver;
  absl::Time create_time;
};

// Every fault at once: id, KPI and selector well-formed, points ascending and apart, values finite,
// spans of paced points with an end, sizes within limits.
Faults CheckTargetSeries(const TargetSeries& series);

// Whether any point holds on a day of [from, to).
bool HoldsWithin(const TargetContent& series, absl::CivilDay from, absl::CivilDay to);

// The part of a point's value that falls on [from, to), 0 to 1, by the figures of the year before;
// none where there are none. Called for pacing kSeasonal only.
using ShapeFn = std::function<std::optional<double>(const TargetPoint& span, absl::CivilDay from,
                                                    absl::CivilDay to)>;

struct PacedTarget {
  std::optional<double> target;  // of the days [from, min(to, elapsed_to)); none = no point holds
  std::optional<double> full;    // of the whole of [from, to)
  std::string note;  // how, in words: "45 of 92 days", "by last year's shape: 31 %"; "" for a level
};

// What a series asks of the period [from, to) of which the days before `elapsed_to` are over. A
// level is the mean by days of the points that hold (over the whole period while none of it is
// over); a paced series sums the parts of its points. Where a seasonal shape is not known, linear
// takes its place and the note says so.
PacedTarget Pace(const TargetContent& series, absl::CivilDay from, absl::CivilDay to,
                 absl::CivilDay elapsed_to, const ShapeFn& shape);

// value against target as the API's KpiResult defines attainment: 1 + (value - target) / |target|,
// reversed where lower is better. None for a target of 0 and where a range is best.
std::optional<double> Attainment(double value, double target, kpis::Direction direction);
// How much better than the target (negative: worse), in the KPI's unit. None where a range is best.
std::optional<double> GapToTarget(double value, double target, kpis::Direction direction);

}  // namespace keyscore::weighting
