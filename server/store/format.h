// The layout of the store's file, version 1. tests/golden/store_format_v1.txt shows it in full.
//
//   format(version)                                      one row
//   dataset_revision(id, revision, defined_at, schema)   append-only; the newest revision counts
//   batch(seq, dataset, recorded_at, counts…)            append-only; one row per durable batch
//   config_revision(kind, id, revision, …)               append-only
//   "facts/<dataset>"(_version, _seq, _deleted, …)       append-only log, one row per version
//   "superseded/<dataset>"(version, by_seq)              append-only: versions that are not current
//
// Versions of a dataset count 1, 2, … in the order of the log. What was current right after batch W
// are the rows with _seq <= W that no row of `superseded` with by_seq <= W names.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/catalog.h"
#include "store/expression/connection.h"

namespace keyscore::store {

inline constexpr int64_t kFormatVersion = 1;

// Creates the tables in an empty file. DATA_LOSS if the file holds something else,
// FAILED_PRECONDITION if its version is newer.
absl::Status PrepareFormat(Connection& connection);

// Reads what the file holds. DATA_LOSS if its parts disagree.
absl::StatusOr<Catalog> LoadCatalog(Connection& connection);

// Statements that create a dataset's two tables.
std::string CreateDatasetSql(const facts::DatasetSchema& schema);

}  // namespace keyscore::store
