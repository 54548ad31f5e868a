// Makes a dataset known to the store, or takes up columns that were added to it.
#pragma once

#include "absl/status/status.h"
#include "facts/schema.h"
#include "store/writer.h"

namespace keyscore::store {

// Runs in the writer's transaction. INVALID_ARGUMENT for a schema that breaks the rules,
// FAILED_PRECONDITION for one that differs from what is stored by more than nullable columns at the
// end and texts (titles, descriptions).
absl::Status DefineDataset(const facts::DatasetSchema& schema, WriteSession& session);

}  // namespace keyscore::store
