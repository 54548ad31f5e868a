// What an account is expected to bring in over a horizon, in today's money. Pure functions.
#pragma once

#include "plugins/revenue/lifetime/bg_nbd.h"
#include "plugins/revenue/lifetime/purchase_history.h"

namespace keyscore::catalogue::lifetime {

struct ExpectedOverHorizon {
  double purchases = 0;
  double discounted_purchases = 0;  // each week's by (1 + rate)^-(years to the week's middle)
};

// Over the `days` days (a whole number) from the end of observation, in weeks of which the last may
// be shorter. `rate` is a year's discount rate, 0.1 for 10 %; a year has 365 days.
ExpectedOverHorizon ExpectOverHorizon(const BgNbd& model, const PurchaseHistory& history,
                                      double days, double rate);

}  // namespace keyscore::catalogue::lifetime
