// Finds the profile and the tenure band of a subject and works out the share of every KPI.
#include "weighting/resolve.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "weighting/reasons.h"
#include "weighting/tenure.h"

namespace keyscore::weighting {
namespace {

constexpr size_t kPillarCount = std::size(kpis::kPillars);

size_t IndexOf(kpis::Pillar pillar) { return static_cast<size_t>(pillar) - 1; }

// The versions that count for the subject on the day, the most specific first. Ids decide last;
// CheckVersions keeps it from coming to that.
std::vector<const WeightProfile*> Choose(const Rules& rules, const SubjectFacts& subject,
                                         absl::CivilDay day) {
  std::vector<const WeightProfile*> chosen;
  for (const Version& version : rules.versions) {
    if (version.Holds(day) && IsFor(version.profile.content.selector, subject)) {
      chosen.push_back(&version.profile);
    }
  }
  std::sort(chosen.begin(), chosen.end(), [](const WeightProfile* a, const WeightProfile* b) {
    return std::tuple(b->content.selector.kind, std::string_view(a->id)) <
           std::tuple(a->content.selector.kind, std::string_view(b->id));
  });
  return chosen;
}

// Every KPI of the registry with what the profile says of it; weight_in_pillar is still relative.
std::vector<ResolvedKpi> Weigh(const ProfileContent& profile,
                               const kpis::RegistrySnapshot& registry) {
  std::map<std::string_view, const KpiWeight*> overrides;
  std::array<bool, kPillarCount> by_profile = {};
  for (const KpiWeight& kpi : profile.kpis) {
    overrides.emplace(kpi.kpi_id, &kpi);
    const kpis::LoadedKpi* known = registry.FindKpi(kpi.kpi_id);
    if (kpi.weight && known != nullptr) by_profile[IndexOf(known->definition.pillar)] = true;
  }

  std::vector<ResolvedKpi> resolved;
  resolved.reserve(registry.kpis().size());
  for (const kpis::LoadedKpi* kpi : registry.kpis()) {
    const kpis::KpiDefinition& definition = kpi->definition;
    const auto found = overrides.find(definition.id);
    const KpiWeight* own = found == overrides.end() ? nullptr : found->second;
    ResolvedKpi& entry = resolved.emplace_back();
    entry.kpi = kpi;
    entry.weight_in_pillar = by_profile[IndexOf(definition.pillar)]
                                 ? (own != nullptr ? own->weight.value_or(0) : 0)
                                 : definition.default_weight;
    entry.curve = own != nullptr && !own->curve.empty() ? own->curve : definition.curve;
    entry.target = definition.default_target;
    if (entry.target) entry.target_source = TargetSource::kKpi;
    if (own == nullptr) continue;
    entry.missing = own->missing;
    entry.basis = own->basis;
    if (own->target) {
      entry.target = own->target;
      entry.target_source = TargetSource::kProfile;
    }
  }
  return resolved;
}

// The most specific series of each KPI that has a point in [from, to) takes the target's place.
void FindSeries(const Rules& rules, const SubjectFacts& subject, absl::CivilDay from,
                absl::CivilDay to, std::vector<ResolvedKpi>& kpis) {
  std::map<std::string_view, const TargetSeries*> best;
  for (const TargetSeries& series : rules.targets) {
    const TargetContent& content = series.content;
    if (!IsFor(content.selector, subject) || !HoldsWithin(content, from, to)) continue;
    const TargetSeries*& known = best[content.kpi_id];
    if (known == nullptr || known->content.selector.kind < content.selector.kind) known = &series;
  }
  for (ResolvedKpi& kpi : kpis) {
    const auto found = best.find(kpi.kpi->definition.id);
    if (found == best.end()) continue;
    kpi.series = found->second;
    kpi.target_source = TargetSource::kSeries;
    kpi.target.reset();
  }
}

void FindExceptions(const Rules& rules, const SubjectFacts& subject, absl::CivilDay day,
                    std::vector<ResolvedKpi>& kpis) {
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
}

// Makes the weights within each pillar sum to 1. Returns which pillars have a weighted KPI.
std::array<bool, kPillarCount> NormaliseWithinPillars(std::vector<ResolvedKpi>& kpis) {
  std::array<double, kPillarCount> largest = {};
  for (const ResolvedKpi& kpi : kpis) {
    double& in_pillar = largest[IndexOf(kpi.kpi->definition.pillar)];
    in_pillar = std::max(in_pillar, kpi.weight_in_pillar);
  }
  // First by the largest, then by the sum: weights of any size neither overflow nor vanish.
  std::array<double, kPillarCount> sums = {};
  for (ResolvedKpi& kpi : kpis) {
    const size_t pillar = IndexOf(kpi.kpi->definition.pillar);
    if (largest[pillar] > 0) kpi.weight_in_pillar /= largest[pillar];
    sums[pillar] += kpi.weight_in_pillar;
  }
  std::array<bool, kPillarCount> weighted = {};
  for (ResolvedKpi& kpi : kpis) {
    const size_t pillar = IndexOf(kpi.kpi->definition.pillar);
    weighted[pillar] = sums[pillar] > 0;
    if (weighted[pillar]) kpi.weight_in_pillar /= sums[pillar];
  }
  return weighted;
}

// All four pillars in order; those without a weighted KPI have given their share to the others.
std::vector<PillarWeight> SharePillars(const std::vector<PillarWeight>& asked,
                                       const std::array<bool, kPillarCount>& weighted,
                                       std::vector<std::string>& reasons) {
  std::array<double, kPillarCount> shares = {};
  for (const PillarWeight& pillar : asked) shares[IndexOf(pillar.pillar)] = pillar.weight;
  double kept = 0;
  std::vector<size_t> given_away;
  for (size_t i = 0; i < kPillarCount; ++i) {
    if (weighted[i]) {
      kept += shares[i];
    } else if (shares[i] > 0) {
      given_away.push_back(i);
    }
  }
  std::vector<PillarWeight> result;
  for (size_t i = 0; i < kPillarCount; ++i) {
    double share = weighted[i] ? shares[i] : 0;
    // Left alone where nothing was given away, so that 60 % stays exactly that.
    if (!given_away.empty() && kept > 0) share /= kept;
    result.push_back({kpis::kPillars[i], share});
  }
  if (kept <= 0) {
    reasons.emplace_back("No pillar with weight has a KPI with weight, so there is no total.");
    return result;
  }
  for (const size_t i : given_away) {
    reasons.push_back(absl::StrCat("No KPI of ", PillarWord(kpis::kPillars[i]),
                                   " has weight, so its share goes to the other pillars in "
                                   "proportion: ",
                                   PillarsInWords(result), "."));
  }
  return result;
}

// The days that a resolution looks at.
struct Days {
  absl::CivilDay rules_of;  // the profile is that of this day
  absl::CivilDay from;      // [from, to): for bands and targets
  absl::CivilDay to;
  bool whole_period;  // false: one day, `from`
};

// Which pillar weights count, before pillars without a weighted KPI give theirs away.
absl::StatusOr<std::vector<PillarWeight>> WeighPillars(const SubjectFacts& subject,
                                                       const Days& days, ResolvedWeights& weights) {
  const WeightProfile& profile = *weights.profile;
  const ProfileContent& content = profile.content;
  const bool tenured = subject.kind == store::SubjectKind::kManager && subject.role_started;
  if (!tenured || content.bands.empty()) {
    if (tenured) weights.tenure_months = MonthsBetween(*subject.role_started, days.to - 1);
    weights.reasons.push_back(TenurelessStep(subject, content));
    return content.untenured_pillars;
  }
  const absl::CivilDay started = *subject.role_started;
  const bool at_end = days.whole_period && content.band_policy == BandPolicy::kAtPeriodEnd;
  weights.tenure_months = MonthsBetween(started, at_end ? days.to : days.to - 1);
  std::vector<BandDays> parts;
  if (!at_end) parts = DaysInBands(content.bands, started, days.from, days.to);
  if (parts.empty()) {
    const TenureBand* band = BandOf(content.bands, *weights.tenure_months);
    if (band == nullptr) {
      return absl::FailedPreconditionError(absl::StrCat("weightProfiles/", profile.id,
                                                        ": tenure_bands: none holds ",
                                                        *weights.tenure_months, " months"));
    }
    parts = {{band, 1}};
  }
  weights.tenure_band = BandName(*parts.back().band);
  int64_t all = 0;
  for (const BandDays& part : parts) all += part.days;
  for (const BandDays& part : parts) {
    weights.bands.push_back(
        {BandName(*part.band), static_cast<double>(part.days) / static_cast<double>(all)});
  }
  if (parts.size() == 1) {
    weights.reasons.push_back(BandStep(subject, *weights.tenure_months, *parts.front().band));
    return parts.front().band->pillars;
  }
  std::vector<PillarWeight> mixed = MixBands(parts);
  weights.reasons.push_back(CrossingStep(subject,
                                         MonthsBetween(started, std::max(started, days.from)),
                                         *weights.tenure_months, parts, mixed));
  return mixed;
}

absl::StatusOr<ResolvedWeights> ResolveOn(const Rules& rules, const SubjectFacts& subject,
                                          const Days& days,
                                          const kpis::RegistrySnapshot& registry) {
  ResolvedWeights weights;
  weights.date = days.rules_of;
  const std::vector<const WeightProfile*> chosen = Choose(rules, subject, days.rules_of);
  if (chosen.empty()) {
    return absl::NotFoundError(absl::StrCat(
        "no weight profile for \"", subject.id, "\" is in effect on ",
        absl::FormatCivilTime(days.rules_of), "; publish one for everyone with an earlier date"));
  }
  weights.profile = chosen.front();
  const ProfileContent& content = weights.profile->content;
  weights.minimum_coverage = content.minimum_coverage;
  weights.reasons.push_back(ProfileStep(*weights.profile, chosen.size()));
  const absl::StatusOr<std::vector<PillarWeight>> pillars = WeighPillars(subject, days, weights);
  if (!pillars.ok()) return pillars.status();

  weights.kpis = Weigh(content, registry);
  const std::array<bool, kPillarCount> weighted = NormaliseWithinPillars(weights.kpis);
  weights.pillars = SharePillars(*pillars, weighted, weights.reasons);
  for (ResolvedKpi& kpi : weights.kpis) {
    kpi.weight = weights.pillars[IndexOf(kpi.kpi->definition.pillar)].weight * kpi.weight_in_pillar;
  }
  FindSeries(rules, subject, days.from, days.to, weights.kpis);
  FindExceptions(rules, subject, std::min(days.rules_of, days.to - 1), weights.kpis);
  for (const PillarWeight& pillar : weights.pillars) {
    if (pillar.weight > 0) weights.reasons.push_back(KpiStep(pillar.pillar, weights.kpis));
  }
  for (const KpiWeight& kpi : content.kpis) {
    if (kpi.weight.value_or(0) > 0 && registry.FindKpi(kpi.kpi_id) == nullptr) {
      weights.reasons.push_back(absl::StrCat("The profile gives weight to ", kpi.kpi_id,
                                             ", which no loaded plugin provides; it is left out."));
    }
  }
  return weights;
}

}  // namespace

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

const ScoreOverride* FindException(const Rules& rules, store::SubjectKind kind,
                                   const std::string& subject_id, const std::string& kpi_id,
                                   absl::CivilDay day) {
  for (const ScoreOverride& exception : rules.overrides) {
    if (exception.subject_kind == kind && exception.subject_id == subject_id &&
        exception.kpi_id == kpi_id && exception.InForceOn(day)) {
      return &exception;
    }
  }
  return nullptr;
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
