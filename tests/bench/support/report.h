// What a benchmark row says: a subject held against a reference in the same run.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace keyscore::bench {

// Which way a ratio is good.
enum class Aim { kAtLeast, kAtMost, kReported };

// What subject and reference come to.
enum class Comparison {
  kRatio,      // subject ÷ reference
  kInverse,    // reference ÷ subject: both are times, more is faster
  kDifference  // subject − reference, in their unit
};

struct Figure {
  double value = 0;  // median of the rounds
  std::string unit;
};

struct Row {
  std::string name;
  std::string what;  // one line for people
  Figure subject;
  Figure reference;
  Comparison comparison = Comparison::kRatio;
  double ratio = 0;      // median of the rounds' ratios, or differences
  double ratio_low = 0;  // least and greatest of the rounds
  double ratio_high = 0;
  int rounds = 0;
  Aim aim_kind = Aim::kReported;
  double aim = 0;

  bool Met() const;
};

// A row with both units the same, to be filled in by Alternate.
Row MakeRow(const std::string& name, const std::string& unit, Comparison comparison, Aim aim_kind,
            double aim, const std::string& what);

// Runs `reference` and `subject` in turn, `rounds` times after one unmeasured round, swapping who
// goes first, and fills in the medians. Each call returns one figure in the row's unit.
void Alternate(Row& row, int rounds, const std::function<double()>& reference,
               const std::function<double()>& subject);

// Fills in a row that is measured once: one subject, one reference.
void Settle(Row& row, double subject, double reference);

double Median(std::vector<double> values);

// What the rows were measured over.
struct Conditions {
  bool quick = false;
  double facts = 0;  // of the large data
};

// A table for a terminal.
std::string Table(const std::vector<Row>& rows, const Conditions& conditions);
// The same for a page of documentation.
std::string MarkdownTable(const std::vector<Row>& rows);
// An array of rows: name, what, subject and reference {value, unit}, comparison ("ratio",
// "inverse" or "difference"), ratio, ratio_low, ratio_high, rounds, aim, met, quick, facts.
std::string Json(const std::vector<Row>& rows, const Conditions& conditions);

}  // namespace keyscore::bench
