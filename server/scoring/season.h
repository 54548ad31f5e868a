// The shape of a year: which part of a span's figure the organisation made in some of its days, a
// year before. Seasonal targets are paced by it.
#pragma once

#include <map>
#include <optional>
#include <tuple>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kpis/registry.h"
#include "measures/calendar.h"
#include "store/store.h"
#include "weighting/target.h"

namespace keyscore::scoring {

// Evaluates a KPI over the same days only once, however many cards ask. For one thread.
class Season {
 public:
  // Facts as of the watermark, 0 = there are none.
  Season(store::MeasureReader& store, const measures::Calendar& calendar, absl::Time now,
         int64_t watermark, store::StopFn stop);

  // The KPI's share of [from, to) in the span, both moved a year back. None where either has no
  // figure, where the span's is 0, and where the parts of the figure don't add up to it (a share
  // under 0 or over 1). The result refers to this object.
  weighting::ShapeFn ShapeOf(const kpis::LoadedKpi& kpi);

  // Of the first evaluation that failed as a whole: what was shaped since rests on nothing.
  const absl::Status& status() const { return status_; }

 private:
  std::optional<double> Figure(const kpis::LoadedKpi& kpi, absl::CivilDay from, absl::CivilDay to);

  store::MeasureReader& store_;
  const measures::Calendar& calendar_;
  const absl::Time now_;
  const int64_t watermark_;
  const store::StopFn stop_;
  std::map<std::tuple<const kpis::LoadedKpi*, absl::CivilDay, absl::CivilDay>,
           std::optional<double>>
      figures_;
  absl::Status status_;
};

}  // namespace keyscore::scoring
