// Events of one group in columns, on their way into its series.
#pragma once

#include <cstdint>
#include <vector>

#include "facts/column_batch.h"
#include "store/store.h"

namespace keyscore::measures {

// A manager or an account, by its number in the names of the memory; 0 = none.
using NameId = uint32_t;

// Whose events stand together: those of one manager, or the unowned ones of one account.
class SeriesKey {
 public:
  SeriesKey() = default;
  static SeriesKey Of(NameId owner, NameId account) {
    return SeriesKey(owner != 0 ? owner : account | kUnowned);
  }
  static SeriesKey OfOwner(NameId owner) { return SeriesKey(owner); }
  static SeriesKey OfUnowned(NameId account) { return SeriesKey(account | kUnowned); }
  bool owned() const { return (key_ & kUnowned) == 0; }
  // The manager where owned, else the account (0 = events of neither).
  NameId name() const { return key_ & ~kUnowned; }
  auto operator<=>(const SeriesKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, SeriesKey key) {
    return H::combine(std::move(state), key.key_);
  }

 private:
  static constexpr uint32_t kUnowned = uint32_t{1} << 31;
  explicit SeriesKey(uint32_t key) : key_(key) {}
  uint32_t key_ = kUnowned;
};

// The events of one dataset by one time column, and what measures make of them.
struct GroupShape {
  std::vector<store::EventMeasure> measures;
  bool spans = false;  // events have ends, for windows at an instant

  // Some measure hangs on the order of events at the same instant, which is that of their fact_ids.
  bool ordered() const;
};

// In any order; each column has an element per event.
struct EventBatch {
  struct Values {
    std::vector<uint8_t> hit;
    std::vector<uint8_t> valid;   // never where not hit
    std::vector<double> numbers;  // all but counts; 0 where not valid
    std::vector<uint32_t> ids;    // kCountDistinct: the value's number among its measure's values
  };
  std::vector<SeriesKey> series;
  std::vector<NameId> accounts;
  std::vector<int64_t> times;     // microseconds since the epoch
  std::vector<int64_t> ends;      // of spans; the greatest int64 = open
  std::vector<int64_t> versions;  // tell the events of a group apart
  facts::StringValues fact_ids;   // of ordered groups; else empty
  std::vector<Values> measures;   // in the order of the shape's

  size_t size() const { return times.size(); }
};

// Where an event stands.
struct EventKey {
  SeriesKey series;
  int64_t time = 0;
  int64_t version = 0;
};

}  // namespace keyscore::measures
