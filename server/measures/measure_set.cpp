// Equal measures of different KPIs share a column.
#include "measures/measure_set.h"

#include <utility>

#include "absl/hash/hash.h"

namespace keyscore::measures {

size_t MeasureSet::Hash::operator()(const store::ResolvedMeasure& measure) const {
  return absl::HashOf(measure.dataset, measure.aggregate, measure.value, measure.filter,
                      measure.time_column, measure.end_column, measure.window, measure.from,
                      measure.to, measure.period_from, measure.period_to);
}

size_t MeasureSet::Add(store::ResolvedMeasure measure) {
  const auto [entry, added] = columns_.try_emplace(measure, measures_.size());
  if (added) measures_.push_back(std::move(measure));
  return entry->second;
}

}  // namespace keyscore::measures
