// Correlations, by Boost.Math.
#include "scoring/statistics.h"

// Ahead of Boost.Math, which calls sqrt by its bare name.
#include <cmath>

#include <algorithm>
#include <boost/math/statistics/bivariate_statistics.hpp>
#include <numeric>

namespace keyscore::scoring {
namespace {

bool IsConstant(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(),
                     [&](double value) { return value == values.front(); });
}

// Divided by the largest magnitude, so that squares neither overflow nor vanish.
std::vector<double> Scaled(std::vector<double> values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  for (double& value : values) value /= largest;
  return values;
}

}  // namespace

std::optional<double> Pearson(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() < 2 || IsConstant(a) || IsConstant(b)) return std::nullopt;
  return boost::math::statistics::correlation_coefficient(Scaled(a), Scaled(b));
}

std::vector<double> AverageRanks(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (size_t first = 0; first < order.size();) {
    size_t last = first;
    while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
    // Of the places first + 1 to last + 1.
    const double mean = static_cast<double>(first + last) / 2 + 1;
    for (size_t i = first; i <= last; ++i) ranks[order[i]] = mean;
    first = last + 1;
  }
  return ranks;
}

std::optional<double> Spearman(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() < 2) return std::nullopt;
  if (IsConstant(a) || IsConstant(b)) return IsConstant(a) && IsConstant(b) ? 1 : 0;
  return Pearson(AverageRanks(a), AverageRanks(b));
}

}  // namespace keyscore::scoring
