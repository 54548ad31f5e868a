// Makes scorecards: weights of each subject, one evaluation for all of them, scores, totals.
#include "scoring/scorecard.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "scoring/exceptions.h"
#include "scoring/held_target.h"
#include "scoring/season.h"

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

using AllWeights = std::vector<weighting::ResolvedWeights>;  // one a subject

absl::StatusOr<AllWeights> ResolveAll(const weighting::Rules& rules, const CardRequest& request,
                                      const kpis::RegistrySnapshot& registry,
                                      absl::CivilDay today) {
  const absl::CivilDay rules_of =
      request.weights_of == WeightsOf::kToday ? today : request.period.to_day - 1;
  const ExceptionIndex exceptions(rules, request.kind, std::min(request.period.to_day - 1, today));
  AllWeights all;
  all.reserve(request.subjects.size());
  for (const SubjectInfo& subject : request.subjects) {
    weighting::SubjectFacts facts = subject.facts;
    if (facts.display_name.empty()) facts.display_name = subject.display_name;
    absl::StatusOr<weighting::ResolvedWeights> weights =
        weighting::ResolveForPeriod(rules, facts, request.period, rules_of, registry);
    if (!weights.ok()) return weights.status();
    // Weights may be another day's; an exception is one for the period, or for what of it is over.
    for (weighting::ResolvedKpi& kpi : weights->kpis) {
      kpi.exception = exceptions.Find(facts.id, kpi.kpi->definition.id);
    }
    all.push_back(*std::move(weights));
  }
  return all;
}

// What has to be evaluated: whatever weighs for any subject and whatever is listed, registry order.
std::vector<const LoadedKpi*> ToEvaluate(const std::vector<AllWeights>& weights,
                                         const std::vector<const LoadedKpi*>& selected,
                                         const kpis::RegistrySnapshot& registry) {
  absl::flat_hash_set<const LoadedKpi*> wanted(selected.begin(), selected.end());
  for (const AllWeights& under_rules : weights) {
    for (const weighting::ResolvedWeights& of_subject : under_rules) {
      for (const weighting::ResolvedKpi& kpi : of_subject.kpis) {
        if (kpi.weight > 0) wanted.insert(kpi.kpi);
      }
    }
  }
  std::vector<const LoadedKpi*> ordered;
  std::copy_if(registry.kpis().begin(), registry.kpis().end(), std::back_inserter(ordered),
               [&wanted](const LoadedKpi* kpi) { return wanted.contains(kpi); });
  return ordered;
}

kpis::EvaluationRequest EvaluationOf(const CardRequest& request, std::vector<const LoadedKpi*> kpis,
                                     const kpis::RegistrySnapshot& registry) {
  kpis::EvaluationRequest evaluation;
  evaluation.kpis = std::move(kpis);
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
  evaluation.observer = registry.observer();
  return evaluation;
}

// By the curve alone.
std::optional<double> ComputedScore(const KpiLine& line) {
  if (line.outcome.state != kpis::State::kValue || line.curve.empty()) return std::nullopt;
  if (line.basis == weighting::CurveBasis::kValue) {
    return CurveScore(line.curve, line.outcome.value);
  }
  if (!line.attainment) return std::nullopt;
  return CurveScore(line.curve, *line.attainment);
}

KpiLine MakeLine(const weighting::ResolvedKpi& kpi, kpis::KpiOutcome outcome, HeldTarget held) {
  KpiLine line;
  line.outcome = std::move(outcome);
  line.nominal_weight = kpi.weight;
  line.curve = kpi.curve;
  line.basis = kpi.basis;
  line.target = held.target;
  line.full_target = held.full;
  line.target_source = std::move(held.source);
  line.target_note = std::move(held.note);
  line.exception = kpi.exception;
  const bool has_value = line.outcome.state == kpis::State::kValue;
  if (has_value && line.target) {
    const kpis::Direction direction = kpi.kpi->definition.direction;
    line.attainment = weighting::Attainment(line.outcome.value, *line.target, direction);
    line.target_gap = weighting::GapToTarget(line.outcome.value, *line.target, direction);
  }
  if (has_value && line.basis == weighting::CurveBasis::kAttainment && !line.attainment) {
    absl::StrAppend(
        &line.target_note, line.target_note.empty() ? "" : "; ",
        line.target ? "this target has no attainment, so no score" : "no target, so no score");
  }
  line.computed_score = ComputedScore(line);
  line.score = line.computed_score;
  if (line.exception != nullptr) line.score = line.exception->score;  // none = exempt
  return line;
}

// As the total sees a line: what has a value but no score is missing too.
Scored ToScored(const weighting::ResolvedKpi& kpi, const KpiLine& line,
                const std::optional<double>& score) {
  Scored scored{.pillar = kpi.kpi->definition.pillar,
                .state = line.outcome.state,
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

// Fills total and lines of a card whose weights stand; `outcomes` are its own, by `columns`.
void Score(const std::vector<const LoadedKpi*>& selected, bool list_weighted,
           const Columns& columns, std::vector<kpis::KpiOutcome> outcomes, Season& season,
           Scorecard& card) {
  const absl::CivilDay elapsed_to = std::min(card.period.to_day, card.as_of);
  std::vector<Scored> counted;
  std::vector<Scored> computed;  // without exceptions
  bool any_exception = false;
  absl::flat_hash_map<const LoadedKpi*, KpiLine> lines;
  std::vector<const LoadedKpi*> weighted;
  for (const weighting::ResolvedKpi& kpi : card.weights.kpis) {
    const auto column = columns.find(kpi.kpi);
    if (column == columns.end()) continue;
    const KpiLine& line = lines[kpi.kpi] =
        MakeLine(kpi, std::move(outcomes[column->second]),
                 TargetOf(kpi, *card.weights.profile, card.period, elapsed_to, season));
    if (!(kpi.weight > 0)) continue;
    weighted.push_back(kpi.kpi);
    computed.push_back(ToScored(kpi, line, line.computed_score));
    counted.push_back(ToScored(kpi, line, line.score));
    if (line.exception == nullptr) continue;
    any_exception = true;
    if (!line.exception->score) counted.back().state = kpis::State::kNotApplicable;
  }
  card.total = ComputeTotal(counted, card.weights.minimum_coverage);
  if (any_exception) {
    card.computed_total = ComputeTotal(computed, card.weights.minimum_coverage).total;
  }
  for (const size_t i : card.total.blocked_by) {
    card.blocked_by.push_back(weighted[i]->definition.id);
  }
  for (size_t i = 0; i < weighted.size(); ++i) {
    lines[weighted[i]].weight = card.total.effective_weights[i];
    lines[weighted[i]].assumed_score = card.total.assumed[i];
  }
  for (const LoadedKpi* kpi : list_weighted ? weighted : selected) {
    card.lines.push_back(std::move(lines[kpi]));
  }
}

}  // namespace

absl::StatusOr<std::vector<std::vector<Scorecard>>> MakeScorecardsUnder(
    const std::vector<std::shared_ptr<const weighting::Rules>>& rules, const CardRequest& request,
    const Pinned& pinned, store::Store& store) {
  const absl::StatusOr<std::vector<const LoadedKpi*>> selected =
      Selected(request.selection, *pinned.registry);
  if (!selected.ok()) return selected.status();
  std::vector<std::vector<Scorecard>> all(rules.size());
  if (request.subjects.empty()) return all;
  const absl::CivilDay today = pinned.calendar.DayOf(pinned.now);
  std::vector<AllWeights> weights;
  for (const auto& under : rules) {
    auto resolved = ResolveAll(*under, request, *pinned.registry, today);
    if (!resolved.ok()) return resolved.status();
    weights.push_back(*std::move(resolved));
  }

  const kpis::EvaluationRequest evaluation =
      EvaluationOf(request, ToEvaluate(weights, *selected, *pinned.registry), *pinned.registry);
  absl::StatusOr<kpis::EvaluationResult> result =
      kpis::Evaluate(evaluation, store, pinned.calendar, pinned.now);
  if (!result.ok()) return result.status();

  Columns columns;
  for (size_t k = 0; k < evaluation.kpis.size(); ++k) columns.emplace(evaluation.kpis[k], k);
  const bool list_weighted = !request.selection.all && request.selection.kpi_ids.empty();
  Season season(store, pinned.calendar, pinned.now, result->watermark, request.stop);
  for (size_t r = 0; r < rules.size(); ++r) {
    all[r].reserve(request.subjects.size());
    for (size_t s = 0; s < request.subjects.size(); ++s) {
      Scorecard& card = all[r].emplace_back();
      card.subject = request.subjects[s].facts;
      card.display_name = request.subjects[s].display_name;
      card.period = request.period;
      card.weights = std::move(weights[r][s]);
      card.watermark = result->watermark;
      card.registry = pinned.registry;
      card.rules = rules[r];
      card.as_of = today;
      card.weights_of = request.weights_of;
      const bool is_last = r + 1 == rules.size();
      Score(*selected, list_weighted, columns,
            is_last ? std::move(result->outcomes[s]) : result->outcomes[s], season, card);
      if (!season.status().ok()) return season.status();
    }
  }
  return all;
}

absl::StatusOr<std::vector<Scorecard>> MakeScorecards(const CardRequest& request,
                                                      const Pinned& pinned, store::Store& store) {
  auto under = MakeScorecardsUnder({pinned.rules}, request, pinned, store);
  if (!under.ok()) return under.status();
  return std::move(under->front());
}

}  // namespace keyscore::scoring
