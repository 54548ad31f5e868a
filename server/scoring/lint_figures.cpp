// Gathers what lint looks at.
#include "scoring/lint_figures.h"

#include <algorithm>

namespace keyscore::scoring {
namespace {

std::optional<KpiLine> LineOf(const kpis::LoadedKpi& kpi, const Scorecard& card) {
  for (size_t i = 0; i < card.lines.size(); ++i) {
    if (card.lines.kpi(i) == &kpi) return card.lines[i];
  }
  return std::nullopt;
}

// The largest share that the pillar has for anybody the profile is for.
double LargestShare(const weighting::ProfileContent& content, kpis::Pillar pillar) {
  double largest = 0;
  const auto look_at = [&](const std::vector<weighting::PillarWeight>& pillars) {
    for (const weighting::PillarWeight& entry : pillars) {
      if (entry.pillar == pillar) largest = std::max(largest, entry.weight);
    }
  };
  look_at(content.untenured_pillars);
  for (const weighting::TenureBand& band : content.bands) look_at(band.pillars);
  return largest;
}

// Within pillars the weights are the same for everyone that the profile is for.
weighting::ResolvedKpis Resolve(const weighting::Rules& alone,
                                const kpis::RegistrySnapshot& registry) {
  weighting::SubjectFacts organization;
  organization.kind = store::SubjectKind::kOrganization;
  auto weights = weighting::Resolve(alone, organization, absl::CivilDay(), registry);
  return weights.ok() ? weights->kpis : weighting::ResolvedKpis();
}

bool HasTarget(const weighting::ProfileContent& content, const kpis::LoadedKpi& kpi,
               const std::vector<const Scorecard*>& cards) {
  if (kpi.definition.default_target) return true;
  for (const weighting::KpiWeight& entry : content.kpis) {
    if (entry.kpi_id == kpi.definition.id && entry.target) return true;
  }
  return std::any_of(cards.begin(), cards.end(), [&](const Scorecard* card) {
    const std::optional<KpiLine> line = LineOf(kpi, *card);
    return line && !line->target_source.empty();
  });
}

}  // namespace

std::vector<WeightedKpi> WeightedKpis(const weighting::WeightProfile& profile,
                                      const std::vector<const Scorecard*>& cards,
                                      const kpis::RegistrySnapshot& registry) {
  weighting::Rules alone;
  alone.versions.push_back({.profile = profile});
  alone.versions.back().profile.content.selector = {};
  const weighting::ResolvedKpis kpis = Resolve(alone, registry);
  std::vector<WeightedKpi> weighted;
  for (const weighting::ResolvedKpi& kpi : kpis) {
    const double share = LargestShare(profile.content, kpi.kpi->definition.pillar);
    if (!(kpi.weight_in_pillar > 0) || !(share > 0)) continue;
    weighted.push_back({.kpi = kpi.kpi,
                        .weight_in_pillar = kpi.weight_in_pillar,
                        .largest_weight = share * kpi.weight_in_pillar,
                        .has_target = HasTarget(profile.content, *kpi.kpi, cards)});
  }
  return weighted;
}

KpiFigures FiguresOf(const kpis::LoadedKpi& kpi, const std::vector<const Scorecard*>& cards) {
  KpiFigures figures;
  figures.values.reserve(cards.size());
  for (const Scorecard* card : cards) {
    std::optional<double>& value = figures.values.emplace_back();
    const std::optional<KpiLine> line = LineOf(kpi, *card);
    if (!line) continue;
    ++figures.cards;
    if (line->outcome.state == kpis::State::kNotApplicable) ++figures.not_applicable;
    if (line->outcome.state == kpis::State::kValue) {
      value = line->outcome.value;
      ++figures.value_count;
    }
    if (line->computed_score) figures.scores.push_back(*line->computed_score);
  }
  return figures;
}

}  // namespace keyscore::scoring
