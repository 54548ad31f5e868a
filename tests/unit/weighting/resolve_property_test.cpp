// Weights sum to 1, and only proportions count, over random registries and profiles.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "unit/weighting/resolve_fixture.h"

namespace keyscore::weighting {
namespace {

using kpis::MakeKpi;
using kpis::Pillar;

// A profile whose weights are of any proportion, as a store of old might hold them.
WeightProfile RandomProfile(std::mt19937& random, int kpis) {
  std::uniform_real_distribution<double> unit(0, 1);
  const auto pillars = [&] {
    std::vector<PillarWeight> weights;
    double sum = 0;
    for (const Pillar pillar : kpis::kPillars) {
      weights.push_back({pillar, pillar == Pillar::kRevenue ? 0.1 + unit(random) : unit(random)});
      sum += weights.back().weight;
    }
    for (PillarWeight& weight : weights) weight.weight /= sum;
    return weights;
  };
  WeightProfile profile = DefaultProfile();
  profile.content.untenured_pillars = pillars();
  for (TenureBand& band : profile.content.bands) band.pillars = pillars();
  for (int i = 0; i < kpis; ++i) {
    if (random() % 3 == 0) continue;
    KpiWeight& kpi = profile.content.kpis.emplace_back();
    kpi.kpi_id = "k" + std::to_string(i);
    if (random() % 3 != 0) kpi.weight = unit(random) * std::pow(10, random() % 4);
  }
  return profile;
}

TEST(ResolvePropertyTest, SharesSumToOneOverRandomProfiles) {
  constexpr int kKpis = 16;
  std::mt19937 random(5);
  int crossings = 0;
  for (int round = 0; round < 500; ++round) {
    std::vector<kpis::LoadedKpi> kpis;
    for (int i = 0; i < kKpis; ++i) {
      kpis.push_back(MakeKpi("k" + std::to_string(i), kpis::kPillars[random() % 4], random() % 3));
    }
    // Something always has weight in revenue.
    kpis.push_back(MakeKpi("anchor", Pillar::kRevenue, 1));
    const auto registry = kpis::RegistryOf(kpis);
    WeightProfile profile = RandomProfile(random, kKpis);
    profile.content.kpis.push_back({.kpi_id = "anchor", .weight = 1});
    const Rules rules = RulesOf({profile});
    const auto period = measures::ParsePeriod("2017", measures::Calendar(), absl::UnixEpoch());
    const auto weights = ResolveForPeriod(rules, Anna(absl::CivilDay(2013, 1, 1) + random() % 2000),
                                          *period, period->to_day - 1, *registry);
    ASSERT_TRUE(weights.ok()) << weights.status();
    double sum = 0;
    for (const ResolvedKpi& kpi : weights->kpis) {
      ASSERT_GE(kpi.weight, 0);
      sum += kpi.weight;
    }
    ASSERT_NEAR(sum, 1, 1e-12);
    double shares = 0;
    for (const BandShare& band : weights->bands) shares += band.share;
    ASSERT_NEAR(shares, 1, 1e-12);
    crossings += weights->bands.size() > 1;
  }
  EXPECT_GT(crossings, 50);
}

TEST(ResolvePropertyTest, SharesSumToOneAndScalingKpiWeightsChangesNothing) {
  std::mt19937 random(36);
  std::uniform_real_distribution<double> unit(0, 1);
  for (int round = 0; round < 300; ++round) {
    std::vector<kpis::LoadedKpi> kpis;
    bool any_weighted = false;
    for (int i = 0; i < 12; ++i) {
      const Pillar pillar = kpis::kPillars[random() % 4];
      const double weight = random() % 3 == 0 ? 0 : unit(random) * std::pow(10, random() % 6);
      any_weighted |= weight > 0 && pillar != Pillar::kLearning;
      kpis.push_back(MakeKpi("k" + std::to_string(i), pillar, weight));
    }
    const auto registry = kpis::RegistryOf(kpis);
    for (kpis::LoadedKpi& kpi : kpis) kpi.definition.default_weight *= 1e302;
    const auto scaled_registry = kpis::RegistryOf(kpis);
    const Rules rules = RulesOf({DefaultProfile()});
    const SubjectFacts anna = Anna(absl::CivilDay(2010 + random() % 8, 1, 1));
    const ResolvedWeights weights = Resolved(rules, anna, *registry);
    const ResolvedWeights scaled = Resolved(rules, anna, *scaled_registry);
    double sum = 0;
    for (size_t i = 0; i < weights.kpis.size(); ++i) {
      sum += weights.kpis[i].weight;
      ASSERT_GE(weights.kpis[i].weight, 0);
      if (weights.kpis[i].kpi->definition.default_weight == 0) {
        ASSERT_EQ(weights.kpis[i].weight, 0);
      }
      ASSERT_NEAR(weights.kpis[i].weight, scaled.kpis[i].weight, 1e-12);
    }
    ASSERT_NEAR(sum, any_weighted ? 1 : 0, 1e-12);
  }
}

}  // namespace
}  // namespace keyscore::weighting
