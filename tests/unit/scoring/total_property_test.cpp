// What must hold of any total, and a second, plain implementation to hold it against.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include "scoring/score.h"
#include "unit/scoring/on_paper.h"
#include "unit/scoring/random_cards.h"

namespace keyscore::scoring {
namespace {

using kpis::Pillar;
using kpis::State;

constexpr int kRounds = 20'000;
constexpr double kTolerance = 1e-9;

TEST(TotalPropertyTest, AgreesWithTheRulesWorkedOnPaper) {
  Cards cards(1);
  int scored = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Scored> kpis = cards.Next();
    const Total total = ComputeTotal(kpis, 0);
    const Plain plain = OnPaper(kpis);
    ASSERT_EQ(total.total.has_value(), plain.any && !plain.blocked);
    ASSERT_EQ(!total.blocked_by.empty(), plain.blocked);
    ASSERT_NEAR(total.coverage, static_cast<double>(plain.coverage), kTolerance);
    if (!plain.any) continue;
    for (size_t i = 0; i < kpis.size(); ++i) ASSERT_EQ(total.assumed[i], Assumed(kpis[i]));
    if (total.total) {
      ++scored;
      ASSERT_NEAR(*total.total, static_cast<double>(plain.total), kTolerance);
    }
    for (size_t i = 0; i < kpis.size(); ++i) {
      ASSERT_NEAR(total.effective_weights[i], static_cast<double>(plain.weights[i]), kTolerance);
    }
  }
  EXPECT_GT(scored, kRounds / 2);
}

// Pillar by pillar: those with a value share the total by their weight, and within each its KPIs
// with a value do.
TEST(TotalPropertyTest, WithTheUsualPolicyPillarsKeepTheirProportions) {
  Cards cards(12, /*all_policies=*/false);
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Scored> kpis = cards.Next();
    const Total total = ComputeTotal(kpis, 0);
    double live = 0;  // weight of the pillars with a value
    double sum = 0;
    for (const Pillar pillar : kpis::kPillars) {
      double all = 0;
      double covered = 0;
      double points = 0;
      for (const Scored& kpi : kpis) {
        if (kpi.pillar != pillar) continue;
        all += kpi.weight;
        if (!HasValue(kpi)) continue;
        covered += kpi.weight;
        points += kpi.weight * kpi.score;
      }
      if (covered == 0) continue;
      live += all;
      sum += all * (points / covered);
    }
    ASSERT_EQ(total.total.has_value(), live > 0);
    if (total.total) {
      ASSERT_NEAR(*total.total, sum / live, 100 * 1e-12);
    }
  }
}

TEST(TotalPropertyTest, WeightsOfWhatIsScoredSumToOne) {
  Cards cards(2);
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Scored> kpis = cards.Next();
    const Total total = ComputeTotal(kpis, 0);
    double sum = 0;
    for (size_t i = 0; i < kpis.size(); ++i) {
      if ((!HasValue(kpis[i]) && !Assumed(kpis[i])) || kpis[i].weight == 0) {
        ASSERT_EQ(total.effective_weights[i], 0);
      }
      sum += total.effective_weights[i];
    }
    double pillar_sum = 0;
    for (const PillarScore& pillar : total.pillars) pillar_sum += pillar.weight;
    ASSERT_NEAR(sum, AnyValue(kpis) ? 1 : 0, kTolerance);
    ASSERT_NEAR(pillar_sum, AnyValue(kpis) ? 1 : 0, kTolerance);
  }
}

// What some give away the others get, and nobody else.
TEST(TotalPropertyTest, RedistributionConservesTheSum) {
  Cards cards(13);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Scored> kpis = cards.Next();
    if (!AnyValue(kpis)) continue;
    const Total after = ComputeTotal(kpis, 0);
    for (Scored& kpi : kpis) {
      if (IsMissing(kpi)) kpi.state = State::kValue;
    }
    const Total before = ComputeTotal(kpis, 0);  // nothing to give away
    double given = 0;
    double taken = 0;
    for (size_t i = 0; i < kpis.size(); ++i) {
      const double change = after.effective_weights[i] - before.effective_weights[i];
      (change < 0 ? given : taken) += std::abs(change);
      if (after.assumed[i]) {
        ASSERT_NEAR(change, 0, kTolerance);
      }
    }
    ASSERT_NEAR(given, taken, kTolerance);
  }
}

TEST(TotalPropertyTest, APillarsScoreAndWeightAreThoseOfItsKpis) {
  Cards cards(3);
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Scored> kpis = cards.Next();
    const Total total = ComputeTotal(kpis, 0);
    double from_pillars = 0;
    for (const PillarScore& pillar : total.pillars) {
      double weight = 0;
      double nominal = 0;
      for (size_t i = 0; i < kpis.size(); ++i) {
        if (kpis[i].pillar != pillar.pillar) continue;
        weight += total.effective_weights[i];
        nominal += kpis[i].weight;
      }
      ASSERT_NEAR(pillar.weight, weight, kTolerance);
      ASSERT_NEAR(pillar.nominal_weight, nominal, kTolerance);
      ASSERT_EQ(pillar.score.has_value(), weight > 0);
      if (pillar.score) from_pillars += pillar.weight * *pillar.score;
      ASSERT_GE(pillar.coverage, 0);
      ASSERT_LE(pillar.coverage, 1 + kTolerance);
    }
    if (total.total) {
      ASSERT_NEAR(from_pillars, *total.total, 100 * kTolerance);
    }
  }
}

TEST(TotalPropertyTest, ScalingTheWeightsChangesNothing) {
  Cards cards(4);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Scored> kpis = cards.Next();
    const Total total = ComputeTotal(kpis, 0);
    const double factor = cards.Uniform(1e-6, 1e6);
    for (Scored& kpi : kpis) kpi.weight *= factor;
    const Total scaled = ComputeTotal(kpis, 0);
    ASSERT_EQ(total.total.has_value(), scaled.total.has_value());
    if (total.total) {
      ASSERT_NEAR(*total.total, *scaled.total, 100 * kTolerance);
    }
    ASSERT_NEAR(total.coverage, scaled.coverage, kTolerance);
    ASSERT_NEAR(total.low, scaled.low, 100 * kTolerance);
    ASSERT_NEAR(total.high, scaled.high, 100 * kTolerance);
  }
}

TEST(TotalPropertyTest, WeightZeroNeverMovesTheTotal) {
  Cards cards(5);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Scored> kpis = cards.Next();
    const Total without = ComputeTotal(kpis, 0.5);
    Scored extra = cards.Next().front();
    extra.weight = 0;
    kpis.insert(kpis.begin() + static_cast<ptrdiff_t>(cards.Below(kpis.size() + 1)), extra);
    const Total with = ComputeTotal(kpis, 0.5);
    ASSERT_EQ(with.state, without.state);
    ASSERT_EQ(with.total, without.total);
    ASSERT_EQ(with.low, without.low);
    ASSERT_EQ(with.high, without.high);
    ASSERT_EQ(with.coverage, without.coverage);
    ASSERT_EQ(with.pillars.size(), without.pillars.size());
  }
}

TEST(TotalPropertyTest, RaisingAScoreNeverLowersTheTotal) {
  Cards cards(6);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Scored> kpis = cards.Next();
    const Total before = ComputeTotal(kpis, 0);
    if (!before.total) continue;
    Scored& raised = kpis[cards.Below(kpis.size())];
    if (raised.state != State::kValue) continue;
    // Often by a hair, where rounding would show.
    raised.score = cards.Below(2) == 0 ? std::min(100.0, std::nextafter(raised.score, 200.0))
                                       : cards.Uniform(raised.score, 100);
    const Total after = ComputeTotal(kpis, 0);
    ASSERT_GE(*after.total, *before.total);
    ASSERT_GE(after.low, before.low);
    ASSERT_GE(after.high + 1e-12, before.high);
  }
}

TEST(TotalPropertyTest, TheTotalLiesBetweenItsBoundsAndWithinItsScores) {
  Cards cards(7);
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Scored> kpis = cards.Next();
    const Total total = ComputeTotal(kpis, 0);
    ASSERT_GE(total.low, 0);
    ASSERT_LE(total.high, 100);
    ASSERT_GE(total.coverage, 0);
    ASSERT_LE(total.coverage, 1);
    if (!total.total) continue;
    ASSERT_LE(total.low, *total.total);
    ASSERT_LE(*total.total, total.high);
    double lowest = 100;
    double highest = 0;
    bool missing = false;
    for (const Scored& kpi : kpis) {
      if (kpi.weight == 0) continue;
      missing |= IsMissing(kpi);
      if (kpi.state != State::kValue) continue;
      lowest = std::min(lowest, kpi.score);
      highest = std::max(highest, kpi.score);
    }
    for (const Scored& kpi : kpis) {
      const std::optional<double> assumed = Assumed(kpi);
      lowest = std::min(lowest, assumed.value_or(100));
      highest = std::max(highest, assumed.value_or(0));
    }
    ASSERT_GE(*total.total, lowest);
    ASSERT_LE(*total.total, highest);
    if (!missing) {
      ASSERT_EQ(total.low, total.high);
      ASSERT_EQ(total.coverage, 1);
    }
  }
}

TEST(TotalPropertyTest, TheBoundsAreTheTotalsWithWhatIsMissingAt0And100) {
  Cards cards(8);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Scored> kpis = cards.Next();
    const Total total = ComputeTotal(kpis, 0);
    if (!total.total) continue;
    for (const double score : {0.0, 100.0}) {
      std::vector<Scored> filled = kpis;
      for (Scored& kpi : filled) {
        if (!IsMissing(kpi)) continue;
        kpi.state = State::kValue;
        kpi.score = score;
      }
      ASSERT_NEAR(score == 0 ? total.low : total.high, *ComputeTotal(filled, 0).total,
                  100 * kTolerance);
    }
  }
}

TEST(TotalPropertyTest, PillarsThatHaveAValueNeverLoseWeight) {
  Cards cards(9, /*all_policies=*/false);
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Scored> kpis = cards.Next();
    double sum = 0;
    for (const Scored& kpi : kpis) sum += kpi.weight;
    for (const PillarScore& pillar : ComputeTotal(kpis, 0).pillars) {
      if (pillar.score) {
        ASSERT_GE(pillar.weight, pillar.nominal_weight / sum - kTolerance);
      }
    }
  }
}

TEST(TotalPropertyTest, WhatCountsNeverLosesWeight) {
  Cards cards(14);
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Scored> kpis = cards.Next();
    if (!AnyValue(kpis)) continue;
    double sum = 0;
    for (const Scored& kpi : kpis) sum += kpi.weight;
    const Total total = ComputeTotal(kpis, 0);
    for (size_t i = 0; i < kpis.size(); ++i) {
      if (!HasValue(kpis[i]) && !Assumed(kpis[i])) continue;
      ASSERT_GE(total.effective_weights[i], kpis[i].weight / sum - kTolerance);
    }
  }
}

TEST(TotalPropertyTest, EqualInputGivesEqualBits) {
  Cards cards(10);
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Scored> kpis = cards.Next();
    const Total once = ComputeTotal(kpis, 0.5);
    const Total again = ComputeTotal(std::vector<Scored>(kpis), 0.5);
    ASSERT_EQ(once.total.has_value(), again.total.has_value());
    if (once.total) {
      ASSERT_EQ(std::bit_cast<uint64_t>(*once.total), std::bit_cast<uint64_t>(*again.total));
    }
    ASSERT_EQ(std::bit_cast<uint64_t>(once.low), std::bit_cast<uint64_t>(again.low));
    ASSERT_EQ(std::bit_cast<uint64_t>(once.high), std::bit_cast<uint64_t>(again.high));
    ASSERT_EQ(once.effective_weights, again.effective_weights);
  }
}

TEST(CurvePropertyTest, StaysWithinItsScoresAndRisesWithARisingCurve) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> unit(0, 1);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<kpis::CurvePoint> curve = {{unit(random) * 100 - 50, unit(random) * 20}};
    while (curve.size() < 2 + static_cast<size_t>(round % 6)) {
      const kpis::CurvePoint& last = curve.back();
      curve.push_back(
          {last.value + 1e-3 + unit(random) * 50, std::min(100.0, last.score + unit(random) * 30)});
    }
    double value = curve.front().value - 1;
    double before = CurveScore(curve, value);
    while (value < curve.back().value + 1) {
      value += unit(random) < 0.2 ? 1e-13 : unit(random);
      const double score = CurveScore(curve, value);
      ASSERT_GE(score, before);
      ASSERT_GE(score, curve.front().score);
      ASSERT_LE(score, curve.back().score);
      before = score;
    }
  }
}

}  // namespace
}  // namespace keyscore::scoring
