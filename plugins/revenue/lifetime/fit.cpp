// Fits both models of lifetime value; see the header.
#include "plugins/revenue/lifetime/fit.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace keyscore::catalogue::lifetime {
namespace {

// Far wider than anything that is published, where r, a, b, p and q are near 1.
constexpr double kLowest = 1e-4;
constexpr double kHighest = 1e4;

Range LogRange(double low, double high, bool low_is_limit, bool high_is_limit) {
  return {std::log(low), std::log(high), low_is_limit, high_is_limit};
}

std::vector<std::vector<double>> Logs(std::vector<std::vector<double>> starts) {
  for (auto& start : starts) {
    for (double& value : start) value = std::log(value);
  }
  return starts;
}

Maximum FitPurchases(std::span<const PurchaseHistory> population, const StopCallback& stop) {
  double repeats = 0;
  double weeks = 0;
  for (const PurchaseHistory& history : population) {
    repeats += history.repeats;
    weeks += history.age;
  }
  // Whatever the shape r, alpha = r / rate gives the mean rate, which is at least this.
  const double interval = std::max(weeks, 1.0) / std::max(repeats, 1.0);
  const auto starts = Logs({{1, interval, 1, 3},
                            {0.25, 0.25 * interval, 0.8, 2.5},
                            {4, 4 * interval, 0.5, 10},
                            {1, interval, 0.05, 1},
                            {20, 20 * interval, 2, 100}});
  // r: at its upper edge the rates of the accounts differ by 1 %. alpha: from ten minutes to
  // 20,000 years. a: at its lower edge nobody leaves. b: at its upper edge all leave with the same,
  // low probability.
  const Range box[] = {LogRange(kLowest, kHighest, false, true), LogRange(1e-3, 1e6, false, false),
                       LogRange(kLowest, kHighest, true, false),
                       LogRange(kLowest, kHighest, false, true)};
  const BgNbdLikelihood likelihood(population);
  return Maximize(std::cref(likelihood), static_cast<double>(population.size()), starts, box, stop);
}

Maximum FitSpend(std::span<const PurchaseHistory> repeaters, double mean,
                 const StopCallback& stop) {
  const auto starts =
      Logs({{1, 3, 2 * mean}, {6, 4, mean / 2}, {0.3, 2, 3 * mean}, {30, 10, mean / 3}});
  // p: at its upper edge an account spends the same each time. q: there all have the same mean.
  const Range box[] = {LogRange(kLowest, kHighest, false, true),
                       LogRange(kLowest, kHighest, false, true),
                       LogRange(1e-8 * mean, 1e8 * mean, false, false)};
  const GammaGammaLikelihood likelihood(repeaters);
  Maximum found =
      Maximize(std::cref(likelihood), static_cast<double>(repeaters.size()), starts, box, stop);
  // Both at once: all spend the same, and the likelihood has no bound.
  if (found.search == Search::kFound && AtHighEdge(found.at[0], box[0]) &&
      AtHighEdge(found.at[1], box[1])) {
    found.search = Search::kAtEdge;
  }
  return found;
}

}  // namespace

LifetimeModel Fit(std::span<const PurchaseHistory> population, const StopCallback& stop) {
  const auto failed = [](FitState state) { return LifetimeModel{.state = state}; };
  std::vector<PurchaseHistory> sorted(population.begin(), population.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<PurchaseHistory> repeaters;
  double total = 0;
  double least = 0;
  double most = 0;
  for (const PurchaseHistory& history : sorted) {
    if (!(history.repeats > 0 && history.spend > 0)) continue;
    least = repeaters.empty() ? history.spend : std::min(least, history.spend);
    most = std::max(most, history.spend);
    total += history.spend;
    repeaters.push_back(history);
  }
  if (repeaters.size() < kFewestRepeaters) return failed(FitState::kTooFewRepeaters);
  if (!(most > least * (1 + 1e-9))) return failed(FitState::kNoSpread);

  const Maximum purchases = FitPurchases(sorted, stop);
  if (purchases.search == Search::kStopped) return failed(FitState::kStopped);
  if (purchases.search != Search::kFound) return failed(FitState::kPurchasesUnsettled);
  const Maximum spend = FitSpend(repeaters, total / static_cast<double>(repeaters.size()), stop);
  if (spend.search == Search::kStopped) return failed(FitState::kStopped);
  if (spend.search != Search::kFound) return failed(FitState::kSpendUnsettled);

  LifetimeModel model;
  model.state = FitState::kFitted;
  model.purchases = {std::exp(purchases.at[0]), std::exp(purchases.at[1]),
                     std::exp(purchases.at[2]), std::exp(purchases.at[3])};
  model.spend = {std::exp(spend.at[0]), std::exp(spend.at[1]), std::exp(spend.at[2])};
  model.purchases_log_likelihood = purchases.value;
  model.spend_log_likelihood = spend.value;
  model.accounts = static_cast<int>(sorted.size());
  model.repeaters = static_cast<int>(repeaters.size());
  return model;
}

std::string_view Explain(FitState state) {
  switch (state) {
    case FitState::kFitted:
      return "";
    case FitState::kStopped:
      return "the fit was stopped";
    case FitState::kTooFewRepeaters:
      return "too little to fit: at least 20 accounts of the organisation must have bought on more "
             "than one day before the period's end";
    case FitState::kNoSpread:
      return "too little to fit: every account spends the same amount at a time, so there is no "
             "distribution of spend to learn from";
    case FitState::kPurchasesUnsettled:
      return "no fit: how often the accounts bought does not settle the parameters of the BG/NBD "
             "model; more accounts or a longer history may";
    case FitState::kSpendUnsettled:
      return "no fit: what the accounts spent does not settle the parameters of the Gamma-Gamma "
             "model; more accounts with repeat purchases may";
  }
  return "";
}

}  // namespace keyscore::catalogue::lifetime
