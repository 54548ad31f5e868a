// Populations for the tests of the lifetime models: a published one, and simulated ones.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "plugins/revenue/lifetime/bg_nbd.h"
#include "plugins/revenue/lifetime/gamma_gamma.h"
#include "plugins/revenue/lifetime/purchase_history.h"

namespace keyscore::catalogue::lifetime {

// The 2,357 customers who made their first purchase at CDNOW in the first quarter of 1997, followed
// to 1997-09-30: the 1/10 sample that Fader, Hardie & Lee (2005) and Fader & Hardie (2013) fit.
// Their figures are in lifetime_cdnow.txt.
inline std::vector<PurchaseHistory> Cdnow() {
  const char* source = std::getenv("KEYSCORE_SOURCE_DIR");
  if (source == nullptr) throw std::runtime_error("set KEYSCORE_SOURCE_DIR, as ctest does");
  std::ifstream file(std::string(source) + "/tests/unit/plugins/lifetime_cdnow.txt");
  std::vector<PurchaseHistory> population;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream figures(line);
    double age = 0;
    int once = 0;
    figures >> age >> once;
    for (int i = 0; i < once; ++i) population.push_back({.age = age / 7});
    PurchaseHistory history;
    history.age = age / 7;
    while (figures >> history.repeats >> history.recency >> history.spend) {
      history.recency /= 7;
      population.push_back(history);
    }
  }
  return population;
}

// Accounts that behave as the models say. What each does after its observation is known too.
class Simulation {
 public:
  struct Account {
    PurchaseHistory history;
    double later = 0;  // purchases in the `weeks_after` weeks after the observation
  };

  Simulation(const BgNbd& purchases, const GammaGamma& spend, uint64_t seed)
      : purchases_(purchases), spend_(spend), random_(seed) {}

  Account Next(double age, double weeks_after = 0) {
    const double rate = Gamma(purchases_.r) / purchases_.alpha;
    const double a = Gamma(purchases_.a);
    const double leaves = a / (a + Gamma(purchases_.b));
    const double spend_rate = Gamma(spend_.q) / spend_.gamma;
    Account account;
    account.history.age = age;
    double spent = 0;
    for (double now = Wait(rate); now <= age + weeks_after; now += Wait(rate)) {
      if (now <= age) {
        ++account.history.repeats;
        account.history.recency = now;
        spent += Gamma(spend_.p) / spend_rate;
      } else {
        ++account.later;
      }
      if (uniform_(random_) < leaves) break;
    }
    if (account.history.repeats > 0) account.history.spend = spent / account.history.repeats;
    return account;
  }

  // Accounts whose first purchase was 1 to `oldest` weeks ago, evenly spread.
  std::vector<PurchaseHistory> Population(int accounts, double oldest) {
    std::vector<PurchaseHistory> population;
    for (int i = 0; i < accounts; ++i) {
      population.push_back(Next(1 + (oldest - 1) * i / accounts).history);
    }
    return population;
  }

 private:
  double Gamma(double shape) { return std::gamma_distribution<double>(shape)(random_); }
  double Wait(double rate) { return -std::log1p(-uniform_(random_)) / rate; }

  BgNbd purchases_;
  GammaGamma spend_;
  std::mt19937_64 random_;
  std::uniform_real_distribution<double> uniform_;
};

}  // namespace keyscore::catalogue::lifetime
