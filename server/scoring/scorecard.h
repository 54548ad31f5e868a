// Scorecards: asks the registry, the store and the weighting, and puts the answer together.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kpis/evaluate.h"
#include "kpis/registry.h"
#include "measures/calendar.h"
#include "scoring/score.h"
#include "store/store.h"
#include "weighting/resolve.h"

namespace keyscore::scoring {

// Which results a card lists. The total always rests on every weighted KPI.
struct KpiSelection {
  std::vector<std::string> kpi_ids;  // just these; empty = those with weight
  bool all = false;                  // every KPI of the registry
};

struct KpiLine {
  kpis::KpiOutcome outcome;
  std::optional<double> score;
  double weight = 0;  // effective share of the total
  double nominal_weight = 0;
  std::optional<double> target;
  std::vector<kpis::CurvePoint> curve;  // in force
};

struct Scorecard {
  weighting::SubjectFacts subject;
  std::string display_name;
  measures::Period period;
  Total total;
  std::vector<KpiLine> lines;  // as selected; registry order, or as asked
  weighting::ResolvedWeights weights;
  int64_t watermark = 0;
  std::shared_ptr<const kpis::RegistrySnapshot> registry;  // keeps the pointers above alive
  std::shared_ptr<const std::vector<weighting::WeightProfile>> profiles;
};

struct SubjectInfo {
  weighting::SubjectFacts facts;
  std::string display_name;
};

struct CardRequest {
  store::SubjectKind kind = store::SubjectKind::kManager;
  std::vector<SubjectInfo> subjects;  // all of one kind
  measures::Period period;
  KpiSelection selection;
  int64_t watermark = 0;  // 0 = newest
  size_t worst_accounts = 0;
  const kpis::LoadedKpi* explained = nullptr;  // its accounts are wanted, also if it is pooled
  store::StopFn stop;
};

// Everything that a card depends on, pinned by the caller for one request.
struct Pinned {
  std::shared_ptr<const kpis::RegistrySnapshot> registry;
  std::shared_ptr<const std::vector<weighting::WeightProfile>> profiles;
  measures::Calendar calendar;
  absl::Time now;
};

// One card per subject, in order, all as of one watermark; every KPI is evaluated once over all
// subjects. NOT_FOUND for a KPI id that the registry lacks (names the nearest).
absl::StatusOr<std::vector<Scorecard>> MakeScorecards(const CardRequest& request,
                                                      const Pinned& pinned, store::Store& store);

}  // namespace keyscore::scoring
