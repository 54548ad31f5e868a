// Resolves weights, evaluates, and finds out who shares what.
#include "scoring/prepare.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "scoring/exceptions.h"
#include "weighting/day_resolver.h"

namespace keyscore::scoring {
namespace {

using LoadedKpi = kpis::LoadedKpi;

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

// The weights with the exceptions put in: of a subject that has none, what others have too.
void TakeExceptions(const ExceptionIndex& exceptions, const std::string& subject_id,
                    weighting::ResolvedWeights& weights) {
  if (!exceptions.HasAny(subject_id)) return;
  std::vector<weighting::ResolvedKpi> own(weights.kpis.begin(), weights.kpis.end());
  for (weighting::ResolvedKpi& kpi : own) {
    kpi.exception = exceptions.Find(subject_id, kpi.kpi->definition.id);
  }
  weights.kpis = weighting::ResolvedKpis(std::move(own));
}

absl::StatusOr<std::vector<PreparedSubject>> ResolveAll(
    const std::shared_ptr<const weighting::Rules>& rules, const CardRequest& request,
    const Pinned& pinned, absl::CivilDay today) {
  const absl::CivilDay last_day = request.period.to_day - 1;
  const auto resolver = pinned.registry->derived().Get<weighting::DayResolvers>().Get(
      rules, *pinned.registry,
      {.rules_of = request.weights_of == WeightsOf::kToday ? today : last_day,
       .from = request.period.from_day,
       .to = request.period.to_day});
  // Weights may be another day's; an exception is one for the period, or for what of it is over.
  const ExceptionIndex exceptions(*rules, request.kind, std::min(last_day, today));
  const bool with_reasons = request.explained != nullptr;
  std::vector<PreparedSubject> all;
  all.reserve(request.subjects.size());
  for (const SubjectInfo& subject : request.subjects) {
    absl::StatusOr<weighting::ResolvedWeights> weights;
    if (with_reasons && subject.facts.display_name.empty()) {
      weighting::SubjectFacts named = subject.facts;
      named.display_name = subject.display_name;
      weights = resolver->Resolve(named, with_reasons);
    } else {
      weights = resolver->Resolve(subject.facts, with_reasons);
    }
    if (!weights.ok()) return weights.status();
    if (!exceptions.empty()) TakeExceptions(exceptions, subject.facts.id, *weights);
    all.push_back({.weights = *std::move(weights), .group = nullptr});
  }
  return all;
}

// Which KPIs have to be evaluated, by their place in the registry: whatever weighs for any subject
// and whatever is listed.
std::vector<bool> Wanted(const PreparedCards& cards, size_t kpi_count) {
  std::vector<bool> wanted(kpi_count, false);
  for (const size_t kpi : cards.ground->selected) wanted[kpi] = true;
  for (const std::vector<PreparedSubject>& subjects : cards.under) {
    const void* before = nullptr;
    for (const PreparedSubject& subject : subjects) {
      const weighting::ResolvedKpis& kpis = subject.weights.kpis;
      if (std::exchange(before, kpis.identity()) == kpis.identity()) continue;
      for (const size_t kpi : kpis.weighted()) wanted[kpi] = true;
    }
  }
  return wanted;
}

kpis::EvaluationRequest EvaluationOf(const CardRequest& request, std::vector<const LoadedKpi*> kpis,
                                     const kpis::RegistrySnapshot& registry) {
  kpis::EvaluationRequest evaluation;
  evaluation.kpis = std::move(kpis);
  evaluation.registry = &registry;
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

// The places of the selected KPIs in the registry.
std::vector<size_t> PlacesOf(const std::vector<const LoadedKpi*>& selected,
                             const kpis::RegistrySnapshot& registry) {
  std::vector<size_t> places;
  places.reserve(selected.size());
  const std::vector<const LoadedKpi*>& all = registry.kpis();
  for (size_t i = 0; i < selected.size(); ++i) {
    const bool there = i < all.size() && all[i] == selected[i];  // as where all are selected
    const auto at = there ? all.begin() + static_cast<ptrdiff_t>(i)
                          : std::find(all.begin(), all.end(), selected[i]);
    places.push_back(static_cast<size_t>(at - all.begin()));
  }
  return places;
}

}  // namespace

absl::StatusOr<PreparedCards> Prepare(
    const std::vector<std::shared_ptr<const weighting::Rules>>& rules, const CardRequest& request,
    const Pinned& pinned, store::MeasureReader& store) {
  const kpis::RegistrySnapshot& registry = *pinned.registry;
  const absl::StatusOr<std::vector<const LoadedKpi*>> selected =
      Selected(request.selection, registry);
  if (!selected.ok()) return selected.status();
  PreparedCards cards;
  cards.under.resize(rules.size());
  if (request.subjects.empty()) return cards;
  const absl::CivilDay today = pinned.calendar.DayOf(pinned.now);
  for (size_t r = 0; r < rules.size(); ++r) {
    auto resolved = ResolveAll(rules[r], request, pinned, today);
    if (!resolved.ok()) return resolved.status();
    cards.under[r] = *std::move(resolved);
  }

  auto ground = std::make_shared<CardGround>();
  ground->selected = PlacesOf(*selected, registry);
  ground->list_weighted = !request.selection.all && request.selection.kpi_ids.empty();
  ground->columns.assign(registry.kpis().size(), CardGround::kNotEvaluated);
  ground->registry = pinned.registry;
  cards.ground = ground;
  const std::vector<bool> wanted = Wanted(cards, registry.kpis().size());
  std::vector<const LoadedKpi*> evaluated;
  for (size_t kpi = 0; kpi < wanted.size(); ++kpi) {
    if (!wanted[kpi]) continue;
    ground->columns[kpi] = static_cast<int32_t>(evaluated.size());
    evaluated.push_back(registry.kpis()[kpi]);
  }
  auto evaluation = kpis::EvaluateColumns(EvaluationOf(request, std::move(evaluated), registry),
                                          store, pinned.calendar, pinned.now);
  if (!evaluation.ok()) return evaluation.status();
  ground->evaluation = *std::move(evaluation);
  return cards;
}

absl::Status Group(const CardRequest& request, const Pinned& pinned, Season& season,
                   PreparedCards& cards) {
  const absl::CivilDay elapsed_to =
      std::min(request.period.to_day, pinned.calendar.DayOf(pinned.now));
  for (std::vector<PreparedSubject>& subjects : cards.under) {
    absl::flat_hash_map<const void*, std::shared_ptr<const CardGroup>> groups;
    for (PreparedSubject& subject : subjects) {
      auto& group = groups[subject.weights.kpis.identity()];
      if (group == nullptr) {
        group = std::make_shared<const CardGroup>(cards.ground, subject.weights, request.period,
                                                  elapsed_to, season);
        if (!season.status().ok()) return season.status();
      }
      subject.group = group;
    }
  }
  return absl::OkStatus();
}

}  // namespace keyscore::scoring
