// Makes scorecards: weights of each subject, one evaluation for all of them, scores, totals.
#include "scoring/scorecard.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace keyscore::scoring {
namespace {

using LoadedKpi = kpis::LoadedKpi;
using Columns = absl::flat_hash_map<const LoadedKpi*, size_t>;

// The KPIs that were asked for by id, each once, in that order; all of them where that was asked.
absl::StatusOr<std::vector<const LoadedKpi*>> Selected(const KpiSelection& selection,
                                                       const kpis::RegistrySnapshot& registry) {
  if (selection.all) return registry.kpis();
  std::vector<const LoadedKpi*> selected;
  absl::flat_hash_set<const LoadedKpi*> seen;
  for (const std::string& id : selection.kpi_ids) {
    const LoadedKpi* kpi = registry.FindKpi(id);
    if (kpi == nullptr) {
      const std::string nearest = registry.NearestKpi(id);
      return absl::NotFoundError(
          absl::StrCat("kpis/", id, " is not known",
                       nearest.empty() ? "; list the KPIs to see which are"
                                       : absl::StrCat("; did you mean kpis/", nearest, "?")));
    }
    if (seen.insert(kpi).second) selected.push_back(kpi);
  }
  return selected;
}

absl::StatusOr<std::vector<weighting::ResolvedWeights>> ResolveAll(const CardRequest& request,
                                                                   const Pinned& pinned) {
  std::vector<weighting::ResolvedWeights> all;
  all.reserve(request.subjects.size());
  for (const SubjectInfo& subject : request.subjects) {
    weighting::SubjectFacts facts = subject.facts;
    if (facts.display_name.empty()) facts.display_name = subject.display_name;
    absl::StatusOr<weighting::ResolvedWeights> weights = weighting::ResolveForPeriod(
        *pinned.profiles, facts, request.period, *pinned.registry, pinned.calendar.time_zone);
    if (!weights.ok()) return weights.status();
    all.push_back(*std::move(weights));
  }
  return all;
}

// What has to be evaluated: whatever weighs for any subject and whatever is listed, registry order.
std::vector<const LoadedKpi*> ToEvaluate(const std::vector<weighting::ResolvedWeights>& weights,
                                         const std::vector<const LoadedKpi*>& selected,
                                         const kpis::RegistrySnapshot& registry) {
  absl::flat_hash_set<const LoadedKpi*> wanted(selected.begin(), selected.end());
  for (const weighting::ResolvedWeights& of_subject : weights) {
    for (const weighting::ResolvedKpi& kpi : of_subject.kpis) {
      if (kpi.weight > 0) wanted.insert(kpi.kpi);
    }
  }
  std::vector<const LoadedKpi*> ordered;
  std::copy_if(registry.kpis().begin(), registry.kpis().end(), std::back_inserter(ordered),
               [&wanted](const LoadedKpi* kpi) { return wanted.contains(kpi); });
  return ordered;
}

std::optional<double> ScoreOf(const kpis::KpiOutcome& outcome,
                              const std::vector<kpis::CurvePoint>& curve) {
  if (outcome.state != kpis::State::kValue || curve.empty()) return std::nullopt;
  return CurveScore(curve, outcome.value);
}

// Fills total and lines of a card whose weights stand; `outcomes` are its own, by `columns`.
void Score(const std::vector<const LoadedKpi*>& selected, bool list_weighted,
           const Columns& columns, std::vector<kpis::KpiOutcome> outcomes, Scorecard& card) {
  std::vector<Scored> scored;
  absl::flat_hash_map<const LoadedKpi*, KpiLine> lines;
  std::vector<const LoadedKpi*> weighted;
  for (const weighting::ResolvedKpi& kpi : card.weights.kpis) {
    const auto column = columns.find(kpi.kpi);
    if (column == columns.end()) continue;
    KpiLine& line = lines[kpi.kpi];
    line.outcome = std::move(outcomes[column->second]);
    line.curve = kpi.curve;
    line.target = kpi.target;
    line.nominal_weight = kpi.weight;
    line.score = ScoreOf(line.outcome, line.curve);
    if (kpi.weight > 0) {
      scored.push_back({.pillar = kpi.kpi->definition.pillar,
                        .state = line.outcome.state,
                        .score = line.score.value_or(0),
                        .weight = kpi.weight});
      weighted.push_back(kpi.kpi);
    }
  }
  card.total = ComputeTotal(scored, card.weights.minimum_coverage);
  for (size_t i = 0; i < weighted.size(); ++i) {
    lines[weighted[i]].weight = card.total.effective_weights[i];
  }
  for (const LoadedKpi* kpi : list_weighted ? weighted : selected) {
    card.lines.push_back(std::move(lines[kpi]));
  }
}

}  // namespace

absl::StatusOr<std::vector<Scorecard>> MakeScorecards(const CardRequest& request,
                                                      const Pinned& pinned, store::Store& store) {
  const absl::StatusOr<std::vector<const LoadedKpi*>> selected =
      Selected(request.selection, *pinned.registry);
  if (!selected.ok()) return selected.status();
  if (request.subjects.empty()) return std::vector<Scorecard>();
  absl::StatusOr<std::vector<weighting::ResolvedWeights>> weights = ResolveAll(request, pinned);
  if (!weights.ok()) return weights.status();

  kpis::EvaluationRequest evaluation;
  evaluation.kpis = ToEvaluate(*weights, *selected, *pinned.registry);
  evaluation.kind = request.kind;
  evaluation.subject_ids.reserve(request.subjects.size());
  for (const SubjectInfo& subject : request.subjects) {
    evaluation.subject_ids.push_back(
        request.kind == store::SubjectKind::kOrganization ? "" : subject.facts.id);
  }
  evaluation.period = request.period;
  evaluation.watermark = request.watermark;
  evaluation.worst_accounts = request.worst_accounts;
  evaluation.explained = request.explained;
  evaluation.stop = request.stop;
  evaluation.observer = pinned.registry->observer();
  absl::StatusOr<kpis::EvaluationResult> result =
      kpis::Evaluate(evaluation, store, pinned.calendar, pinned.now);
  if (!result.ok()) return result.status();

  Columns columns;
  for (size_t k = 0; k < evaluation.kpis.size(); ++k) columns.emplace(evaluation.kpis[k], k);
  const bool list_weighted = !request.selection.all && request.selection.kpi_ids.empty();
  std::vector<Scorecard> cards;
  cards.reserve(request.subjects.size());
  for (size_t s = 0; s < request.subjects.size(); ++s) {
    Scorecard& card = cards.emplace_back();
    card.subject = request.subjects[s].facts;
    card.display_name = request.subjects[s].display_name;
    card.period = request.period;
    card.weights = std::move((*weights)[s]);
    card.watermark = result->watermark;
    card.registry = pinned.registry;
    card.profiles = pinned.profiles;
    Score(*selected, list_weighted, columns, std::move(result->outcomes[s]), card);
  }
  return cards;
}

}  // namespace keyscore::scoring
