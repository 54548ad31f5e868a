// Finds the profile and the tenure band of a subject and works out the share of every KPI.
#include "weighting/day_resolver.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "weighting/reasons.h"
#include "weighting/tenure.h"

namespace keyscore::weighting {
namespace {

constexpr size_t kPillarCount = std::size(kpis::kPillars);
// Managers between two bands have weights of their own, each some kilobytes.
constexpr size_t kMaxMixes = 512;
// Days under rules; a review looks at a handful of periods.
constexpr size_t kMaxResolvers = 32;

size_t IndexOf(kpis::Pillar pillar) { return static_cast<size_t>(pillar) - 1; }

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

// Which pillar weights count, before pillars without a weighted KPI give theirs away.
absl::StatusOr<std::vector<PillarWeight>> WeighPillars(const SubjectFacts& subject,
                                                       const Days& days, bool with_reasons,
                                                       ResolvedWeights& weights) {
  const WeightProfile& profile = *weights.profile;
  const ProfileContent& content = profile.content;
  const bool tenured = subject.kind == store::SubjectKind::kManager && subject.role_started;
  if (!tenured || content.bands.empty()) {
    if (tenured) weights.tenure_months = MonthsBetween(*subject.role_started, days.to - 1);
    if (with_reasons) weights.reasons.push_back(TenurelessStep(subject, content));
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
    if (with_reasons) {
      weights.reasons.push_back(BandStep(subject, *weights.tenure_months, *parts.front().band));
    }
    return parts.front().band->pillars;
  }
  std::vector<PillarWeight> mixed = MixBands(parts);
  if (with_reasons) {
    weights.reasons.push_back(CrossingStep(subject,
                                           MonthsBetween(started, std::max(started, days.from)),
                                           *weights.tenure_months, parts, mixed));
  }
  return mixed;
}

}  // namespace

DayResolver::DayResolver(const Rules& rules, const kpis::RegistrySnapshot& registry,
                         const Days& days)
    : registry_(registry), days_(days) {
  for (const Version& version : rules.versions) {
    if (version.Holds(days.rules_of)) profiles_.push_back(&version.profile);
  }
  for (const TargetSeries& series : rules.targets) {
    if (HoldsWithin(series.content, days.from, days.to)) {
      series_[series.content.selector].push_back(&series);
    }
  }
}

std::pair<const WeightProfile*, size_t> DayResolver::Choose(const SubjectFacts& subject) const {
  const WeightProfile* best = nullptr;
  size_t count = 0;
  for (const WeightProfile* profile : profiles_) {
    if (!IsFor(profile->content.selector, subject)) continue;
    ++count;
    if (best == nullptr ||
        std::tuple(best->content.selector.kind, std::string_view(profile->id)) <
            std::tuple(profile->content.selector.kind, std::string_view(best->id))) {
      best = profile;
    }
  }
  return {best, count};
}

DayResolver::Series DayResolver::SeriesOf(const SubjectFacts& subject) const {
  Series found;
  if (series_.empty()) return found;
  const auto take = [&](SelectorKind kind, const std::string& id) {
    const Selector selector{kind, id};
    const auto known = series_.find(selector);
    if (known == series_.end() || !IsFor(selector, subject)) return;
    for (const TargetSeries* series : known->second) {
      // The first of a selector stays; a more specific selector's takes its place.
      const auto same =
          std::find_if(found.begin(), found.end(), [series](const TargetSeries* other) {
            return other->content.kpi_id == series->content.kpi_id;
          });
      if (same == found.end()) {
        found.push_back(series);
      } else if ((*same)->content.selector.kind < kind) {
        *same = series;
      }
    }
  };
  take(SelectorKind::kEveryone, "");
  take(SelectorKind::kSegment, subject.segment);
  const bool is_team = subject.kind == store::SubjectKind::kTeam;
  take(SelectorKind::kTeam, is_team ? subject.id : subject.team_id);
  const bool is_manager = subject.kind == store::SubjectKind::kManager;
  take(SelectorKind::kManager, is_manager ? subject.id : subject.manager_id);
  take(SelectorKind::kAccount, subject.id);
  return found;
}

std::shared_ptr<const DayResolver::Base> DayResolver::BaseOf(const WeightProfile& profile,
                                                             const Series& series) const {
  const std::pair key(&profile, series);
  {
    absl::MutexLock lock(&mutex_);
    const auto found = bases_.find(key);
    if (found != bases_.end()) return found->second;
  }
  auto base = std::make_shared<Base>();
  base->kpis = Weigh(profile.content, registry_);
  base->weighted = NormaliseWithinPillars(base->kpis);
  for (const TargetSeries* counts : series) {
    for (ResolvedKpi& kpi : base->kpis) {
      if (kpi.kpi->definition.id != counts->content.kpi_id) continue;
      kpi.series = counts;
      kpi.target_source = TargetSource::kSeries;
      kpi.target.reset();
    }
  }
  absl::MutexLock lock(&mutex_);
  if (bases_.size() >= kMaxMixes) bases_.clear();
  return bases_.try_emplace(key, std::move(base)).first->second;
}

std::shared_ptr<const DayResolver::Mix> DayResolver::MixOf(
    const WeightProfile& profile, const Series& series,
    const std::vector<PillarWeight>& pillars) const {
  Shares shares = {};
  for (const PillarWeight& pillar : pillars) shares[IndexOf(pillar.pillar)] = pillar.weight;
  const std::tuple key(&profile, series, shares);
  {
    absl::MutexLock lock(&mutex_);
    const auto found = mixes_.find(key);
    if (found != mixes_.end()) return found->second;
  }
  const std::shared_ptr<const Base> base = BaseOf(profile, series);
  auto mix = std::make_shared<Mix>();
  mix->pillars = SharePillars(pillars, base->weighted, mix->reasons);
  std::vector<ResolvedKpi> kpis = base->kpis;
  for (ResolvedKpi& kpi : kpis) {
    kpi.weight = mix->pillars[IndexOf(kpi.kpi->definition.pillar)].weight * kpi.weight_in_pillar;
  }
  mix->kpis = ResolvedKpis(std::move(kpis));
  absl::MutexLock lock(&mutex_);
  if (mixes_.size() >= kMaxMixes) mixes_.clear();
  return mixes_.try_emplace(key, std::move(mix)).first->second;
}

absl::StatusOr<ResolvedWeights> DayResolver::Resolve(const SubjectFacts& subject,
                                                     bool with_reasons) const {
  ResolvedWeights weights;
  weights.date = days_.rules_of;
  const auto [profile, candidates] = Choose(subject);
  if (profile == nullptr) {
    return absl::NotFoundError(absl::StrCat(
        "no weight profile for \"", subject.id, "\" is in effect on ",
        absl::FormatCivilTime(days_.rules_of), "; publish one for everyone with an earlier date"));
  }
  weights.profile = profile;
  weights.minimum_coverage = profile->content.minimum_coverage;
  if (with_reasons) weights.reasons.push_back(ProfileStep(*profile, candidates));
  const absl::StatusOr<std::vector<PillarWeight>> pillars =
      WeighPillars(subject, days_, with_reasons, weights);
  if (!pillars.ok()) return pillars.status();

  const std::shared_ptr<const Mix> mix = MixOf(*profile, SeriesOf(subject), *pillars);
  weights.kpis = mix->kpis;
  weights.pillars = mix->pillars;
  if (!with_reasons) return weights;
  weights.reasons.insert(weights.reasons.end(), mix->reasons.begin(), mix->reasons.end());
  for (const PillarWeight& pillar : weights.pillars) {
    if (pillar.weight > 0) weights.reasons.push_back(KpiStep(pillar.pillar, weights.kpis));
  }
  for (const KpiWeight& kpi : profile->content.kpis) {
    if (kpi.weight.value_or(0) > 0 && registry_.FindKpi(kpi.kpi_id) == nullptr) {
      weights.reasons.push_back(absl::StrCat("The profile gives weight to ", kpi.kpi_id,
                                             ", which no loaded plugin provides; it is left out."));
    }
  }
  return weights;
}

std::shared_ptr<const DayResolver> DayResolvers::Find(const Rules* rules, const Days& days) const {
  for (const Entry& entry : entries_) {
    // Other rules may stand where those of the entry were once.
    if (entry.rules == rules && entry.days == days && !entry.alive.expired()) {
      return entry.resolver;
    }
  }
  return nullptr;
}

std::shared_ptr<const DayResolver> DayResolvers::Get(const std::shared_ptr<const Rules>& rules,
                                                     const kpis::RegistrySnapshot& registry,
                                                     const Days& days) {
  {
    absl::ReaderMutexLock lock(&mutex_);
    if (auto known = Find(rules.get(), days)) return known;
  }
  auto resolver = std::make_shared<const DayResolver>(*rules, registry, days);
  absl::MutexLock lock(&mutex_);
  if (auto known = Find(rules.get(), days)) return known;
  std::erase_if(entries_, [](const Entry& entry) { return entry.alive.expired(); });
  if (entries_.size() >= kMaxResolvers) entries_.erase(entries_.begin());
  entries_.push_back({rules, rules.get(), days, resolver});
  return resolver;
}

}  // namespace keyscore::weighting
