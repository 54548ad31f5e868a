// SQL of the events of one dataset: a row a fact, with what the measures' expressions make of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/bound_measure.h"
#include "store/current_rows.h"
#include "store/source_query.h"

namespace keyscore::store {

// The statement, and where in its rows each measure's cells stand. What several measures have in
// common is computed once. Columns 0 to 4 are the owner (null = nobody), account_id (null = none),
// fact_id, _version and the time.
struct EventStatement {
  static constexpr size_t kOwnerColumn = 0;
  static constexpr size_t kAccountColumn = 1;
  static constexpr size_t kFactColumn = 2;
  static constexpr size_t kVersionColumn = 3;
  static constexpr size_t kTimeColumn = 4;
  static constexpr size_t kEndColumn = 5;  // where an end is wanted

  // What is known of a value.
  enum class Form {
    kNone,      // there is no value expression
    kPresence,  // BOOLEAN: it is not null
    kNumber,    // DOUBLE
    kText,      // the value itself, of whatever type
  };
  struct Cells {
    std::optional<size_t> filter;  // BOOLEAN, null = false; absent = every event is hit
    Form form = Form::kNone;
    size_t value = 0;  // of no use where the filter is not true
  };
  std::string sql;
  std::vector<Cells> cells;  // one per measure
};

// As of the scan's moment, whatever that of `as_of`. `bound` are the scan's measures, or one that
// checks the columns where it has none. `removed` narrows kRemoved to the runs of
// versions that were superseded since; empty = the log is searched for them.
absl::StatusOr<EventStatement> EventSql(const EventScan& scan, const AsOf& as_of,
                                        const std::vector<BoundMeasure>& bound,
                                        const VersionRuns& removed, const ReferredKeys& keys);

// SELECT of the keys of each reference, in the order of `aliases`, that the scan's rows have; with
// nulls, and some more than once. "" where the rows refer to nothing, or are more than a few.
struct ReferredKeysStatement {
  std::string sql;
  std::vector<std::string> aliases;
};
absl::StatusOr<ReferredKeysStatement> ReferredKeysSql(const EventScan& scan, const AsOf& as_of,
                                                      const std::vector<BoundMeasure>& bound,
                                                      const VersionRuns& removed);

}  // namespace keyscore::store
