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

namespace keyscore::weighting {
namespace {

constexpr size_t kPillarCount = std::size(kpis::kPillars);

size_t IndexOf(kpis::Pillar pillar) { return static_cast<size_t>(pillar) - 1; }

bool IsFor(const Selector& selector, const SubjectFacts& subject) {
  switch (selector.kind) {
    case SelectorKind::kEveryone:
      return true;
    case SelectorKind::kSegment:
      return subject.kind == store::SubjectKind::kAccount && subject.segment == selector.id;
    case SelectorKind::kTeam:
      // A team's profile is for the team's own card and for those of its managers.
      return (subject.kind == store::SubjectKind::kTeam && subject.id == selector.id) ||
             (subject.kind == store::SubjectKind::kManager && subject.team_id == selector.id);
    case SelectorKind::kManager:
      return subject.kind == store::SubjectKind::kManager && subject.id == selector.id;
    case SelectorKind::kAccount:
      return subject.kind == store::SubjectKind::kAccount && subject.id == selector.id;
  }
  return false;
}

// Which of two profiles that both apply wins. Ids decide last, so that the order of the profiles
// never does; CheckProfiles keeps it from coming to that.
bool WinsOver(const WeightProfile& a, const WeightProfile& b) {
  return std::tuple(a.selector.kind, a.effective_time, std::string_view(b.id)) >
         std::tuple(b.selector.kind, b.effective_time, std::string_view(a.id));
}

const WeightProfile* Choose(const std::vector<WeightProfile>& profiles, const SubjectFacts& subject,
                            absl::CivilDay date, absl::TimeZone time_zone, size_t& candidates) {
  const WeightProfile* chosen = nullptr;
  candidates = 0;
  for (const WeightProfile& profile : profiles) {
    if (absl::ToCivilDay(profile.effective_time, time_zone) > date) continue;
    if (!IsFor(profile.selector, subject)) continue;
    ++candidates;
    if (chosen == nullptr || WinsOver(profile, *chosen)) chosen = &profile;
  }
  return chosen;
}

const TenureBand* BandOf(const WeightProfile& profile, int months) {
  for (const TenureBand& band : profile.bands) {
    if (months >= band.from_months && (!band.to_months || months < *band.to_months)) return &band;
  }
  return nullptr;
}

// Every KPI of the registry with what the profile says of it; weight_in_pillar is still relative.
std::vector<ResolvedKpi> Weigh(const WeightProfile& profile,
                               const kpis::RegistrySnapshot& registry) {
  std::map<std::string_view, const KpiWeight*> overrides;
  for (const KpiWeight& kpi : profile.kpis) overrides.emplace(kpi.kpi_id, &kpi);

  std::vector<ResolvedKpi> resolved;
  resolved.reserve(registry.kpis().size());
  for (const kpis::LoadedKpi* kpi : registry.kpis()) {
    const kpis::KpiDefinition& definition = kpi->definition;
    const auto found = overrides.find(definition.id);
    const KpiWeight* own = found == overrides.end() ? nullptr : found->second;
    ResolvedKpi& entry = resolved.emplace_back();
    entry.kpi = kpi;
    entry.weight_in_pillar = own != nullptr ? own->weight : definition.default_weight;
    entry.curve = own != nullptr && !own->curve.empty() ? own->curve : definition.curve;
    entry.target = own != nullptr && own->target ? own->target : definition.default_target;
  }
  return resolved;
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

absl::StatusOr<ResolvedWeights> ResolveAt(const std::vector<WeightProfile>& profiles,
                                          const SubjectFacts& subject, absl::CivilDay in_effect_on,
                                          absl::CivilDay tenure_on,
                                          const kpis::RegistrySnapshot& registry,
                                          absl::TimeZone time_zone) {
  ResolvedWeights weights;
  size_t candidates = 0;
  weights.profile = Choose(profiles, subject, in_effect_on, time_zone, candidates);
  if (weights.profile == nullptr) {
    return absl::NotFoundError(absl::StrCat(
        "no weight profile for \"", subject.id, "\" is in effect on ",
        absl::FormatCivilTime(in_effect_on), "; publish one for everyone with an earlier date"));
  }
  const WeightProfile& profile = *weights.profile;
  weights.minimum_coverage = profile.minimum_coverage;
  weights.reasons.push_back(ProfileStep(profile, candidates));

  if (subject.kind == store::SubjectKind::kManager && subject.role_started) {
    weights.tenure_months = MonthsBetween(*subject.role_started, tenure_on);
  }
  const TenureBand* band = nullptr;
  if (weights.tenure_months && !profile.bands.empty()) {
    band = BandOf(profile, *weights.tenure_months);
    if (band == nullptr) {
      return absl::FailedPreconditionError(absl::StrCat("weightProfiles/", profile.id,
                                                        ": tenure_bands: none holds ",
                                                        *weights.tenure_months, " months"));
    }
    weights.tenure_band = BandName(*band);
  }
  const std::vector<PillarWeight>& pillars =
      band != nullptr ? band->pillars : profile.untenured_pillars;
  weights.reasons.push_back(PillarStep(subject, profile, weights.tenure_months, band, pillars));

  weights.kpis = Weigh(profile, registry);
  const std::array<bool, kPillarCount> weighted = NormaliseWithinPillars(weights.kpis);
  weights.pillars = SharePillars(pillars, weighted, weights.reasons);
  for (ResolvedKpi& kpi : weights.kpis) {
    kpi.weight = weights.pillars[IndexOf(kpi.kpi->definition.pillar)].weight * kpi.weight_in_pillar;
  }
  for (const PillarWeight& pillar : weights.pillars) {
    if (pillar.weight > 0) weights.reasons.push_back(KpiStep(pillar.pillar, weights.kpis));
  }
  for (const KpiWeight& kpi : profile.kpis) {
    if (kpi.weight > 0 && registry.FindKpi(kpi.kpi_id) == nullptr) {
      weights.reasons.push_back(absl::StrCat("The profile gives weight to ", kpi.kpi_id,
                                             ", which no loaded plugin provides; it is left out."));
    }
  }
  return weights;
}

}  // namespace

int MonthsBetween(absl::CivilDay start, absl::CivilDay date) {
  if (date <= start) return 0;
  const auto months = absl::CivilMonth(date) - absl::CivilMonth(start);
  return static_cast<int>(date.day() < start.day() ? months - 1 : months);
}

absl::StatusOr<ResolvedWeights> Resolve(const std::vector<WeightProfile>& profiles,
                                        const SubjectFacts& subject, absl::CivilDay date,
                                        const kpis::RegistrySnapshot& registry,
                                        absl::TimeZone time_zone) {
  return ResolveAt(profiles, subject, date, date, registry, time_zone);
}

absl::StatusOr<ResolvedWeights> ResolveForPeriod(const std::vector<WeightProfile>& profiles,
                                                 const SubjectFacts& subject,
                                                 const measures::Period& period,
                                                 const kpis::RegistrySnapshot& registry,
                                                 absl::TimeZone time_zone) {
  return ResolveAt(profiles, subject, period.to_day - 1, period.to_day, registry, time_zone);
}

}  // namespace keyscore::weighting
