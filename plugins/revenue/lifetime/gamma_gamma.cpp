// The Gamma-Gamma model; see the header.
//
// The special functions are those of Boost: std::lgamma writes a global (signgam), and Evaluate
// runs in several threads.
#include "plugins/revenue/lifetime/gamma_gamma.h"

#include <algorithm>
#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <tuple>

namespace keyscore::catalogue::lifetime {
namespace {

namespace policies = boost::math::policies;

// No exceptions, no errno, and no detour over long double.
using Policy = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>, policies::promote_double<false>>;

double LogGamma(double x) { return boost::math::lgamma(x, Policy()); }
double Digamma(double x) { return boost::math::digamma(x, Policy()); }

}  // namespace

GammaGammaLikelihood::GammaGammaLikelihood(std::span<const PurchaseHistory> population) {
  for (const PurchaseHistory& history : population) {
    if (history.repeats > 0 && history.spend > 0) {
      spenders_.push_back({history.repeats, history.spend});
    }
  }
  std::sort(spenders_.begin(), spenders_.end(), [](const Spender& one, const Spender& other) {
    return std::tie(one.repeats, one.spend) < std::tie(other.repeats, other.spend);
  });
}

// For an account with x repeat purchases of z on average (equation 1a of the note):
//   f(z) = Gamma(px+q) / (Gamma(px) Gamma(q)) gamma^q z^(px-1) x^px / (gamma + x z)^(px+q)
double GammaGammaLikelihood::operator()(std::span<const double> logs,
                                        std::span<double> gradient) const {
  const GammaGamma m = {std::exp(logs[0]), std::exp(logs[1]), std::exp(logs[2])};
  const double log_gamma_q = LogGamma(m.q);
  const double digamma_q = Digamma(m.q);
  double sum = 0;
  double by_p = 0;
  double by_q = 0;
  double by_gamma = 0;
  double repeats = 0;
  double log_beta = 0;        // log(Gamma(px+q) / (Gamma(px) Gamma(q))) of those `repeats`
  double digamma_shape = 0;   // of px
  double digamma_shapes = 0;  // of px+q
  for (const Spender& spender : spenders_) {
    const double shape = m.p * spender.repeats;
    if (spender.repeats != repeats) {
      repeats = spender.repeats;
      log_beta = LogGamma(shape + m.q) - LogGamma(shape) - log_gamma_q;
      digamma_shape = Digamma(shape);
      digamma_shapes = Digamma(shape + m.q);
    }
    const double spent = spender.repeats * spender.spend;
    const double log_spent = std::log(spent / (m.gamma + spent));
    const double log_left = -std::log1p(spent / m.gamma);  // log(gamma / (gamma + x z))
    sum += log_beta + shape * log_spent + m.q * log_left - std::log(spender.spend);
    by_p += spender.repeats * (digamma_shapes - digamma_shape + log_spent);
    by_q += digamma_shapes - digamma_q + log_left;
    by_gamma += (m.q * spent - shape * m.gamma) / (m.gamma + spent);
  }
  gradient[0] = m.p * by_p;
  gradient[1] = m.q * by_q;
  gradient[2] = by_gamma;
  return sum;
}

double ExpectedSpend(const GammaGamma& model, const PurchaseHistory& history) {
  const double knowledge = model.p * history.repeats + model.q - 1;
  if (!(knowledge > 0)) return std::numeric_limits<double>::infinity();
  return model.p * (model.gamma + history.repeats * history.spend) / knowledge;
}

}  // namespace keyscore::catalogue::lifetime
