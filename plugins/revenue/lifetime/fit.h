// Fits both models of lifetime value to the accounts of an organisation, by maximum likelihood.
// Pure and deterministic: the same accounts in any order give the same bits.
#pragma once

#include <span>
#include <string_view>

#include "plugins/revenue/lifetime/bg_nbd.h"
#include "plugins/revenue/lifetime/gamma_gamma.h"
#include "plugins/revenue/lifetime/maximize.h"
#include "plugins/revenue/lifetime/purchase_history.h"

namespace keyscore::catalogue::lifetime {

enum class FitState {
  kFitted,
  kStopped,             // by the callback
  kTooFewRepeaters,     // fewer than kFewestRepeaters accounts bought again
  kNoSpread,            // all that bought again spent the same on average
  kPurchasesUnsettled,  // the likelihood of BG/NBD has no maximum, or the search found none
  kSpendUnsettled,      // nor has that of Gamma-Gamma
};

// Five accounts for each parameter of the larger model: a common rule of thumb, and a low one.
inline constexpr int kFewestRepeaters = 20;

// All figures are 0 unless the state is kFitted.
struct LifetimeModel {
  FitState state = FitState::kTooFewRepeaters;
  BgNbd purchases;
  GammaGamma spend;
  double purchases_log_likelihood = 0;
  double spend_log_likelihood = 0;
  int accounts = 0;   // with a purchase
  int repeaters = 0;  // of those, with more than one, for something
};

// Where all accounts buy at the same rate r and alpha have no finite maximum, only their ratio has;
// r then stands at its upper edge, 10,000, which predicts the same. Likewise a stands at 0.0001
// where nobody ever leaves, and p or q at 10,000 where an account always spends the same, or all
// do.
// q <= 1 is a fit too: amounts that vary over many orders of magnitude, so that only of an account
// with purchases enough of its own is it known what it will spend (see ExpectedSpend).
LifetimeModel Fit(std::span<const PurchaseHistory> population, const StopCallback& stop);

// The state in words for the person who asked, with what would help.
std::string_view Explain(FitState state);

}  // namespace keyscore::catalogue::lifetime
