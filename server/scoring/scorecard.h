// Scorecards: asks the registry, the store and the weighting, and puts the answer together.
#pragma once

#include <cstddef>
#include <iterator>
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

class CardGroup;

// The lines of a card, each made when it is looked at: a ranking of thousands shows a page.
class CardLines {
 public:
  using value_type = KpiLine;

  class const_iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = KpiLine;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = KpiLine;

    const_iterator(const CardLines* lines, size_t at) : lines_(lines), at_(at) {}
    KpiLine operator*() const { return (*lines_)[at_]; }
    const_iterator& operator++() {
      ++at_;
      return *this;
    }
    const_iterator operator++(int) { return {lines_, at_++}; }
    bool operator==(const const_iterator&) const = default;

   private:
    const CardLines* lines_;
    size_t at_;
  };
  using iterator = const_iterator;

  CardLines() = default;
  // Those of the group's subject with this number; the total is its card's.
  CardLines(std::shared_ptr<const CardGroup> group, size_t subject, const Total& total);

  size_t size() const;
  bool empty() const { return size() == 0; }
  KpiLine operator[](size_t i) const;
  KpiLine front() const { return (*this)[0]; }
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, size()}; }
  // What can be had of a line without making it.
  const kpis::LoadedKpi* kpi(size_t i) const;
  kpis::State state(size_t i) const;

 private:
  std::shared_ptr<const CardGroup> group_;
  size_t subject_ = 0;
  // By the group's weighted KPIs.
  std::vector<double> weights_;
  std::vector<std::optional<double>> assumed_;
};

struct Scorecard {
  weighting::SubjectFacts subject;
  std::string display_name;
  measures::Period period;
  Total total;
  std::optional<double> computed_total;  // without exceptions; none where none counts
  std::vector<std::string> blocked_by;   // ids of KPIs
  CardLines lines;                       // as selected; registry order, or as asked
  weighting::ResolvedWeights weights;    // with reasons where a KPI was to be explained
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
                                                      const Pinned& pinned,
                                                      store::MeasureReader& store);

// The same cards under several sets of rules, from one evaluation: result[r][s] is subject s under
// rules[r].
absl::StatusOr<std::vector<std::vector<Scorecard>>> MakeScorecardsUnder(
    const std::vector<std::shared_ptr<const weighting::Rules>>& rules, const CardRequest& request,
    const Pinned& pinned, store::MeasureReader& store);

}  // namespace keyscore::scoring
