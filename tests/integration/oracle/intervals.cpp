// Quantiles come from Boost.Math, everything else from the definitions.
#include "integration/oracle/intervals.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "fmt/format.h"

namespace keyscore::testing {
namespace {

constexpr double kUpper = 0.975;  // 95 %, two-sided

double NormalQuantile() { return boost::math::quantile(boost::math::normal(), kUpper); }

double Number(const std::optional<std::string>& text) {
  return text.has_value() ? std::strtod(text->c_str(), nullptr) : 0;
}

// Cut off at the ends of the scale, though not beyond the value itself.
std::optional<Limits> Within(const sql::Scale& scale, double value, std::optional<Limits> limits) {
  if (!limits.has_value()) return {};
  return Limits{std::min(value, std::max(scale.least, limits->low)),
                std::max(value, std::min(scale.most, limits->high))};
}

std::optional<Limits> LimitsOf(const sql::Answer& answer,
                               const std::vector<std::optional<std::string>>& row) {
  switch (answer.interval) {
    case sql::Interval::kWilson:
      return WilsonLimits(Number(row[1]), Number(row[2]));
    case sql::Interval::kComplement:
      return WilsonLimits(Number(row[2]) - Number(row[1]), Number(row[2]));
    case sql::Interval::kMean:
      return Within(answer.scale, Number(row[1]),
                    MeanLimits(Number(row[1]), Number(row[2]), Number(row[3])));
    case sql::Interval::kPromoters:
      return PromoterLimits(Number(row[1]), Number(row[2]), Number(row[3]));
    default:
      return {};
  }
}

}  // namespace

std::optional<Limits> WilsonLimits(double yes, double of) {
  if (of <= 0 || yes < 0 || yes > of) return {};
  // (1 + z²/n) p² - (2 q + z²/n) p + q² = 0, with q = yes / of.
  const double q = yes / of;
  const double zz = NormalQuantile() * NormalQuantile() / of;
  const double root = std::sqrt(std::max(0.0, (2 * q + zz) * (2 * q + zz) - 4 * (1 + zz) * q * q));
  return Limits{100 * (2 * q + zz - root) / (2 * (1 + zz)),
                100 * (2 * q + zz + root) / (2 * (1 + zz))};
}

std::optional<Limits> MeanLimits(double mean, double deviation, double n) {
  if (n < 2) return {};
  const double t = boost::math::quantile(boost::math::students_t(n - 1), kUpper);
  return Limits{mean - t * deviation / std::sqrt(n), mean + t * deviation / std::sqrt(n)};
}

std::optional<Limits> PromoterLimits(double promoters, double detractors, double n) {
  if (n <= 0) return {};
  const double p = (promoters + 0.75) / (n + 3);
  const double d = (detractors + 0.75) / (n + 3);
  // Variance of an answer that is 1 with p, -1 with d, else 0.
  const double half =
      NormalQuantile() * std::sqrt(std::max(0.0, p + d - (p - d) * (p - d)) / (n + 3));
  const double score = 100 * (promoters - detractors) / n;
  return Limits{std::min(score, std::max(-100.0, 100 * (p - d - half))),
                std::max(score, std::min(100.0, 100 * (p - d + half)))};
}

std::map<std::string, std::optional<Limits>> ExpectedLimits(Duck& duck, const sql::Answer& answer,
                                                            const std::string& unit) {
  std::map<std::string, std::optional<Limits>> limits;
  if (answer.interval != sql::Interval::kAccounts) {
    for (const auto& row : duck.Ask(answer.figures)) limits[*row[0]] = LimitsOf(answer, row);
    return limits;
  }
  const auto rows = duck.Ask(fmt::format(
      "SELECT subject, avg(value), stddev_samp(value), count(*), count(*) FILTER (value = 100), "
      "bool_and(value IN (0, 100)) FROM ({}) WHERE weight > 0 GROUP BY subject "
      "HAVING count(*) > 1 AND min(weight) = max(weight)",
      answer.by_account));
  for (const auto& row : rows) {
    const double n = Number(row[3]);
    limits[*row[0]] = unit == "%" && row[5] == "true"
                          ? WilsonLimits(Number(row[4]), n)
                          : MeanLimits(Number(row[1]), Number(row[2]), n);
  }
  return limits;
}

}  // namespace keyscore::testing
