// What the lifetime models predict, against integrals over their assumptions, simulation, and
// figures worked by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "plugins/revenue/lifetime/bg_nbd.h"
#include "plugins/revenue/lifetime/gamma_gamma.h"
#include "plugins/revenue/lifetime/purchase_history.h"
#include "plugins/revenue/lifetime/value.h"
#include "unit/plugins/lifetime_oracle.h"
#include "unit/plugins/lifetime_population.h"

namespace keyscore::catalogue::lifetime {
namespace {

constexpr BgNbd kCdnowPurchases = {0.243, 4.414, 0.793, 2.426};
constexpr GammaGamma kCdnowSpend = {6.25, 3.74, 15.44};
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(SummarizeTest, CountsDistinctDaysAfterTheFirst) {
  // Days 100 (twice), 107, 121 (twice); observed to the end of day 134.
  const std::vector<double> days = {100, 100, 107, 121, 121};
  const std::vector<double> amounts = {1, 2, 30, 10, 40};
  const auto history = Summarize(days, amounts, 135);
  ASSERT_TRUE(history);
  EXPECT_EQ(history->repeats, 2);
  EXPECT_EQ(history->recency, 3);
  EXPECT_DOUBLE_EQ(history->age, 34.0 / 7);
  EXPECT_EQ(history->spend, 40);  // (30 + 50) / 2
}

TEST(SummarizeTest, SpendsNothingWithoutARepeat) {
  const std::vector<double> days = {100, 100};
  const std::vector<double> amounts = {10, 20};
  EXPECT_EQ(Summarize(days, amounts, 101), (PurchaseHistory{0, 0, 0, 0}));
}

TEST(SummarizeTest, TakesPurchasesOfADayThatHasNotEnded) {
  const std::vector<double> days = {100, 107};
  const std::vector<double> amounts = {10, 20};
  EXPECT_EQ(Summarize(days, amounts, 107), (PurchaseHistory{1, 1, 1, 20}));
}

TEST(SummarizeTest, GivesNothingForNothingAndForNonsense) {
  const std::vector<double> days = {100, 107};
  const std::vector<double> falling = {107, 100};
  const std::vector<double> broken = {100, std::nan("")};
  const std::vector<double> endless = {100, kInfinity};
  EXPECT_FALSE(Summarize({}, {}, 135));
  EXPECT_FALSE(Summarize(days, broken, 135));
  EXPECT_FALSE(Summarize(days, endless, 135));
  EXPECT_FALSE(Summarize(broken, days, 135));
  EXPECT_FALSE(Summarize(endless, days, 135));
  EXPECT_FALSE(Summarize(falling, days, 135));
  EXPECT_FALSE(Summarize({&days[0], 1}, days, 135));
  EXPECT_FALSE(Summarize(days, days, std::nan("")));
}

TEST(PurchaseForecastTest, Gives1226ThousandthsInThePapersExample) {
  // The first customer in "Implementing the BG/NBD Model for Customer Base Analysis in Excel"
  // (Fader, Hardie & Lee 2005): x = 2, t_x = 30.43, T = 38.86, 39 weeks ahead.
  EXPECT_NEAR(PurchaseForecast(kCdnowPurchases, {2, 30.43, 38.86, 0}).Until(39), 1.226, 5e-4);
}

TEST(PurchaseForecastTest, EqualsTheIntegralOverRatesAndProbabilities) {
  const std::vector<BgNbd> models = {kCdnowPurchases,
                                     {2, 8, 1, 3},  // a = 1, where the closed form is 0 / 0
                                     {0.6, 0.5, 0.2, 0.3},
                                     {30, 100, 2.5, 60}};
  const std::vector<PurchaseHistory> histories = {
      {0, 0, 0, 0}, {0, 0, 30, 0}, {1, 2, 30, 0}, {12, 100, 104, 0}, {60, 150, 156, 0}};
  for (const BgNbd& model : models) {
    for (const PurchaseHistory& history : histories) {
      for (const double weeks : {1.0 / 7, 1.0, 52.0, 520.0}) {
        const double expected = BruteExpectedPurchases(model, history, weeks);
        EXPECT_NEAR(PurchaseForecast(model, history).Until(weeks), expected, 1e-8 * expected)
            << "r " << model.r << ", x " << history.repeats << ", weeks " << weeks;
      }
    }
  }
}

TEST(PurchaseForecastTest, IsWhatSimulatedAccountsGoOnToBuy) {
  const BgNbd model = {0.9, 5, 1.1, 4};
  Simulation simulation(model, kCdnowSpend, 20250101);
  double expected = 0;
  double bought = 0;
  double squares = 0;
  constexpr int kAccounts = 40000;
  for (int i = 0; i < kAccounts; ++i) {
    const auto account = simulation.Next(20 + i % 60, 52);
    const double prediction = PurchaseForecast(model, account.history).Until(52);
    expected += prediction;
    bought += account.later;
    squares += (account.later - prediction) * (account.later - prediction);
  }
  EXPECT_NEAR(bought, expected, 4 * std::sqrt(squares));
  EXPECT_LT(4 * std::sqrt(squares), 0.05 * expected);  // else the line above says little
}

TEST(PurchaseForecastTest, IsNothingInNoTime) {
  EXPECT_EQ(PurchaseForecast(kCdnowPurchases, {2, 30, 38, 0}).Until(0), 0);
}

TEST(PurchaseForecastTest, StaysFiniteInEveryCornerOfTheSearch) {
  for (const double r : {1e-4, 1e4}) {
    for (const double alpha : {1e-3, 1e6}) {
      for (const double a : {1e-4, 1e4}) {
        for (const double b : {1e-4, 1e4}) {
          for (const PurchaseHistory& history :
               {PurchaseHistory{0, 0, 0, 0}, PurchaseHistory{1, 0.1, 2000, 0},
                PurchaseHistory{3000, 2000, 2000, 0}}) {
            const double value = PurchaseForecast({r, alpha, a, b}, history).Until(52);
            EXPECT_TRUE(std::isfinite(value) && value >= 0)
                << r << " " << alpha << " " << a << " " << b << " gives " << value;
          }
        }
      }
    }
  }
}

TEST(ProbabilityAliveTest, EqualsTheIntegralsShare) {
  for (const PurchaseHistory& history :
       {PurchaseHistory{1, 2, 38.86, 0}, PurchaseHistory{2, 30.43, 38.86, 0},
        PurchaseHistory{20, 30, 38.86, 0}}) {
    const Likelihood likelihood = BruteLikelihood(kCdnowPurchases, history);
    EXPECT_NEAR(ProbabilityAlive(kCdnowPurchases, history), likelihood.alive / likelihood.total(),
                1e-9);
  }
}

TEST(ProbabilityAliveTest, IsOneWithoutARepeatPurchase) {
  EXPECT_EQ(ProbabilityAlive(kCdnowPurchases, {0, 0, 38.86, 0}), 1);
}

TEST(ProbabilityAliveTest, FallsWithSilenceTheFasterTheMoreWasBought) {
  const auto after = [](double repeats, double silence) {
    return ProbabilityAlive(kCdnowPurchases, {repeats, 30, 30 + silence, 0});
  };
  EXPECT_GT(after(3, 1), after(3, 10));
  EXPECT_GT(after(3, 10) / after(3, 1), after(12, 10) / after(12, 1));
}

TEST(ExpectedSpendTest, OfAnAccountWithoutRepeatsIsTheMeanOfAll) {
  // 6.25 * 15.44 / 2.74
  EXPECT_NEAR(ExpectedSpend(kCdnowSpend, {0, 0, 10, 0}), 35.21897810218978, 1e-12);
}

TEST(ExpectedSpendTest, LiesBetweenTheAccountsMeanAndThatOfAll) {
  // One purchase of 20: 6.25 * (15.44 + 20) / (6.25 + 2.74) = 24.6385; ten of them:
  // 6.25 * (15.44 + 200) / (62.5 + 2.74) = 20.6392.
  EXPECT_NEAR(ExpectedSpend(kCdnowSpend, {1, 1, 10, 20}), 221.5 / 8.99, 1e-12);
  EXPECT_NEAR(ExpectedSpend(kCdnowSpend, {10, 9, 10, 20}), 1346.5 / 65.24, 1e-12);
}

TEST(ExpectedSpendTest, EqualsTheIntegralOverRates) {
  for (const PurchaseHistory& history :
       {PurchaseHistory{1, 1, 10, 20}, PurchaseHistory{7, 9, 10, 250}}) {
    EXPECT_NEAR(ExpectedSpend(kCdnowSpend, history), BruteExpectedSpend(kCdnowSpend, history),
                1e-8 * history.spend);
  }
}

TEST(ExpectedSpendTest, IsInfiniteWithoutAMean) {
  EXPECT_EQ(ExpectedSpend({6.25, 1, 15.44}, {0, 0, 10, 0}), kInfinity);
}

TEST(ExpectOverHorizonTest, TakesOnePurchaseAWeekAtItsWeeksMiddle) {
  // All but certainly one purchase a week, and nobody leaves.
  const BgNbd clockwork = {1e9, 1e9, 1e-9, 1};
  const auto expected = ExpectOverHorizon(clockwork, {0, 0, 10, 0}, 17, 0.1);
  EXPECT_NEAR(expected.purchases, 17.0 / 7, 1e-7);
  EXPECT_NEAR(
      expected.discounted_purchases,
      std::pow(1.1, -3.5 / 365) + std::pow(1.1, -10.5 / 365) + 3.0 / 7 * std::pow(1.1, -15.5 / 365),
      1e-7);
}

TEST(ExpectOverHorizonTest, DiscountsNothingAtARateOfZero) {
  const PurchaseHistory history = {4, 30, 38, 0};
  const auto expected = ExpectOverHorizon(kCdnowPurchases, history, 365, 0);
  EXPECT_DOUBLE_EQ(expected.purchases, PurchaseForecast(kCdnowPurchases, history).Until(365.0 / 7));
  EXPECT_NEAR(expected.discounted_purchases, expected.purchases, 1e-14);
}

}  // namespace
}  // namespace keyscore::catalogue::lifetime
