// Copies cells.
#include "kpis/gather.h"

namespace keyscore::kpis {

bool IsAdditive(store::Aggregate aggregate) {
  return aggregate == store::Aggregate::kCount || aggregate == store::Aggregate::kSum ||
         aggregate == store::Aggregate::kCountDistinct;
}

store::MeasureColumn Gather(const store::MeasureColumn& column, store::Aggregate aggregate,
                            absl::Span<const size_t> rows) {
  const bool list = aggregate == store::Aggregate::kList;
  store::MeasureColumn picked;
  if (list) {
    picked.lists.reserve(rows.size());
  } else {
    picked.numbers.reserve(rows.size());
  }
  picked.valid.reserve(rows.size());
  picked.fact_count.reserve(rows.size());
  picked.newest.reserve(rows.size());
  for (const size_t row : rows) {
    if (row == kNoRow) {
      if (list) {
        picked.lists.emplace_back();
      } else {
        picked.numbers.push_back(0);
      }
      picked.valid.push_back(IsAdditive(aggregate) ? 1 : 0);
      picked.fact_count.push_back(0);
      picked.newest.push_back(absl::InfinitePast());
      continue;
    }
    if (list) {
      picked.lists.push_back(column.lists[row]);
    } else {
      picked.numbers.push_back(column.numbers[row]);
    }
    picked.valid.push_back(column.valid.empty() ? 1 : column.valid[row]);
    picked.fact_count.push_back(column.fact_count[row]);
    picked.newest.push_back(column.newest[row]);
  }
  return picked;
}

}  // namespace keyscore::kpis
