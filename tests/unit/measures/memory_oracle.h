// Measures over plain events by plain loops, and random events to hold the fast path against them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "measures/memory/cell_table.h"
#include "measures/memory/events.h"
#include "measures/memory/group.h"

namespace keyscore::measures {

inline constexpr int64_t kSecond = 1'000'000;
inline constexpr int64_t kDay = 86'400 * kSecond;
inline constexpr int64_t kOpen = std::numeric_limits<int64_t>::max();
inline constexpr int64_t kOpenFrom = std::numeric_limits<int64_t>::min();

struct PlainEvent {
  struct Value {
    bool hit = false;
    bool valid = false;
    double number = 0;
    uint32_t id = 0;
  };
  SeriesKey series;
  NameId account = 0;
  int64_t time = 0;
  int64_t end = kOpen;
  int64_t version = 0;
  std::string fact_id;
  std::vector<Value> values;
};

// What a table says of one row and column.
struct PlainCell {
  int64_t fact_count = 0;
  int64_t newest = kOpenFrom;  // none
  bool valid = false;
  double number = 0;
  std::vector<double> list;
};
using PlainTable = std::map<std::pair<uint32_t, NameId>, std::vector<PlainCell>>;

// One measure of each aggregate and of each kind of number that a leaf keeps in its own way.
GroupShape RichShape(bool spans);

EventBatch ToBatch(const GroupShape& shape, const std::vector<PlainEvent>& events);
// In parts of random sizes.
std::vector<EventBatch> ToParts(const GroupShape& shape, const std::vector<PlainEvent>& events,
                                std::mt19937_64& random);
EventKey KeyOf(const PlainEvent& event);

// What Collect must come to. Columns are numbered as they were asked for.
PlainTable Expect(const GroupShape& shape, const std::vector<PlainEvent>& events,
                  const std::vector<AskedMeasure>& asked, const AskedSubject& subject);
PlainTable Collected(const Group& group, const std::vector<AskedMeasure>& asked,
                     const AskedSubject& subject);
// "" where the two are the same, bit for bit; else what differs first.
std::string Difference(const PlainTable& expected, const PlainTable& actual);

// Random events of a RichShape, and random questions about them.
class EventSource {
 public:
  struct Options {
    uint32_t owners = 3;
    uint32_t accounts = 6;
    int64_t days = 30;
    bool whole_seconds = true;
    bool odd_numbers = true;  // some events have numbers that fixed point does not hold
  };
  EventSource(GroupShape shape, Options options, uint64_t seed);

  PlainEvent Next();
  std::vector<PlainEvent> Next(size_t count);
  std::vector<AskedMeasure> Ask();
  // Its series stay good until the next call.
  AskedSubject AskSubject(uint32_t subject);

  std::mt19937_64& random() { return random_; }
  size_t Below(size_t bound) { return random_() % bound; }

 private:
  int64_t Time();
  PlainEvent::Value Value(size_t measure, bool hit);

  GroupShape shape_;
  Options options_;
  std::mt19937_64 random_;
  int64_t version_ = 0;
  std::vector<SeriesKey> series_;
};

}  // namespace keyscore::measures
