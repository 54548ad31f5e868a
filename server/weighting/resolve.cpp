// Resolves for one subject; the work is a DayResolver's.
#include "weighting/resolve.h"

#include <algorithm>
#include <utility>

#include "weighting/day_resolver.h"

namespace keyscore::weighting {
namespace {

absl::StatusOr<ResolvedWeights> ResolveOn(const Rules& rules, const SubjectFacts& subject,
                                          const Days& days,
                                          const kpis::RegistrySnapshot& registry) {
  auto weights = DayResolver(rules, registry, days).Resolve(subject, /*with_reasons=*/true);
  if (!weights.ok()) return weights;
  const absl::CivilDay day = std::min(days.rules_of, days.to - 1);
  std::vector<ResolvedKpi> kpis(weights->kpis.begin(), weights->kpis.end());
  for (const ScoreOverride& exception : rules.overrides) {
    if (exception.subject_kind != subject.kind || exception.subject_id != subject.id ||
        !exception.InForceOn(day)) {
      continue;
    }
    for (ResolvedKpi& kpi : kpis) {
      if (kpi.kpi->definition.id == exception.kpi_id && kpi.exception == nullptr) {
        kpi.exception = &exception;
      }
    }
  }
  weights->kpis = ResolvedKpis(std::move(kpis));
  return weights;
}

}  // namespace

ResolvedKpis::ResolvedKpis() {
  static const auto& none = *new std::shared_ptr<const Shared>(std::make_shared<const Shared>());
  shared_ = none;
}

ResolvedKpis::ResolvedKpis(std::vector<ResolvedKpi> kpis) {
  auto shared = std::make_shared<Shared>();
  for (size_t i = 0; i < kpis.size(); ++i) {
    if (kpis[i].weight > 0) shared->weighted.push_back(i);
  }
  shared->kpis = std::move(kpis);
  shared_ = std::move(shared);
}

bool IsFor(const Selector& selector, const SubjectFacts& subject) {
  const bool account = subject.kind == store::SubjectKind::kAccount;
  const bool manager = subject.kind == store::SubjectKind::kManager;
  switch (selector.kind) {
    case SelectorKind::kEveryone:
      return true;
    case SelectorKind::kSegment:
      return account && subject.segment == selector.id;
    case SelectorKind::kTeam:
      // A team's profile is for the team's own card, for those of its managers and their accounts.
      return subject.kind == store::SubjectKind::kTeam
                 ? subject.id == selector.id
                 : (manager || account) && subject.team_id == selector.id;
    case SelectorKind::kManager:
      return manager ? subject.id == selector.id : account && subject.manager_id == selector.id;
    case SelectorKind::kAccount:
      return account && subject.id == selector.id;
  }
  return false;
}

absl::StatusOr<ResolvedWeights> Resolve(const Rules& rules, const SubjectFacts& subject,
                                        absl::CivilDay date,
                                        const kpis::RegistrySnapshot& registry) {
  return ResolveOn(rules, subject, {date, date, date + 1, false}, registry);
}

absl::StatusOr<ResolvedWeights> ResolveForPeriod(const Rules& rules, const SubjectFacts& subject,
                                                 const measures::Period& period,
                                                 absl::CivilDay rules_of,
                                                 const kpis::RegistrySnapshot& registry) {
  return ResolveOn(rules, subject, {rules_of, period.from_day, period.to_day, true}, registry);
}

}  // namespace keyscore::weighting
