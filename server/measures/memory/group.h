// A group: every series of one dataset by one time column. Immutable; a change makes another group
// that shares what did not change.
//
// A series is its events in order of time (then fact_id), cut into leaves of bounded size. Counts
// are bitmaps with their ranks, sums are cumulative and exact, so that any window over a series is
// two look-ups; the values that min, max, first, last, list and count_distinct need stand in order
// beside them. A change rebuilds the leaves it falls into and the cumulative sums over them.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "measures/memory/cell_table.h"
#include "measures/memory/events.h"
#include "measures/memory/node.h"
#include "measures/memory/paged_map.h"

namespace keyscore::measures {

class Layout;

// A measure over a window, and the column of the table that it fills.
struct AskedMeasure {
  size_t measure = 0;  // index into the shape's
  size_t column = 0;
  store::WindowKind window = store::WindowKind::kBetween;
  int64_t from = 0;  // microseconds; the least int64 = open. kAt: the instant
  int64_t to = 0;    // exclusive; the greatest int64 = open
};

// Whose events are summed, and into which rows.
struct AskedSubject {
  uint32_t subject = 0;                // first half of the row's key
  bool all = false;                    // every series of the group
  absl::Span<const SeriesKey> series;  // these, where not all
  bool only_account = false;           // just events of `account`, into the row (subject, account)
  NameId account = 0;
  bool by_account = false;  // a row per account; events without one are left out
};

// May be used from any thread.
class Group {
 public:
  // The parts' events together. What the parts hold is freed on the way.
  static std::shared_ptr<const Group> Build(GroupShape shape, std::vector<EventBatch> parts);

  // With these events removed and those added. NOT_FOUND where one to be removed is not there.
  absl::StatusOr<std::shared_ptr<const Group>> Apply(const EventBatch& added,
                                                     const std::vector<EventKey>& removed) const;

  // All events of the account, whoever's.
  std::vector<EventKey> EventsOf(NameId account) const;
  // The series that hold events of the account.
  std::vector<SeriesKey> SeriesOf(NameId account) const;

  // Adds to the cells of the asked columns; all that a row is to hold in a column comes from one
  // call. A row is made where one of the measures has an event in its window, else it is missing.
  void Collect(absl::Span<const AskedMeasure> asked, const AskedSubject& subject,
               CellTable& table) const;

  const GroupShape& shape() const;
  int64_t event_count() const { return event_count_; }
  int64_t bytes() const { return bytes_; }  // resident
  // Days (UTC) on which a measure's series has an event, summed over series and measures.
  int64_t CountSeriesDays() const;

 private:
  struct Nothing {};
  // By account and series.
  using Accounts = PagedMap<std::pair<NameId, SeriesKey>, Nothing>;
  using Series = PagedMap<SeriesKey, NodePtr>;

  Group(std::shared_ptr<const Layout> layout, Series series, Accounts accounts, int64_t event_count,
        int64_t series_bytes);

  std::shared_ptr<const Layout> layout_;
  Series series_;
  Accounts accounts_;  // account 0 has no entries
  int64_t event_count_ = 0;
  int64_t series_bytes_ = 0;
  int64_t bytes_ = 0;
};

}  // namespace keyscore::measures
