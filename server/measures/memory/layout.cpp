// Turns columns of events into rows.
#include "measures/memory/layout.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "measures/memory/packed_ints.h"

namespace keyscore::measures {

bool GroupShape::ordered() const {
  return std::any_of(measures.begin(), measures.end(), [](const store::EventMeasure& measure) {
    return measure.aggregate == store::Aggregate::kFirst ||
           measure.aggregate == store::Aggregate::kLast ||
           measure.aggregate == store::Aggregate::kList;
  });
}

Layout::Layout(GroupShape shape) : shape_(std::move(shape)), ordered_(shape_.ordered()) {
  const size_t count = shape_.measures.size();
  flag_words_ = (count + 63) / 64;
  end_ = ordered_ ? 4 : 3;
  hits_ = end_ + (shape_.spans ? 1 : 0);
  stride_ = hits_ + 2 * flag_words_;
  for (size_t m = 0; m < count; ++m) {
    const store::EventMeasure& measure = shape_.measures[m];
    Measure& one = measures_.emplace_back();
    one.aggregate = measure.aggregate;
    one.by_hits = measure.aggregate == store::Aggregate::kCount && measure.value.empty();
    if (measure.aggregate != store::Aggregate::kCount) one.value = stride_++;
    if (measure.aggregate == store::Aggregate::kSum) one.sum = sums_++;
    if (measure.aggregate == store::Aggregate::kMin ||
        measure.aggregate == store::Aggregate::kMax) {
      one.extreme = extremes_++;
    }
    one.hit_class = m;
    for (size_t before = 0; before < m; ++before) {
      if (shape_.measures[before].filter != measure.filter) continue;
      one.hit_class = measures_[before].hit_class;
      break;
    }
  }
}

bool Layout::Before(const uint64_t* a, const uint64_t* b) const {
  if (Time(a) != Time(b)) return Time(a) < Time(b);
  if (ordered_) {
    if (const int order = FactId(a).compare(FactId(b)); order != 0) return order < 0;
  }
  return Version(a) < Version(b);
}

void Layout::WriteRows(const EventBatch& batch, size_t from, size_t count, uint64_t* rows) const {
  uint64_t* row = rows;
  for (size_t i = from; i < from + count; ++i, row += stride_) {
    SetHead(row, batch.times[i], batch.versions[i], batch.accounts[i]);
    if (ordered_) SetFactId(row, batch.fact_ids[i]);
    if (spans()) SetEnd(row, batch.ends.empty() ? kOpenEnd : batch.ends[i]);
  }
  for (size_t word = 0; word < flag_words_; ++word) {
    for (size_t i = 0; i < count; i += kRowsAtATime) {
      WriteFlags(batch, from + i, std::min(kRowsAtATime, count - i), word, rows + i * stride_);
    }
  }
  // Column by column, as they stand in memory.
  for (size_t m = 0; m < measures_.size(); ++m) {
    const Measure& measure = measures_[m];
    if (measure.value == kNone) continue;
    const EventBatch::Values& values = batch.measures[m];
    uint64_t* words = rows + measure.value;
    if (measure.aggregate == store::Aggregate::kCountDistinct) {
      for (size_t i = 0; i < count; ++i) words[i * stride_] = values.ids[from + i];
    } else {
      for (size_t i = 0; i < count; ++i) {
        words[i * stride_] = std::bit_cast<uint64_t>(values.numbers[from + i]);
      }
    }
  }
}

// The bits of 64 measures, for at most kRowsAtATime rows.
void Layout::WriteFlags(const EventBatch& batch, size_t from, size_t count, size_t word,
                        uint64_t* rows) const {
  uint64_t hits[kRowsAtATime] = {}, valids[kRowsAtATime] = {};
  const size_t end = std::min(measures_.size(), word * 64 + 64);
  for (size_t m = word * 64; m < end; ++m) {
    const EventBatch::Values& values = batch.measures[m];
    const uint8_t* hit = values.hit.data() + from;
    const uint8_t* valid = measures_[m].by_hits ? hit : values.valid.data() + from;
    for (size_t i = 0; i < count; ++i) {
      hits[i] |= static_cast<uint64_t>(hit[i] != 0) << (m % 64);
      valids[i] |= static_cast<uint64_t>(valid[i] != 0) << (m % 64);
    }
  }
  for (size_t i = 0; i < count; ++i) {
    Hits(rows + i * stride_)[word] = hits[i];
    Valids(rows + i * stride_)[word] = valids[i];
  }
}

}  // namespace keyscore::measures
