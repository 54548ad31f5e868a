// The lifetime models by brute force: integrals over what each account's own rate, probability of
// leaving and spend may be, taken numerically from the models' assumptions. No closed form is used.
#pragma once

#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "plugins/revenue/lifetime/bg_nbd.h"
#include "plugins/revenue/lifetime/gamma_gamma.h"

namespace keyscore::catalogue::lifetime {

// The density of a gamma distribution.
inline double GammaDensity(double value, double shape, double rate) {
  return std::exp(shape * std::log(rate) + (shape - 1) * std::log(value) - rate * value -
                  boost::math::lgamma(shape));
}

// The mean of f over a gamma distribution.
template <class Function>
double OverGamma(double shape, double rate, Function f) {
  boost::math::quadrature::exp_sinh<double> integrator;
  return integrator.integrate(
      [&](double value) { return GammaDensity(value, shape, rate) * f(value); });
}

// The mean of f over a beta distribution.
template <class Function>
double OverBeta(double a, double b, Function f) {
  boost::math::quadrature::tanh_sinh<double> integrator;
  const double norm = boost::math::beta(a, b);
  // `rest` is the distance to the nearer end, exact where 1 - p is not.
  return integrator.integrate(
      [&](double p, double rest) {
        const double to_zero = rest < 0 ? -rest : p;
        const double to_one = rest < 0 ? 1 - p : rest;
        return std::pow(to_zero, a - 1) * std::pow(to_one, b - 1) / norm * f(p);
      },
      0.0, 1.0);
}

struct Likelihood {
  double alive = 0;  // of this history and of being alive at its end
  double gone = 0;   // of this history and of having left with the last purchase
  double total() const { return alive + gone; }
};

// An account buys x times at given instants and does not leave: (1 - p)^x rate^x e^(-rate T). Or it
// leaves with the last of them: p (1 - p)^(x - 1) rate^x e^(-rate t_x).
inline Likelihood BruteLikelihood(const BgNbd& m, const PurchaseHistory& h) {
  const double x = h.repeats;
  Likelihood result;
  const auto buys_until = [&](double end) {
    return OverGamma(m.r, m.alpha,
                     [&](double rate) { return std::exp(x * std::log(rate) - rate * end); });
  };
  result.alive =
      OverBeta(m.a, m.b, [&](double p) { return std::pow(1 - p, x); }) * buys_until(h.age);
  if (x > 0) {
    result.gone = OverBeta(m.a, m.b, [&](double p) { return p * std::pow(1 - p, x - 1); }) *
                  buys_until(h.recency);
  }
  return result;
}

// Purchases of a living account in t weeks, given rate and probability: (1 - e^(-rate p t)) / p.
// What its history says of the two is gamma and beta again.
inline double BruteExpectedPurchases(const BgNbd& m, const PurchaseHistory& h, double weeks) {
  const Likelihood likelihood = BruteLikelihood(m, h);
  const double shape = m.r + h.repeats;
  const double rate = m.alpha + h.age;
  const double if_alive = OverBeta(m.a, m.b + h.repeats, [&](double p) {
    const double step = shape * std::log1p(p * weeks / rate);
    return p > 0 ? -std::expm1(-step) / p : shape * weeks / rate;
  });
  return likelihood.alive / likelihood.total() * if_alive;
}

// The density of z: the mean of x gamma variables of shape p is gamma with shape p x and x times
// their rate.
inline double BruteSpendLikelihood(const GammaGamma& m, const PurchaseHistory& h) {
  return OverGamma(m.q, m.gamma, [&](double rate) {
    return GammaDensity(h.spend, m.p * h.repeats, rate * h.repeats);
  });
}

// The mean of p / rate, given z.
inline double BruteExpectedSpend(const GammaGamma& m, const PurchaseHistory& h) {
  const double weighted = OverGamma(m.q, m.gamma, [&](double rate) {
    return m.p / rate * GammaDensity(h.spend, m.p * h.repeats, rate * h.repeats);
  });
  return weighted / BruteSpendLikelihood(m, h);
}

}  // namespace keyscore::catalogue::lifetime
