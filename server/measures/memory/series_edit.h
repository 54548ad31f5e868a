// Makes series of rows, and changed series of series.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "measures/memory/events.h"
#include "measures/memory/layout.h"
#include "measures/memory/leaf_builder.h"
#include "measures/memory/node.h"

namespace keyscore::measures {

// A series of rows in the layout's order; null of none.
NodePtr MakeSeries(const Layout& layout, LeafBuilder& builder,
                   absl::Span<const uint64_t* const> rows);

// The series (null = none yet) without the events of these keys and with the rows, which stand in
// the layout's order. Leaves into which no change falls are shared. Null where nothing is left;
// NOT_FOUND where an event to be removed is not there.
absl::StatusOr<NodePtr> EditSeries(const Layout& layout, LeafBuilder& builder, const Node* series,
                                   absl::Span<const EventKey> removed,
                                   absl::Span<const uint64_t* const> added);

// The leaves of a series, in order.
std::vector<LeafPtr> LeavesOf(const Node& series);
size_t EventsOf(const Node& series);
int64_t BytesOf(const Node& series);

}  // namespace keyscore::measures
