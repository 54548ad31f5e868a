// Scorecards: asks the registry, the store and the weighting, and puts the answer together.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
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
  std::optional<double> score;           // that counts
  std::optional<double> computed_score;  // by the curve; differs where an exception counts
  std::optional<double> assumed_score;   // in place of a missing one, by the profile's policy
  double weight = 0;                     // effective share of the total
  double nominal_weight = 0;
  std::vector<kpis::CurvePoint> curve;  // in force
  weighting::CurveBasis basis = weighting::CurveBasis::kValue;
  std::optional<double> target;       // for the days of the period that are over
  std::optional<double> full_target;  // for all of it, where that differs
  std::string target_source;          // resource name; "" without a target
  std::string target_note;
  std::optional<double> attainment;
  std::optional<double> target_gap;
  const weighting::ScoreOverride* exception = nullptr;  // that counts
};

// Which weights count: those of the period's last day, or those of today.
enum class WeightsOf { kPeriod = 1, kToday = 2 };

struct Scorecard {
  weighting::SubjectFacts subject;
  std::string display_name;
  measures::Period period;
  Total total;
  std::optional<double> computed_total;  // without exceptions; none where none counts
  std::vector<std::string> blocked_by;   // ids of KPIs
  std::vector<KpiLine> lines;            // as selected; registry order, or as asked
  weighting::ResolvedWeights weights;
  int64_t watermark = 0;
  std::shared_ptr<const kpis::RegistrySnapshot> registry;  // keeps the pointers above alive
  std::shared_ptr<const weighting::Rules> rules;
  absl::CivilDay as_of;  // the day it was made on
  WeightsOf weights_of = WeightsOf::kPeriod;
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
  WeightsOf weights_of = WeightsOf::kPeriod;
  int64_t watermark = 0;  // 0 = newest
  size_t worst_accounts = 0;
  const kpis::LoadedKpi* explained = nullptr;  // its accounts are wanted, also if it is pooled
  store::StopFn stop;
};

// Everything that a card depends on, pinned by the caller for one request.
struct Pinned {
  std::shared_ptr<const kpis::RegistrySnapshot> registry;
  std::shared_ptr<const weighting::Rules> rules;
  measures::Calendar calendar;
  absl::Time now;  // the day it lies in is the one that counts as today
};

// One card per subject, in order, all as of one watermark; every KPI is evaluated once over all
// subjects. NOT_FOUND for a KPI id that the registry lacks (names the nearest).
absl::StatusOr<std::vector<Scorecard>> MakeScorecards(const CardRequest& request,
                                                      const Pinned& pinned, store::Store& store);

// The same cards under several sets of rules, from one evaluation: result[r][s] is subject s under
// rules[r].
absl::StatusOr<std::vector<std::vector<Scorecard>>> MakeScorecardsUnder(
    const std::vector<std::shared_ptr<const weighting::Rules>>& rules, const CardRequest& request,
    const Pinned& pinned, store::Store& store);

}  // namespace keyscore::scoring
