// Computes the measures of many KPIs at once: equal measures are asked for once, each dataset is
// read once per scope.
#pragma once

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "measures/measure.h"
#include "store/store.h"

namespace keyscore::measures {

// Collects measures and hands out the column where each will stand.
class MeasureSet {
 public:
  // The column of `measure` in the table; an equal measure gets the same one.
  size_t Add(store::ResolvedMeasure measure);

  const std::vector<store::ResolvedMeasure>& measures() const { return measures_; }

 private:
  struct Hash {
    size_t operator()(const store::ResolvedMeasure& measure) const;
  };

  std::vector<store::ResolvedMeasure> measures_;
  absl::flat_hash_map<store::ResolvedMeasure, size_t, Hash> columns_;
};

}  // namespace keyscore::measures
