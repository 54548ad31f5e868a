// The largest value of a log-likelihood; see the header.
#include "plugins/revenue/lifetime/maximize.h"

#include <nlopt.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>

namespace keyscore::catalogue::lifetime {
namespace {

// For each start; the usual search needs 20 to 60.
constexpr int kMaxEvaluations = 1000;
// A search rests where a step gains less than this part of the value.
constexpr double kRelativeGain = 1e-14;
// As near to an edge as this, by a logarithm, is at the edge.
constexpr double kEdge = 1e-3;
// What may be left of the gradient by a logarithm, times the root of the number of observations.
// The standard error of a parameter is of the order of one over that root, so the estimate is then
// within about a thousandth of a standard error of the maximum.
constexpr double kGradientLeft = 1e-3;

// What NLopt hands through its C interface.
struct Call {
  const LogLikelihood& likelihood;
  const StopCallback& stop;
  nlopt_opt search;
  bool stopped = false;
};

double Evaluate(unsigned size, const double* at, double* gradient, void* data) {
  Call& call = *static_cast<Call*>(data);
  if (call.stopped || (call.stop && call.stop())) {
    // A line search may ask once more before it looks at the flag.
    call.stopped = true;
    nlopt_force_stop(call.search);
    return 0;
  }
  std::vector<double> unwanted(gradient == nullptr ? size : 0);
  return call.likelihood({at, size}, {gradient == nullptr ? unwanted.data() : gradient, size});
}

bool AtLowEdge(double at, const Range& range) { return at < range.low + kEdge; }

Search Judge(const LogLikelihood& likelihood, double observations, const std::vector<double>& at,
             std::span<const Range> box) {
  std::vector<double> gradient(at.size());
  likelihood(at, gradient);
  for (std::size_t i = 0; i < at.size(); ++i) {
    if (AtLowEdge(at[i], box[i])) {
      if (!box[i].low_is_limit) return Search::kAtEdge;
    } else if (AtHighEdge(at[i], box[i])) {
      if (!box[i].high_is_limit) return Search::kAtEdge;
    } else if (!(std::abs(gradient[i]) <= kGradientLeft * std::sqrt(observations))) {
      return Search::kNotConverged;
    }
  }
  return Search::kFound;
}

}  // namespace

bool AtHighEdge(double at, const Range& range) { return at > range.high - kEdge; }

Maximum Maximize(const LogLikelihood& likelihood, double observations,
                 std::span<const std::vector<double>> starts, std::span<const Range> box,
                 const StopCallback& stop) {
  Maximum best;
  const auto size = static_cast<unsigned>(box.size());
  const std::unique_ptr<nlopt_opt_s, void (*)(nlopt_opt)> search(nlopt_create(NLOPT_LD_LBFGS, size),
                                                                 &nlopt_destroy);
  if (search == nullptr) return best;
  Call call = {likelihood, stop, search.get()};
  std::vector<double> gradient(size);
  std::vector<double> low;
  std::vector<double> high;
  for (const Range& range : box) {
    low.push_back(range.low);
    high.push_back(range.high);
  }
  nlopt_set_max_objective(search.get(), &Evaluate, &call);
  nlopt_set_lower_bounds(search.get(), low.data());
  nlopt_set_upper_bounds(search.get(), high.data());
  nlopt_set_maxeval(search.get(), kMaxEvaluations);
  nlopt_set_ftol_rel(search.get(), kRelativeGain);
  for (const std::vector<double>& start : starts) {
    std::vector<double> at = start;
    for (unsigned i = 0; i < size; ++i) at[i] = std::clamp(at[i], low[i], high[i]);
    double reported = 0;
    nlopt_optimize(search.get(), at.data(), &reported);
    if (call.stopped) return {Search::kStopped, {}, 0};
    // A search that fails for want of a better step has come to rest too, without a report; whether
    // that is at a maximum is for the gradient to say.
    const double value = likelihood(at, gradient);
    if (!std::isfinite(value)) continue;
    if (best.at.empty() || value > best.value) best = {Search::kFound, at, value};
  }
  if (!best.at.empty()) best.search = Judge(likelihood, observations, best.at, box);
  return best;
}

}  // namespace keyscore::catalogue::lifetime
