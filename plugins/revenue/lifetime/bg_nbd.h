// The BG/NBD model of how often accounts buy and when they leave (Fader, Hardie & Lee 2005,
// "Counting Your Customers the Easy Way", Marketing Science 24(2)).
//
// While alive an account buys at random times, at a rate of its own per week, and after each
// purchase it leaves for good with a probability of its own. Over the accounts the rate has a gamma
// distribution (shape r, rate alpha), the probability a beta distribution (a, b).
//
// Pure functions, safe from any thread; nothing here yields a NaN for parameters above 0.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "plugins/revenue/lifetime/purchase_history.h"

namespace keyscore::catalogue::lifetime {

struct BgNbd {
  double r = 0;
  double alpha = 0;  // weeks
  double a = 0;
  double b = 0;
};

// The log-likelihood of the model over a population, as a function of the logarithms of its
// parameters in the order r, alpha, a, b. The order of the accounts does not change a bit of it.
class BgNbdLikelihood {
 public:
  explicit BgNbdLikelihood(std::span<const PurchaseHistory> population);

  // `logs` and `gradient` have 4 elements.
  double operator()(std::span<const double> logs, std::span<double> gradient) const;

 private:
  // Accounts with the same history, counted once.
  struct Group {
    PurchaseHistory history;
    double accounts = 0;
  };
  std::vector<Group> groups_;  // ascending; `spend` left at 0
};

// The probability that the account has not left: 1 without a repeat purchase, since accounts leave
// only after one.
double ProbabilityAlive(const BgNbd& model, const PurchaseHistory& history);

// Purchases expected of one account. Keeps tables between the questions, so one thread at a time.
class PurchaseForecast {
 public:
  PurchaseForecast(const BgNbd& model, const PurchaseHistory& history);

  // In the `weeks` weeks from the end of the observation, whether or not it is still alive.
  double Until(double weeks);

 private:
  // Terms between two looks at whether the series has converged. Small enough that a block can't
  // overflow: each term grows by a factor below 1e5.
  static constexpr std::size_t kBlock = 16;

  void GrowTables();  // by kBlock

  double alive_;
  double shape_;
  double rate_;
  double leave_;
  double stay_;
  double stays_ = 1;            // the mean of q^n, n = the tables' size
  std::vector<double> growth_;  // [n - 1]: chance of n purchases over that of n - 1, without z
  std::vector<double> happen_;  // [n - 1]: the mean of 1 + q + ... + q^(n - 1)
};

}  // namespace keyscore::catalogue::lifetime
