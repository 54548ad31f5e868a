// What the cards of one request have in common: the evaluation behind them, and, of subjects for
// whom the same weights count, the targets and what is listed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "kpis/evaluate.h"
#include "scoring/held_target.h"
#include "scoring/scorecard.h"
#include "scoring/season.h"
#include "weighting/resolve.h"

namespace keyscore::scoring {

// Of a whole request. KPIs go by their place in the registry.
struct CardGround {
  static constexpr int32_t kNotEvaluated = -1;

  std::shared_ptr<const kpis::Evaluation> evaluation;
  std::vector<int32_t> columns;  // of the evaluation, or kNotEvaluated
  std::vector<size_t> selected;  // what every card lists …
  bool list_weighted = false;    // … unless it lists what has weight
  std::shared_ptr<const kpis::RegistrySnapshot> registry;
};

// A subject's figures as far as the total needs them.
struct ScoredSubject {
  Total total;
  std::optional<double> computed_total;  // without exceptions; none where none counts
  // By weighted KPI: the score that counts; none where there is none.
  std::vector<std::optional<double>> scores;
};

// Immutable. Rules must outlive it.
class CardGroup {
 public:
  // Paces the targets; what fails on the way shows in the season.
  CardGroup(std::shared_ptr<const CardGround> ground, const weighting::ResolvedWeights& weights,
            const measures::Period& period, absl::CivilDay elapsed_to, Season& season);

  const weighting::ResolvedKpis& kpis() const { return kpis_; }
  const weighting::WeightProfile& profile() const { return profile_; }
  // By place in the registry, in the order of the lines.
  const std::vector<size_t>& listed() const {
    return ground_->list_weighted ? kpis_.weighted() : ground_->selected;
  }
  kpis::State StateOf(size_t subject, size_t kpi) const {
    return ground_->evaluation->StateOf(subject, Column(kpi));
  }
  ScoredSubject Score(size_t subject) const;
  // All but the effective weight and the assumed score.
  KpiLine LineOf(size_t subject, size_t kpi) const;

 private:
  size_t Column(size_t kpi) const { return static_cast<size_t>(ground_->columns[kpi]); }

  const std::shared_ptr<const CardGround> ground_;
  const weighting::ResolvedKpis kpis_;
  const weighting::WeightProfile& profile_;
  std::vector<HeldTarget> held_;  // by column of the evaluation
};

}  // namespace keyscore::scoring
