// Inputs to try a KPI with: made up from a fixed seed, so that every run asks the same.
#pragma once

#include <cstdint>
#include <vector>

#include "measures/measure.h"

namespace keyscore::kpis::conformance {

// One input, a cell a row. Lists stand in `lists`, everything else in `numbers`.
struct InputColumn {
  std::vector<double> numbers;
  std::vector<uint8_t> valid;  // empty = every row; 0 = null
  std::vector<std::vector<double>> lists;
};

struct InputRows {
  size_t count = 0;
  std::vector<InputColumn> columns;  // in the order of the KPI's inputs

  InputRows Slice(size_t begin, size_t end) const;
};

enum class Sample {
  kOrdinary,  // what facts give; some nulls where the aggregate knows them
  kNoFacts,   // nothing happened: counts and sums 0, lists empty, the rest null, NaN in its place
  kExtreme,   // NaN, infinities, the largest and the smallest numbers
};

InputRows MakeRows(const std::vector<measures::MeasureSpec>& inputs, size_t count, Sample sample);

}  // namespace keyscore::kpis::conformance
