// SQL of the facts as they were known right after a batch: the base of every query.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/catalog.h"
#include "store/store.h"

namespace keyscore::store {

// One moment of the log: the catalog that a reader took, and the watermark asked for.
struct AsOf {
  const Catalog& catalog;
  int64_t watermark;
};

// SELECT of these columns ("_version" and the like included) from the current rows of a dataset,
// those that satisfy `predicate` ("" = all), an SQL text over the dataset's columns.
// FAILED_PRECONDITION if the dataset is not defined.
absl::StatusOr<std::string> CurrentRowsSql(const AsOf& as_of, const std::string& dataset,
                                           const std::vector<std::string>& columns,
                                           const std::string& predicate);

// The same, but one row a key: where several current rows share `key`, the one with the latest
// occurred_at (then the greatest fact_id).
absl::StatusOr<std::string> LatestByKeySql(const AsOf& as_of, const std::string& dataset,
                                           const std::string& key,
                                           const std::vector<std::string>& columns);

// SELECT account_id, manager_id, span_from, span_to: spans that don't overlap, in each of which
// the covering row of `ownership` with the latest occurred_at (then the greatest fact_id) wins.
// An open end is 'infinity'.
absl::StatusOr<std::string> OwnerSpanSql(const AsOf& as_of);

// SELECT of the book's columns and _seq. For an account subject the account's life spans alone.
absl::StatusOr<std::string> BookSql(const AsOf& as_of, bool of_accounts);

}  // namespace keyscore::store
