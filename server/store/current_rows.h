// SQL of the facts as they were known right after a batch: the base of every query.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "store/catalog.h"
#include "store/store.h"

namespace keyscore::store {

class OwnerReader;

// One moment of the log: the catalog that a reader took, and the watermark asked for.
struct AsOf {
  const Catalog& catalog;
  int64_t watermark;
  OwnerReader* owners = nullptr;  // for statements that attribute facts
};

// Runs of versions, first and last of each.
using VersionRuns = std::vector<std::pair<int64_t, int64_t>>;

// Which versions of the log are read. The defaults are those that are current.
struct VersionRange {
  int64_t written_after = 0;     // only those of batches after this one
  bool with_superseded = false;  // also those that were superseded by then
  // Only versions of these runs; empty = all. A scan of its own for each run, which reads next to
  // nothing beside it, so that they should be few.
  VersionRuns runs;
};

// SELECT of these columns ("_version" and the like included) from the current rows of a dataset,
// those that satisfy `predicate` ("" = all), an SQL text over the dataset's columns.
// FAILED_PRECONDITION if the dataset is not defined.
absl::StatusOr<std::string> CurrentRowsSql(const AsOf& as_of, const std::string& dataset,
                                           const std::vector<std::string>& columns,
                                           const std::string& predicate,
                                           const VersionRange& range = {});

// The same, but one row a key: where several current rows share `key`, the one with the latest
// occurred_at (then the greatest fact_id). `keys` is a condition on the key ("" = all keys).
absl::StatusOr<std::string> LatestByKeySql(const AsOf& as_of, const std::string& dataset,
                                           const std::string& key,
                                           const std::vector<std::string>& columns,
                                           const std::string& keys = "");

// SELECT of the book's columns and _seq. For an account subject the account's life spans alone.
absl::StatusOr<std::string> BookSql(const AsOf& as_of, bool of_accounts);

}  // namespace keyscore::store
