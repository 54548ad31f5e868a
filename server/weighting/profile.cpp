// The 3R+1 default, and the scaling of weights to 1.
#include "weighting/profile.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace keyscore::weighting {
namespace {

using kpis::Pillar;

constexpr double kSumTolerance = 1e-9;  // as CheckProfile has it

std::vector<PillarWeight> ThreeR(double relationships, double revenue, double retention) {
  return {{Pillar::kRelationships, relationships},
          {Pillar::kRevenue, revenue},
          {Pillar::kRetention, retention},
          {Pillar::kLearning, 0}};
}

void ScaleToOne(const std::vector<double*>& weights) {
  double largest = 0;
  for (const double* weight : weights) {
    if (!std::isfinite(*weight) || *weight < 0) return;
    largest = std::max(largest, *weight);
  }
  if (largest <= 0) return;
  double sum = 0;
  for (const double* weight : weights) sum += *weight;
  if (std::abs(sum - 1) <= kSumTolerance) return;
  // First by the largest, then by the sum: weights of any size neither overflow nor vanish.
  sum = 0;
  for (double* weight : weights) sum += * weight /= largest;
  for (double* weight : weights) *weight /= sum;
}

void ScaleToOne(std::vector<PillarWeight>& pillars) {
  std::vector<double*> weights;
  for (PillarWeight& pillar : pillars) weights.push_back(&pillar.weight);
  ScaleToOne(weights);
}

}  // namespace

WeightProfile DefaultProfile() {
  WeightProfile profile;
  profile.id = kDefaultProfileId;
  ProfileContent& content = profile.content;
  content.display_name = "3R+1 default";
  // Someone new to the role builds relationships first; with time, results count for more.
  content.bands = {{0, 18, ThreeR(0.6, 0.2, 0.2), "under 18 months"},
                   {18, 36, ThreeR(0.4, 0.3, 0.3), "18 to 36 months"},
                   {36, std::nullopt, ThreeR(0.3, 0.4, 0.3), "from 36 months"}};
  content.untenured_pillars = ThreeR(0.4, 0.3, 0.3);
  profile.action = kBuiltInAction;
  profile.reason = "Built in";
  profile.author = "keyscore";
  profile.create_time = absl::UnixEpoch();
  return profile;
}

void Normalize(ProfileContent& content, const kpis::RegistrySnapshot& registry) {
  for (TenureBand& band : content.bands) ScaleToOne(band.pillars);
  ScaleToOne(content.untenured_pillars);
  std::map<Pillar, std::vector<double*>> by_pillar;
  for (KpiWeight& kpi : content.kpis) {
    const kpis::LoadedKpi* known = registry.FindKpi(kpi.kpi_id);
    if (kpi.weight && known != nullptr) {
      by_pillar[known->definition.pillar].push_back(&*kpi.weight);
    }
  }
  for (const auto& [pillar, weights] : by_pillar) ScaleToOne(weights);
}

}  // namespace keyscore::weighting
