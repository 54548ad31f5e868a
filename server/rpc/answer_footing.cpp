// What answers rest on.
#include <algorithm>
#include <set>

#include "absl/container/flat_hash_set.h"
#include "measures/source.h"
#include "rpc/answer.h"

namespace keyscore::rpc {
namespace {

using kpis::KpiDefinition;
using scoring::Scorecard;

constexpr std::string_view kDirectoryDatasets[] = {"account", "manager", "ownership", "team"};

// Every KPI that a card was made with: what weighs, and what it lists.
absl::flat_hash_set<const kpis::LoadedKpi*> Evaluated(const Scorecard& card) {
  absl::flat_hash_set<const kpis::LoadedKpi*> evaluated;
  for (const weighting::ResolvedKpi& kpi : card.weights.kpis) {
    if (kpi.weight > 0) evaluated.insert(kpi.kpi);
  }
  for (size_t i = 0; i < card.lines.size(); ++i) evaluated.insert(card.lines.kpi(i));
  return evaluated;
}

bool AllEvaluated(const std::vector<Scorecard>& cards, bool KpiDefinition::*says) {
  return std::all_of(cards.begin(), cards.end(), [says](const Scorecard& card) {
    const auto evaluated = Evaluated(card);
    return std::all_of(evaluated.begin(), evaluated.end(),
                       [says](const auto* kpi) { return kpi->definition.*says; });
  });
}

bool HasError(const Scorecard& card) {
  bool has_error = card.total.error_weight > 0;
  for (size_t i = 0; i < card.lines.size() && !has_error; ++i) {
    has_error = card.lines.state(i) == kpis::State::kError;
  }
  return has_error;
}

// A model is fitted over all accounts, and a season is the organisation's.
bool RestsOnEverybody(const Scorecard& card) {
  const auto evaluated = Evaluated(card);
  if (std::any_of(evaluated.begin(), evaluated.end(),
                  [](const auto* kpi) { return !kpi->definition.parameters.empty(); })) {
    return true;
  }
  return std::any_of(card.weights.kpis.begin(), card.weights.kpis.end(), [&](const auto& kpi) {
    return kpi.series != nullptr && kpi.series->content.pacing == weighting::Pacing::kSeasonal &&
           evaluated.contains(kpi.kpi);
  });
}

// KPIs whose dataset never held a fact are not asked for a value; with the first fact they are, for
// everybody.
bool WaitsForFirstFact(const Scorecard& card, const std::set<std::string>& held) {
  const auto evaluated = Evaluated(card);
  return std::any_of(evaluated.begin(), evaluated.end(), [&held](const auto* kpi) {
    const auto& inputs = kpi->definition.inputs;
    return std::any_of(inputs.begin(), inputs.end(), [&held](const auto& input) {
      // The book has no log of its own; it is empty while there are no accounts.
      return !input.optional && !held.contains(input.dataset == "book" ? "account" : input.dataset);
    });
  });
}

}  // namespace

absl::StatusOr<LogMarks> MarksOf(store::MeasureReader& facts) {
  const auto stats = facts.Stats("");
  if (!stats.ok()) return stats.status();
  LogMarks marks;
  for (const store::DatasetStats& dataset : *stats) {
    if (dataset.watermark > 0) ++marks.datasets_held;
    if (std::count(std::begin(kDirectoryDatasets), std::end(kDirectoryDatasets), dataset.dataset)) {
      marks.directory_batch = std::max(marks.directory_batch, dataset.watermark);
    }
  }
  return marks;
}

Standing StandingOf(Answer& answer, measures::Source& newest) {
  const int64_t stood = answer.true_until.load(std::memory_order_relaxed);
  if (newest.watermark() <= stood) return Standing::kStands;
  const Footing& footing = answer.footing;
  if (footing.one_batch || newest.ChangedAt(footing.kind, footing.id) > stood) {
    return Standing::kFallen;
  }
  const auto marks = MarksOf(newest);
  if (!marks.ok() || (footing.datasets_held && *footing.datasets_held != marks->datasets_held)) {
    return Standing::kFallen;
  }
  if (marks->directory_batch > stood) {
    return footing.subject ? Standing::kAsksDirectory : Standing::kFallen;
  }
  answer.RaiseTo(newest.watermark());
  return Standing::kStands;
}

bool MayBeKept(const std::vector<Scorecard>& cards) {
  return std::none_of(cards.begin(), cards.end(), HasError) &&
         AllEvaluated(cards, &KpiDefinition::deterministic);
}

bool AreIndependent(const std::vector<Scorecard>& cards) {
  return AllEvaluated(cards, &KpiDefinition::row_independent);
}

absl::StatusOr<Footing> FootingOf(const Scorecard& card, const scoring::SubjectInfo& subject,
                                  store::MeasureReader& facts) {
  const auto stats = facts.Stats("");
  if (!stats.ok()) return stats.status();
  std::set<std::string> held;
  for (const store::DatasetStats& dataset : *stats) {
    if (dataset.watermark > 0) held.insert(dataset.dataset);
  }
  Footing footing;
  // A team is its managers, and the directory says who they are.
  if (card.subject.kind != store::SubjectKind::kTeam) footing.subject = subject;
  if (!RestsOnEverybody(card)) {
    footing.kind = card.subject.kind;
    footing.id = card.subject.id;
  }
  if (WaitsForFirstFact(card, held)) footing.datasets_held = static_cast<int64_t>(held.size());
  return footing;
}

bool SameSubject(const scoring::SubjectInfo& a, const scoring::SubjectInfo& b) {
  return a.display_name == b.display_name && a.facts.kind == b.facts.kind &&
         a.facts.id == b.facts.id && a.facts.manager_id == b.facts.manager_id &&
         a.facts.team_id == b.facts.team_id && a.facts.segment == b.facts.segment &&
         a.facts.role_started == b.facts.role_started &&
         a.facts.display_name == b.facts.display_name;
}

}  // namespace keyscore::rpc
