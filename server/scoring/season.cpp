// Last year's figures of the organisation, asked for when a target is paced by them.
#include "scoring/season.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kpis/evaluate.h"

namespace keyscore::scoring {
namespace {

// What rounding may add to a part that is the whole.
constexpr double kShareTolerance = 1e-9;

// 29 February becomes 28 February, as everywhere a year is taken off.
absl::CivilDay YearBefore(absl::CivilDay day) {
  const absl::CivilDay moved(day.year() - 1, day.month(), day.day());
  return moved.month() == day.month() ? moved : moved - 1;
}

}  // namespace

Season::Season(store::MeasureReader& store, const measures::Calendar& calendar, absl::Time now,
               int64_t watermark, store::StopFn stop)
    : store_(store),
      calendar_(calendar),
      now_(now),
      watermark_(watermark),
      stop_(std::move(stop)) {}

weighting::ShapeFn Season::ShapeOf(const kpis::LoadedKpi& kpi) {
  return [this, &kpi](const weighting::TargetPoint& span, absl::CivilDay from,
                      absl::CivilDay to) -> std::optional<double> {
    if (!span.to) return std::nullopt;
    const std::optional<double> whole = Figure(kpi, YearBefore(span.from), YearBefore(*span.to));
    if (!whole || *whole == 0) return std::nullopt;
    if (from >= to) return 0;
    const std::optional<double> part = Figure(kpi, YearBefore(from), YearBefore(to));
    if (!part) return std::nullopt;
    const double share = *part / *whole;
    // Not a number fails both comparisons.
    if (!(share >= 0 && share <= 1 + kShareTolerance)) return std::nullopt;
    return std::min(share, 1.0);
  };
}

std::optional<double> Season::Figure(const kpis::LoadedKpi& kpi, absl::CivilDay from,
                                     absl::CivilDay to) {
  // 29 February alone has no days a year before.
  if (!status_.ok() || watermark_ == 0 || from >= to) return std::nullopt;
  const auto [known, is_new] = figures_.try_emplace({&kpi, from, to});
  if (!is_new) return known->second;
  kpis::EvaluationRequest request;
  request.kpis = {&kpi};
  request.kind = store::SubjectKind::kOrganization;
  request.subject_ids = {""};
  request.period = {
      .expression = absl::StrCat(absl::FormatCivilTime(from), "..", absl::FormatCivilTime(to)),
      .from_day = from,
      .to_day = to,
      .from = calendar_.StartOf(from),
      .to = calendar_.StartOf(to)};
  request.watermark = watermark_;
  request.stop = stop_;
  const auto result = kpis::Evaluate(request, store_, calendar_, now_);
  if (!result.ok()) {
    status_ = result.status();
    return std::nullopt;
  }
  const kpis::KpiOutcome& outcome = result->outcomes[0][0];
  if (outcome.state == kpis::State::kValue) known->second = outcome.value;
  return known->second;
}

}  // namespace keyscore::scoring
