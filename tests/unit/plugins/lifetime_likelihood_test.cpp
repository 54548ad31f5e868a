// The log-likelihoods against integrals over the models' assumptions, their gradients against
// differences.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <span>
#include <vector>

#include "plugins/revenue/lifetime/bg_nbd.h"
#include "plugins/revenue/lifetime/gamma_gamma.h"
#include "plugins/revenue/lifetime/maximize.h"
#include "unit/plugins/lifetime_oracle.h"
#include "unit/plugins/lifetime_population.h"

namespace keyscore::catalogue::lifetime {
namespace {

using Logs = std::vector<double>;

const std::vector<BgNbd> kPurchaseModels = {
    {0.243, 4.414, 0.793, 2.426}, {1, 1, 1, 1}, {7.5, 30, 0.1, 0.4}, {0.2, 0.5, 12, 40}};
const std::vector<PurchaseHistory> kHistories = {{0, 0, 0, 0},      {0, 0, 38.86, 0},
                                                 {1, 1.71, 38, 10}, {2, 30.43, 38.86, 22.35},
                                                 {5, 52, 52, 99.5}, {40, 120.5, 156, 3}};
const std::vector<GammaGamma> kSpendModels = {
    {6.25, 3.74, 15.44}, {1, 1.5, 100}, {0.3, 8, 2000}, {40, 2, 0.5}};

Logs LogsOf(const BgNbd& m) {
  return {std::log(m.r), std::log(m.alpha), std::log(m.a), std::log(m.b)};
}
Logs LogsOf(const GammaGamma& m) { return {std::log(m.p), std::log(m.q), std::log(m.gamma)}; }

double ValueOf(const LogLikelihood& likelihood, const Logs& at) {
  Logs unwanted(at.size());
  return likelihood(at, unwanted);
}

void ExpectGradientOfDifferences(const LogLikelihood& likelihood, const Logs& at) {
  Logs gradient(at.size());
  const double value = likelihood(at, gradient);
  for (std::size_t i = 0; i < at.size(); ++i) {
    constexpr double kStep = 1e-5;
    Logs above = at;
    Logs below = at;
    above[i] += kStep;
    below[i] -= kStep;
    const double difference =
        (ValueOf(likelihood, above) - ValueOf(likelihood, below)) / (2 * kStep);
    EXPECT_NEAR(gradient[i], difference, 1e-6 * (std::abs(difference) + std::abs(value) / 100))
        << "parameter " << i;
  }
}

TEST(BgNbdLikelihoodTest, EqualsTheIntegralOverRatesAndProbabilities) {
  for (const BgNbd& model : kPurchaseModels) {
    for (const PurchaseHistory& history : kHistories) {
      const double exact =
          ValueOf(BgNbdLikelihood(std::span<const PurchaseHistory>(&history, 1)), LogsOf(model));
      EXPECT_NEAR(exact, std::log(BruteLikelihood(model, history).total()), 1e-8)
          << "r " << model.r << ", x " << history.repeats;
    }
  }
}

TEST(BgNbdLikelihoodTest, AddsUpOverAccounts) {
  for (const BgNbd& model : kPurchaseModels) {
    double sum = 0;
    std::vector<PurchaseHistory> twice;
    for (const PurchaseHistory& history : kHistories) {
      sum += 2 *
             ValueOf(BgNbdLikelihood(std::span<const PurchaseHistory>(&history, 1)), LogsOf(model));
      twice.insert(twice.end(), 2, history);
    }
    EXPECT_NEAR(ValueOf(BgNbdLikelihood(twice), LogsOf(model)), sum, 1e-12 * std::abs(sum));
  }
}

TEST(BgNbdLikelihoodTest, HasTheGradientOfDifferences) {
  for (const BgNbd& model : kPurchaseModels) {
    ExpectGradientOfDifferences(BgNbdLikelihood(kHistories), LogsOf(model));
    ExpectGradientOfDifferences(BgNbdLikelihood(Cdnow()), LogsOf(model));
  }
}

TEST(BgNbdLikelihoodTest, IsFiniteInEveryCornerOfTheSearch) {
  const std::vector<PurchaseHistory> population = {
      {0, 0, 0, 0}, {0, 0, 2000, 0}, {1, 0.1, 2000, 0}, {3000, 2000, 2000, 0}};
  for (const double r : {1e-4, 1e4}) {
    for (const double alpha : {1e-3, 1e6}) {
      for (const double a : {1e-4, 1e4}) {
        for (const double b : {1e-4, 1e4}) {
          Logs gradient(4);
          const double value = BgNbdLikelihood(population)(LogsOf(BgNbd{r, alpha, a, b}), gradient);
          EXPECT_TRUE(std::isfinite(value)) << r << " " << alpha << " " << a << " " << b;
          for (const double slope : gradient) EXPECT_TRUE(std::isfinite(slope));
        }
      }
    }
  }
}

TEST(GammaGammaLikelihoodTest, EqualsTheIntegralOverRates) {
  for (const GammaGamma& model : kSpendModels) {
    for (const PurchaseHistory& history : kHistories) {
      if (history.repeats == 0) continue;
      const double exact = ValueOf(
          GammaGammaLikelihood(std::span<const PurchaseHistory>(&history, 1)), LogsOf(model));
      EXPECT_NEAR(exact, std::log(BruteSpendLikelihood(model, history)), 1e-8)
          << "p " << model.p << ", x " << history.repeats;
    }
  }
}

TEST(GammaGammaLikelihoodTest, HasTheGradientOfDifferences) {
  for (const GammaGamma& model : kSpendModels) {
    ExpectGradientOfDifferences(GammaGammaLikelihood(kHistories), LogsOf(model));
    ExpectGradientOfDifferences(GammaGammaLikelihood(Cdnow()), LogsOf(model));
  }
}

TEST(GammaGammaLikelihoodTest, LeavesOutThoseWhoseRepeatPurchasesBroughtNothing) {
  const std::vector<PurchaseHistory> paid = {{2, 5, 9, 30}, {1, 3, 9, 50}};
  std::vector<PurchaseHistory> all = paid;
  all.push_back({0, 0, 9, 0});
  all.push_back({3, 4, 9, 0});
  const Logs at = LogsOf(kSpendModels[0]);
  EXPECT_EQ(ValueOf(GammaGammaLikelihood(all), at), ValueOf(GammaGammaLikelihood(paid), at));
}

}  // namespace
}  // namespace keyscore::catalogue::lifetime
