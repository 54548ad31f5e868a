// The BG/NBD model; see the header.
//
// Functions of gamma functions appear only as ratios over whole steps, Gamma(r + x) / Gamma(r) =
// r (r + 1) ... (r + x - 1), so they are sums of logarithms here: no cancellation for a large r.
#include "plugins/revenue/lifetime/bg_nbd.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace keyscore::catalogue::lifetime {
namespace {

// The logarithm of c (c + 1) ... (c + n - 1) and its derivative in c, for an n that only grows.
class RisingFactorial {
 public:
  explicit RisingFactorial(double base) : base_(base) {}

  void GrowTo(double n) {
    for (; steps_ < n; ++steps_) {
      log_ += std::log(base_ + steps_);
      derivative_ += 1 / (base_ + steps_);
    }
  }
  double log() const { return log_; }
  double derivative() const { return derivative_; }

 private:
  double base_;
  double steps_ = 0;
  double log_ = 0;
  double derivative_ = 0;
};

// The logarithm of (a / (b + x - 1)) ((alpha + T) / (alpha + t_x))^(r + x), the odds of having left
// with the last purchase. Needs x > 0.
double LogOddsGone(const BgNbd& model, const PurchaseHistory& h) {
  return std::log(model.a / (model.b + h.repeats - 1)) +
         (model.r + h.repeats) * std::log1p((h.age - h.recency) / (model.alpha + h.recency));
}

// log(1 + e^v) and 1 / (1 + e^-v), without overflow.
double Softplus(double v) { return v > 0 ? v + std::log1p(std::exp(-v)) : std::log1p(std::exp(v)); }
double Logistic(double v) { return 1 / (1 + std::exp(-v)); }

}  // namespace

BgNbdLikelihood::BgNbdLikelihood(std::span<const PurchaseHistory> population) {
  std::vector<PurchaseHistory> sorted(population.begin(), population.end());
  for (PurchaseHistory& history : sorted) history.spend = 0;
  std::sort(sorted.begin(), sorted.end());
  for (const PurchaseHistory& history : sorted) {
    if (groups_.empty() || groups_.back().history != history) groups_.push_back({history, 0});
    ++groups_.back().accounts;
  }
}

// For an account, equation 6 of the paper:
//   L = Gamma(r+x)/Gamma(r) * B(a,b+x)/B(a,b) * alpha^r (alpha+T)^-(r+x) * (1 + odds of having
//   left)
double BgNbdLikelihood::operator()(std::span<const double> logs, std::span<double> gradient) const {
  const BgNbd m = {std::exp(logs[0]), std::exp(logs[1]), std::exp(logs[2]), std::exp(logs[3])};
  double sum = 0;
  double by_r = 0;
  double by_alpha = 0;
  double by_a = 0;
  double by_b = 0;
  RisingFactorial buys(m.r);
  RisingFactorial stays(m.b);
  RisingFactorial decides(m.a + m.b);
  for (const Group& group : groups_) {
    const PurchaseHistory& h = group.history;
    buys.GrowTo(h.repeats);
    stays.GrowTo(h.repeats);
    decides.GrowTo(h.repeats);
    const double count = m.r + h.repeats;
    const double log_age = std::log1p(h.age / m.alpha);  // log((alpha + T) / alpha)
    double value = buys.log() + stays.log() - decides.log() - h.repeats * logs[1] - count * log_age;
    double r = buys.derivative() - log_age;
    double alpha = m.r / m.alpha - count / (m.alpha + h.age);
    double a = -decides.derivative();
    double b = stays.derivative() - decides.derivative();
    if (h.repeats > 0) {
      const double log_odds = LogOddsGone(m, h);
      const double gone = Logistic(log_odds);
      value += Softplus(log_odds);
      r += gone * std::log1p((h.age - h.recency) / (m.alpha + h.recency));
      alpha += gone * count * (1 / (m.alpha + h.age) - 1 / (m.alpha + h.recency));
      a += gone / m.a;
      b -= gone / (m.b + h.repeats - 1);
    }
    sum += group.accounts * value;
    by_r += group.accounts * r;
    by_alpha += group.accounts * alpha;
    by_a += group.accounts * a;
    by_b += group.accounts * b;
  }
  gradient[0] = m.r * by_r;
  gradient[1] = m.alpha * by_alpha;
  gradient[2] = m.a * by_a;
  gradient[3] = m.b * by_b;
  return sum;
}

double ProbabilityAlive(const BgNbd& model, const PurchaseHistory& history) {
  return history.repeats > 0 ? Logistic(-LogOddsGone(model, history)) : 1;
}

PurchaseForecast::PurchaseForecast(const BgNbd& model, const PurchaseHistory& history)
    : alive_(ProbabilityAlive(model, history)),
      shape_(model.r + history.repeats),
      rate_(model.alpha + history.age),
      leave_(model.a),
      stay_(model.b + history.repeats) {}

void PurchaseForecast::GrowTables() {
  for (std::size_t i = 0; i < kBlock; ++i) {
    const auto n = static_cast<double>(growth_.size() + 1);
    growth_.push_back((shape_ + n - 1) / n);
    happen_.push_back((happen_.empty() ? 0 : happen_.back()) + stays_);
    stays_ *= (stay_ + n - 1) / (leave_ + stay_ + n - 1);
  }
}

// What is known of a living account's rate is gamma with shape_ and rate_, of its probability of
// leaving beta with leave_ and stay_. The number of times it would buy if it never left is negative
// binomial. Of n such purchases 1 + q + ... + q^(n-1) are expected to happen, q = 1 - the
// probability of leaving. Taking the mean over q and then over n gives a series of positive terms,
// which holds for every parameter; the closed form with a hypergeometric function (equation 10 of
// the paper) is 0 / 0 at a = 1.
double PurchaseForecast::Until(double weeks) {
  const double z = weeks / (rate_ + weeks);
  if (!(z > 0 && z < 1)) return 0;
  constexpr double kTooLarge = 1e200;
  // The series needs about 36 / (1 - z) terms. More than this only for an account whose first
  // purchase was on the last day, and an alpha of minutes.
  constexpr std::size_t kMostTerms = 1'000'000;
  double chance = 1;   // of n purchases, up to the factor that makes `chances` 1
  double chances = 1;  // their sum so far
  double total = 0;    // sum of chance * happen_
  for (std::size_t n = 0; n < kMostTerms;) {
    if (n == growth_.size()) GrowTables();
    for (const std::size_t stop = n + kBlock; n < stop; ++n) {
      chance *= growth_[n] * z;
      chances += chance;
      total += chance * happen_[n];
    }
    // From here on the chances shrink at least by this factor each, while happen_ grows by at most
    // 1 each; stop where all that is left is lost in rounding.
    const double shrink = std::max(z, growth_[n - 1] * z);
    const double left = chance * shrink * (happen_[n - 1] * (1 - shrink) + 1);
    if (shrink < 1 && left < 1e-17 * total * (1 - shrink) * (1 - shrink)) break;
    if (chances > kTooLarge) {
      chance /= kTooLarge;
      chances /= kTooLarge;
      total /= kTooLarge;
    }
  }
  return alive_ * total / chances;
}

}  // namespace keyscore::catalogue::lifetime
