// What a benchmark row says: a subject held against a reference in the same run.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace keyscore::bench {

// Which way a ratio is good.
enum class Aim { kAtLeast, kAtMost, kReported };

// What subject and reference come to.
enum class Comparison {
  kRatio,
  kDifference  // subject − reference, in the row's unit
};

struct Row {
  std::string name;
  std::string what;    // one line for people
  double subject = 0;  // median of the rounds
  double reference = 0;
  std::string unit;  // of both
  Comparison comparison = Comparison::kRatio;
  double ratio = 0;      // median of the rounds' ratios, or differences
  double ratio_low = 0;  // least and greatest of the rounds
  double ratio_high = 0;
  int rounds = 0;
  Aim aim_kind = Aim::kReported;
  double aim = 0;

  bool Met() const;
};

// Runs `reference` and `subject` in turn, `rounds` times after one unmeasured round, swapping who
// goes first, and fills in the medians. Each call returns one figure in the row's unit. When
// `inverse` is set the ratio is reference ÷ subject (both are times: more is faster).
void Alternate(Row& row, int rounds, bool inverse, const std::function<double()>& reference,
               const std::function<double()>& subject);

// A table for a terminal.
std::string Table(const std::vector<Row>& rows);
// An array of rows: name, subject, reference, unit, comparison ("ratio" or "difference"), ratio,
// ratio_low, ratio_high, aim, met.
std::string Json(const std::vector<Row>& rows);

}  // namespace keyscore::bench
