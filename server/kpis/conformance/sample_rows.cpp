// Makes cells by aggregate: a count is a whole number not below 0, a list is short, and only min,
// max, first and last may be null.
#include "kpis/conformance/sample_rows.h"

#include <cmath>
#include <iterator>
#include <limits>
#include <random>

namespace keyscore::kpis::conformance {
namespace {

using store::Aggregate;

constexpr uint64_t kSeed = 20240229;
constexpr double kInNullsPlace = -7777;  // a KPI that reads it shows
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kSmallest = std::numeric_limits<double>::denorm_min();

constexpr double kExtremeNumbers[] = {kNaN,      kInfinity, -kInfinity, kLargest, 0,     -kLargest,
                                      kSmallest, -0.0,      1,          -1,       1e-300};
// Above 2^53 a double can't tell neighbours apart; the last is just inside int64.
constexpr double kExtremeCounts[] = {0, 1, 9007199254740992, 9.2e18, 2, 3, 1e9};

bool IsCount(Aggregate aggregate) {
  return aggregate == Aggregate::kCount || aggregate == Aggregate::kCountDistinct;
}

bool IsNullable(Aggregate aggregate) {
  return !IsCount(aggregate) && aggregate != Aggregate::kSum && aggregate != Aggregate::kList;
}

class CellMaker {
 public:
  explicit CellMaker(uint64_t stream) : random_(kSeed + stream) {}

  // [0, 1)
  double Uniform() { return std::ldexp(static_cast<double>(random_() >> 11), -53); }
  size_t Below(size_t n) { return static_cast<size_t>(Uniform() * static_cast<double>(n)); }

  double Number() {
    switch (Below(6)) {
      case 0:
        return 0;
      case 1:
        return -100 * Uniform();
      case 2:
        return 1.7e9 + 1e7 * Uniform();  // an instant in seconds
      case 3:
        return std::floor(10 * Uniform());
      default:
        return 5000 * Uniform();
    }
  }

  double Count() { return Below(5) == 0 ? 0 : std::floor(40 * Uniform()); }

  // The first rows have the same extreme in every column, the others a mixture.
  double Extreme(size_t row, bool count) {
    const size_t size = count ? std::size(kExtremeCounts) : std::size(kExtremeNumbers);
    const size_t at = row < size ? row : Below(size);
    return count ? kExtremeCounts[at] : kExtremeNumbers[at];
  }

 private:
  std::mt19937_64 random_;
};

void AddCell(Aggregate aggregate, Sample sample, size_t row, CellMaker& make, InputColumn& column) {
  if (aggregate == Aggregate::kList) {
    std::vector<double>& list = column.lists.emplace_back();
    if (sample == Sample::kNoFacts) return;
    const size_t length = make.Below(7);
    for (size_t i = 0; i < length; ++i) {
      list.push_back(sample == Sample::kExtreme ? make.Extreme(row + i, false) : make.Number());
    }
    return;
  }
  const bool is_null =
      IsNullable(aggregate) &&
      (sample == Sample::kNoFacts || (sample == Sample::kOrdinary && make.Below(6) == 0));
  column.valid.push_back(is_null ? 0 : 1);
  if (is_null) {
    column.numbers.push_back(sample == Sample::kNoFacts ? kNaN : kInNullsPlace);
  } else if (sample == Sample::kNoFacts) {
    column.numbers.push_back(0);
  } else if (sample == Sample::kExtreme) {
    column.numbers.push_back(make.Extreme(row, IsCount(aggregate)));
  } else {
    column.numbers.push_back(IsCount(aggregate) ? make.Count() : make.Number());
  }
}

template <class T>
std::vector<T> Part(const std::vector<T>& all, size_t begin, size_t end) {
  if (all.empty()) return {};
  return {all.begin() + static_cast<ptrdiff_t>(begin), all.begin() + static_cast<ptrdiff_t>(end)};
}

}  // namespace

InputRows InputRows::Slice(size_t begin, size_t end) const {
  InputRows part;
  part.count = end - begin;
  for (const InputColumn& column : columns) {
    part.columns.push_back({Part(column.numbers, begin, end), Part(column.valid, begin, end),
                            Part(column.lists, begin, end)});
  }
  return part;
}

InputRows MakeRows(const std::vector<measures::MeasureSpec>& inputs, size_t count, Sample sample) {
  InputRows rows;
  rows.count = count;
  for (size_t i = 0; i < inputs.size(); ++i) {
    CellMaker make(i);
    InputColumn& column = rows.columns.emplace_back();
    for (size_t row = 0; row < count; ++row) {
      AddCell(inputs[i].aggregate, sample, row, make, column);
    }
  }
  return rows;
}

}  // namespace keyscore::kpis::conformance
