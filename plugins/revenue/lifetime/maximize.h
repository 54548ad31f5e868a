// The largest value of a log-likelihood in a box, by L-BFGS (NLopt) from several starting points,
// and whether it is one. The same arguments give the same bits.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace keyscore::catalogue::lifetime {

// Writes the gradient and returns the value. Must not throw.
using LogLikelihood = std::function<double(std::span<const double> at, std::span<double> gradient)>;

// Asked before each evaluation; true stops the search. Must not throw.
using StopCallback = std::function<bool()>;

enum class Search {
  kFound,
  kStopped,       // by the callback
  kNotConverged,  // no start came to rest where the gradient vanishes
  kAtEdge,        // the likelihood still rises at an edge that is no limit of the model
};

struct Maximum {
  Search search = Search::kNotConverged;
  std::vector<double> at;
  double value = 0;
};

// The range of a parameter's logarithm. An edge is a limit where the model hardly changes beyond
// it, so that a maximum may lie there: accounts that all buy at the same rate, for instance.
struct Range {
  double low = 0;
  double high = 0;
  bool low_is_limit = false;
  bool high_is_limit = false;
};

// `starts` and `box` (one a parameter) are logarithms; starts outside of the box are moved to its
// edge. `observations` is the number of terms in the likelihood, by which its gradient is judged.
Maximum Maximize(const LogLikelihood& likelihood, double observations,
                 std::span<const std::vector<double>> starts, std::span<const Range> box,
                 const StopCallback& stop);

// Whether a parameter that stands `at` is at the upper edge of its range.
bool AtHighEdge(double at, const Range& range);

}  // namespace keyscore::catalogue::lifetime
