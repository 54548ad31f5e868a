// Scores, totals and lines of subjects for whom the same weights count.
#include "scoring/card_group.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace keyscore::scoring {
namespace {

// By the curve alone.
std::optional<double> ComputedScore(const weighting::ResolvedKpi& kpi, double value,
                                    const std::optional<double>& target) {
  if (kpi.curve.empty()) return std::nullopt;
  if (kpi.basis == weighting::CurveBasis::kValue) return CurveScore(kpi.curve, value);
  if (!target) return std::nullopt;
  const std::optional<double> attainment =
      weighting::Attainment(value, *target, kpi.kpi->definition.direction);
  if (!attainment) return std::nullopt;
  return CurveScore(kpi.curve, *attainment);
}

// As the total sees a line: what has a value but no score is missing too.
Scored ToScored(const weighting::ResolvedKpi& kpi, kpis::State state,
                const std::optional<double>& score) {
  Scored scored{.pillar = kpi.kpi->definition.pillar,
                .state = state,
                .weight = kpi.weight,
                .missing = kpi.missing};
  if (score) {
    scored.state = kpis::State::kValue;
    scored.score = *score;
  } else if (scored.state == kpis::State::kValue) {
    scored.state = kpis::State::kNoData;
  }
  return scored;
}

}  // namespace

CardGroup::CardGroup(std::shared_ptr<const CardGround> ground,
                     const weighting::ResolvedWeights& weights, const measures::Period& period,
                     absl::CivilDay elapsed_to, Season& season)
    : ground_(std::move(ground)), kpis_(weights.kpis), profile_(*weights.profile) {
  for (size_t kpi = 0; kpi < kpis_.size(); ++kpi) {
    if (ground_->columns[kpi] == CardGround::kNotEvaluated) continue;
    held_.push_back(TargetOf(kpis_[kpi], profile_, period, elapsed_to, season));
  }
}

ScoredSubject CardGroup::Score(size_t subject) const {
  const std::vector<size_t>& weighted = kpis_.weighted();
  ScoredSubject scored;
  scored.scores.reserve(weighted.size());
  std::vector<Scored> counted;
  std::vector<Scored> computed;  // without exceptions
  counted.reserve(weighted.size());
  bool any_exception = false;
  for (const size_t i : weighted) {
    const weighting::ResolvedKpi& kpi = kpis_[i];
    const kpis::State state = ground_->evaluation->StateOf(subject, Column(i));
    std::optional<double> score;
    if (state == kpis::State::kValue) {
      score = ComputedScore(kpi, ground_->evaluation->ValueOf(subject, Column(i)),
                            held_[Column(i)].target);
    }
    counted.push_back(ToScored(kpi, state, score));
    if (kpi.exception != nullptr) {
      if (!any_exception) computed.assign(counted.begin(), counted.end() - 1);
      any_exception = true;
      computed.push_back(counted.back());
      score = kpi.exception->score;  // none = exempt
      counted.back() = ToScored(kpi, state, score);
      if (!score) counted.back().state = kpis::State::kNotApplicable;
    } else if (any_exception) {
      computed.push_back(counted.back());
    }
    scored.scores.push_back(score);
  }
  scored.total = ComputeTotal(counted, profile_.content.minimum_coverage);
  if (any_exception)
    scored.computed_total = ComputeTotal(computed, profile_.content.minimum_coverage).total;
  return scored;
}

KpiLine CardGroup::LineOf(size_t subject, size_t kpi) const {
  const weighting::ResolvedKpi& resolved = kpis_[kpi];
  const HeldTarget& held = held_[Column(kpi)];
  KpiLine line;
  line.outcome = ground_->evaluation->OutcomeOf(subject, Column(kpi));
  line.nominal_weight = resolved.weight;
  line.curve.assign(resolved.curve.begin(), resolved.curve.end());
  line.basis = resolved.basis;
  line.target = held.target;
  line.full_target = held.full;
  line.target_source = held.source;
  line.target_note = held.note;
  line.exception = resolved.exception;
  if (line.outcome.state == kpis::State::kValue) {
    const kpis::Direction direction = resolved.kpi->definition.direction;
    if (line.target) {
      line.attainment = weighting::Attainment(line.outcome.value, *line.target, direction);
      line.target_gap = weighting::GapToTarget(line.outcome.value, *line.target, direction);
    }
    if (line.basis == weighting::CurveBasis::kAttainment && !line.attainment) {
      absl::StrAppend(
          &line.target_note, line.target_note.empty() ? "" : "; ",
          line.target ? "this target has no attainment, so no score" : "no target, so no score");
    }
    line.computed_score = ComputedScore(resolved, line.outcome.value, held.target);
  }
  line.score = line.computed_score;
  if (line.exception != nullptr) line.score = line.exception->score;  // none = exempt
  return line;
}

CardLines::CardLines(std::shared_ptr<const CardGroup> group, size_t subject, const Total& total)
    : group_(std::move(group)),
      subject_(subject),
      weights_(total.effective_weights),
      assumed_(total.assumed) {}

size_t CardLines::size() const { return group_ == nullptr ? 0 : group_->listed().size(); }

const kpis::LoadedKpi* CardLines::kpi(size_t i) const {
  return group_->kpis()[group_->listed()[i]].kpi;
}

kpis::State CardLines::state(size_t i) const {
  return group_->StateOf(subject_, group_->listed()[i]);
}

KpiLine CardLines::operator[](size_t i) const {
  const size_t kpi = group_->listed()[i];
  KpiLine line = group_->LineOf(subject_, kpi);
  const std::vector<size_t>& weighted = group_->kpis().weighted();
  const auto at = std::lower_bound(weighted.begin(), weighted.end(), kpi);
  if (at == weighted.end() || *at != kpi) return line;
  const auto place = static_cast<size_t>(at - weighted.begin());
  line.weight = weights_[place];
  line.assumed_score = assumed_[place];
  return line;
}

}  // namespace keyscore::scoring
