// The formulas that most KPIs are made of. All of them return NO_DATA where an argument is null or
// a denominator is 0; none of them throws. They are pure and safe to call from any thread.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "keyscore/sdk/number.h"
#include "keyscore/sdk/result.h"
#include "keyscore/sdk/student_t.h"

namespace keyscore::sdk {

// part / whole in the unit of part per unit of whole. No interval; sample size 0 unless said with
// WithSample, since neither argument need be a count.
constexpr Result Ratio(Number part, Number whole) { return Result::Value(part / whole); }

// 100 * part / whole, in percent, for amounts (money, hours): no interval, no sample size.
constexpr Result Share(Number part, Number whole) { return Result::Value(100 * part / whole); }

// 100 * part / whole, in percent, where `part` of `whole` counted facts say yes. Sample size =
// whole. The interval is Wilson's score interval at 95 % (E. B. Wilson, JASA 22, 1927), which stays
// within 0 to 100 and is honest for small samples; there is none where part is not within 0 to
// whole.
inline Result Percentage(Number part, Number whole) {
  const Result result = Share(part, whole).WithSample(whole);
  const double x = part.value();
  const double n = whole.value();
  if (result.state != State::kValue || !(x >= 0 && x <= n)) return result;
  const double p = x / n;
  const double z2 = kZ95 * kZ95;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ95 / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  return result.WithInterval(100 * std::max(0.0, centre - half),
                             100 * std::min(1.0, centre + half));
}

// sum / count, in the unit of sum. Sample size = count. A mean over many groups is exact when sums
// and counts are added first: never average averages.
constexpr Result Mean(Number sum, Number count) { return Ratio(sum, count).WithSample(count); }

// sum / count with Student's t interval at 95 % (W. S. Gosset, Biometrika 6, 1908): `squares` is
// the sum of the squared values. No interval for fewer than two values.
inline Result Mean(Number sum, Number squares, Number count) {
  const Result result = Mean(sum, count);
  const double n = count.value();
  if (result.state != State::kValue || squares.IsNull() || !(n >= 2)) return result;
  // Rounding may take a variance of 0 just below it.
  const double variance =
      std::max(0.0, (squares.value() - n * result.value * result.value)) / (n - 1);
  const double half = StudentT95(n - 1) * std::sqrt(variance / n);
  return result.WithInterval(result.value - half, result.value + half);
}

// 100 * (now / before - 1), in percent: 0 = unchanged, -100 = all gone. No sample size.
constexpr Result Growth(Number now, Number before) {
  return Result::Value(100 * (now / before - 1));
}

// total / accounts * 30 / period_days: per account and 30 days, so that periods of different
// length compare. No sample size.
constexpr Result PerAccountPer30Days(Number total, Number accounts, Number period_days) {
  return Ratio(total * 30, accounts * period_days);
}

// % of promoters minus % of detractors, -100 to 100 (F. Reichheld, "The one number you need to
// grow", HBR 2003). Sample size = responses. The interval is the adjusted Wald interval that adds
// 3 answers (3/4 promoter, 3/4 detractor, 3/2 passive; B. Rocks, "Interval estimation for the Net
// Promoter Score", The American Statistician 70, 2016), clamped to the scale and, where all answers
// agree, widened to the value itself.
inline Result NetPromoter(Number promoters, Number detractors, Number responses) {
  const Result result = Share(promoters - detractors, responses).WithSample(responses);
  if (result.state != State::kValue) return result;
  const double n = responses.value() + 3;
  const double p = (promoters.value() + 0.75) / n;
  const double d = (detractors.value() + 0.75) / n;
  const double half = kZ95 * std::sqrt(std::max(0.0, p + d - (p - d) * (p - d)) / n);
  return result.WithInterval(std::min(result.value, 100 * std::max(-1.0, p - d - half)),
                             std::max(result.value, 100 * std::min(1.0, p - d + half)));
}

// The middle value, or the mean of the two middle ones. Sample size = how many values. Allocates a
// copy: O(n) time and memory.
inline Result Median(std::span<const double> values) {
  if (values.empty()) return Result::NoData();
  std::vector<double> sorted(values.begin(), values.end());
  const std::size_t half = sorted.size() / 2;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(half),
                   sorted.end());
  double median = sorted[half];
  if (sorted.size() % 2 == 0) {
    median = (median + *std::max_element(sorted.begin(),
                                         sorted.begin() + static_cast<std::ptrdiff_t>(half))) /
             2;
  }
  return Result::Value(median).WithSample(values.size());
}

}  // namespace keyscore::sdk
