// What an account is expected to bring in over a horizon; see the header.
#include "plugins/revenue/lifetime/value.h"

#include <algorithm>
#include <cmath>

namespace keyscore::catalogue::lifetime {
namespace {

constexpr double kDaysPerWeek = 7;
constexpr double kDaysPerYear = 365;

}  // namespace

ExpectedOverHorizon ExpectOverHorizon(const BgNbd& model, const PurchaseHistory& history,
                                      double days, double rate) {
  ExpectedOverHorizon expected;
  PurchaseForecast forecast(model, history);
  const double log_rate = std::log1p(rate);
  for (double start = 0; start < days; start += kDaysPerWeek) {
    const double end = std::min(start + kDaysPerWeek, days);
    const double until = forecast.Until(end / kDaysPerWeek);
    const double years = (start + end) / 2 / kDaysPerYear;
    expected.discounted_purchases += (until - expected.purchases) * std::exp(-log_rate * years);
    expected.purchases = until;
  }
  return expected;
}

}  // namespace keyscore::catalogue::lifetime
