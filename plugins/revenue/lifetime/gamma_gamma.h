// The Gamma-Gamma model of how much accounts spend at a time (Fader & Hardie 2013, "The Gamma-Gamma
// Model of Monetary Value").
//
// What an account spends on a purchase day is gamma distributed around a mean of its own, which is
// independent of how often it buys: shape p, and a rate that over the accounts is gamma with shape
// q and rate gamma.
//
// Pure functions, safe from any thread; nothing here yields a NaN for parameters above 0.
#pragma once

#include <span>
#include <vector>

#include "plugins/revenue/lifetime/purchase_history.h"

namespace keyscore::catalogue::lifetime {

struct GammaGamma {
  double p = 0;
  double q = 0;
  double gamma = 0;  // in the amounts' currency
};

// The log-likelihood of the model over those of a population who bought again, for something, as a
// function of the logarithms of its parameters in the order p, q, gamma. The order of the accounts
// does not change a bit of it.
class GammaGammaLikelihood {
 public:
  explicit GammaGammaLikelihood(std::span<const PurchaseHistory> population);

  // `logs` and `gradient` have 3 elements.
  double operator()(std::span<const double> logs, std::span<double> gradient) const;

 private:
  struct Spender {
    double repeats = 0;
    double spend = 0;
  };
  std::vector<Spender> spenders_;  // ascending
};

// What the account is expected to spend a time: its own mean and that of all, weighted by how much
// is known of it. Infinite where there is no mean (p x + q <= 1).
double ExpectedSpend(const GammaGamma& model, const PurchaseHistory& history);

}  // namespace keyscore::catalogue::lifetime
