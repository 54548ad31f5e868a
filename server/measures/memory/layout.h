// What follows from a group's shape: how an event is laid out as a row while series are built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "measures/memory/events.h"

namespace keyscore::measures {

// A row is `stride` words: the time, the version, account and length of the fact_id, where the
// fact_id is (ordered groups), the end (spans), a bit per measure that is hit, a bit per measure
// that is valid, a word per measure with values (a double's bits or an id).
class Layout {
 public:
  static constexpr size_t kNone = ~size_t{0};
  static constexpr size_t kRowsAtATime = 64;  // that stay in the first cache while they are written

  struct Measure {
    store::Aggregate aggregate = store::Aggregate::kCount;
    bool by_hits = false;    // a count of events, whatever their values
    size_t value = kNone;    // word of the row; kNone for counts
    size_t sum = kNone;      // which of the group's sums it is
    size_t extreme = kNone;  // which of the group's minima and maxima it is
    size_t hit_class = 0;    // measures of one filter share their hits
  };

  explicit Layout(GroupShape shape);

  const GroupShape& shape() const { return shape_; }
  const std::vector<Measure>& measures() const { return measures_; }
  size_t stride() const { return stride_; }
  size_t sums() const { return sums_; }
  size_t extremes() const { return extremes_; }
  size_t head_words() const { return hits_; }  // before the bits
  size_t flag_words() const { return flag_words_; }
  bool ordered() const { return ordered_; }
  bool spans() const { return shape_.spans; }

  static int64_t Time(const uint64_t* row) { return static_cast<int64_t>(row[0]); }
  static int64_t Version(const uint64_t* row) { return static_cast<int64_t>(row[1]); }
  static NameId Account(const uint64_t* row) { return static_cast<NameId>(row[2]); }
  std::string_view FactId(const uint64_t* row) const {
    if (!ordered_) return {};
    return {reinterpret_cast<const char*>(row[3]), static_cast<size_t>(row[2] >> 32)};
  }
  int64_t End(const uint64_t* row) const { return static_cast<int64_t>(row[end_]); }
  const uint64_t* Hits(const uint64_t* row) const { return row + hits_; }
  const uint64_t* Valids(const uint64_t* row) const { return row + hits_ + flag_words_; }

  void SetHead(uint64_t* row, int64_t time, int64_t version, NameId account) const {
    row[0] = static_cast<uint64_t>(time);
    row[1] = static_cast<uint64_t>(version);
    row[2] = account;
  }
  void SetFactId(uint64_t* row, std::string_view fact_id) const {
    row[2] |= static_cast<uint64_t>(fact_id.size()) << 32;
    row[3] = reinterpret_cast<uint64_t>(fact_id.data());
  }
  void SetEnd(uint64_t* row, int64_t end) const { row[end_] = static_cast<uint64_t>(end); }
  uint64_t* Hits(uint64_t* row) const { return row + hits_; }
  uint64_t* Valids(uint64_t* row) const { return row + hits_ + flag_words_; }

  // The order of events in a series: by time, then fact_id, then version.
  bool Before(const uint64_t* a, const uint64_t* b) const;

  // Rows of the batch's events [from, from + count), one after the other. Their fact_ids stay the
  // batch's.
  void WriteRows(const EventBatch& batch, size_t from, size_t count, uint64_t* rows) const;

 private:
  void WriteFlags(const EventBatch& batch, size_t from, size_t count, size_t word,
                  uint64_t* rows) const;

  GroupShape shape_;
  std::vector<Measure> measures_;
  bool ordered_ = false;
  size_t flag_words_ = 0;
  size_t end_ = 0;
  size_t hits_ = 0;
  size_t sums_ = 0;
  size_t extremes_ = 0;
  size_t stride_ = 0;
};

}  // namespace keyscore::measures
