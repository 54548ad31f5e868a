// Makes a dataset known to the store, or takes up columns that were added to it.
#pragma once

#include "absl/status/status.h"
#include "facts/schema.h"
#include "store/catalog.h"
#include "store/writer.h"

namespace keyscore::store {

// INVALID_ARGUMENT for a schema that breaks the rules, FAILED_PRECONDITION for one that differs
// from what the catalog knows by more than nullable columns at the end and texts (titles,
// descriptions).
absl::Status CheckDataset(const facts::DatasetSchema& schema, const Catalog& catalog);

// Runs in the writer's transaction. Refuses what CheckDataset refuses.
absl::Status DefineDataset(const facts::DatasetSchema& schema, WriteSession& session);

}  // namespace keyscore::store
