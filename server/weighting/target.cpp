// Targets: how much of a series a period is held against, and how a value stands to it.
#include "weighting/target.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"

namespace keyscore::weighting {
namespace {

// A point's days with an end put in.
struct Span {
  const TargetPoint* point;
  absl::CivilDay from;
  absl::CivilDay to;
  int64_t days() const { return to - from; }
};

std::vector<Span> SpansOf(const TargetContent& series) {
  std::vector<Span> spans;
  for (size_t i = 0; i < series.points.size(); ++i) {
    const TargetPoint& point = series.points[i];
    const bool last = i + 1 == series.points.size();
    const absl::CivilDay end = last ? absl::CivilDay::max() : series.points[i + 1].from;
    spans.push_back({&point, point.from, point.to.value_or(end)});
  }
  return spans;
}

// The spans' parts within [from, to); those without a day are left out.
std::vector<Span> Within(const std::vector<Span>& spans, absl::CivilDay from, absl::CivilDay to) {
  std::vector<Span> parts;
  for (const Span& span : spans) {
    const Span part{span.point, std::max(span.from, from), std::min(span.to, to)};
    if (part.from < part.to) parts.push_back(part);
  }
  return parts;
}

std::optional<double> MeanByDays(const std::vector<Span>& parts) {
  if (parts.empty()) return std::nullopt;
  if (parts.size() == 1) return parts.front().point->value;
  int64_t days = 0;
  for (const Span& part : parts) days += part.days();
  double mean = 0;
  for (const Span& part : parts) {
    mean += part.point->value * (static_cast<double>(part.days()) / static_cast<double>(days));
  }
  return mean;
}

// The share of its point that a part has, and how that was found.
double ShareOf(const Span& part, const Span& whole, Pacing pacing, const ShapeFn& shape,
               std::string& note) {
  const std::string by_days = fmt::format("{} of {} days", part.days(), whole.days());
  const double linear = static_cast<double>(part.days()) / static_cast<double>(whole.days());
  if (pacing != Pacing::kSeasonal) {
    note = by_days;
    return linear;
  }
  std::optional<double> share;
  if (part.days() == whole.days()) {
    share = 1;
  } else if (shape) {
    // With its end put in, as the point itself may lack one.
    const TargetPoint span{whole.from, whole.to, whole.point->value};
    share = shape(span, part.from, part.to);
  }
  // Outside 0 to 1 where the figures of some days were negative: no shape to go by.
  if (share && *share >= 0 && *share <= 1) {
    note = fmt::format("by last year's shape: {:.3g} %", 100 * *share);
    return *share;
  }
  note = absl::StrCat("no shape of last year, so by days: ", by_days);
  return linear;
}

std::optional<double> SumOfParts(const TargetContent& series, const std::vector<Span>& spans,
                                 absl::CivilDay from, absl::CivilDay to, const ShapeFn& shape,
                                 std::string& note) {
  std::optional<double> sum;
  std::vector<std::string> notes;
  for (const Span& part : Within(spans, from, to)) {
    const auto whole = std::find_if(spans.begin(), spans.end(),
                                    [&](const Span& span) { return span.point == part.point; });
    sum = sum.value_or(0) +
          part.point->value * ShareOf(part, *whole, series.pacing, shape, notes.emplace_back());
  }
  note = absl::StrJoin(notes, "; ");
  return sum;
}

}  // namespace

bool HoldsWithin(const TargetContent& series, absl::CivilDay from, absl::CivilDay to) {
  // Asked for every subject, so without a list of spans: only the last point that starts before
  // `to` can reach furthest, as points are apart.
  const auto after = std::lower_bound(
      series.points.begin(), series.points.end(), to,
      [](const TargetPoint& point, absl::CivilDay day) { return point.from < day; });
  if (after == series.points.begin() || from >= to) return false;
  const TargetPoint& last = *std::prev(after);
  return !last.to || *last.to > from;
}

PacedTarget Pace(const TargetContent& series, absl::CivilDay from, absl::CivilDay to,
                 absl::CivilDay elapsed_to, const ShapeFn& shape) {
  const std::vector<Span> spans = SpansOf(series);
  absl::CivilDay over = std::min(to, elapsed_to);
  PacedTarget paced;
  if (series.pacing == Pacing::kLevel) {
    if (over <= from) over = to;
    paced.target = MeanByDays(Within(spans, from, over));
    paced.full = MeanByDays(Within(spans, from, to));
    return paced;
  }
  paced.target = SumOfParts(series, spans, from, over, shape, paced.note);
  if (over == to) {
    paced.full = paced.target;
  } else {
    std::string unused;
    paced.full = SumOfParts(series, spans, from, to, shape, unused);
  }
  return paced;
}

std::optional<double> Attainment(double value, double target, kpis::Direction direction) {
  if (target == 0 || !std::isfinite(value) || !std::isfinite(target)) return std::nullopt;
  const std::optional<double> gap = GapToTarget(value, target, direction);
  if (!gap) return std::nullopt;
  return 1 + *gap / std::abs(target);
}

std::optional<double> GapToTarget(double value, double target, kpis::Direction direction) {
  switch (direction) {
    case kpis::Direction::kHigherIsBetter:
      return value - target;
    case kpis::Direction::kLowerIsBetter:
      return target - value;
    case kpis::Direction::kRangeIsBest:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace keyscore::weighting
