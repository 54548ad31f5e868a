// Writes one batch of facts as new versions.
#pragma once

#include "absl/status/statusor.h"
#include "facts/column_batch.h"
#include "store/store.h"
#include "store/writer.h"

namespace keyscore::store {

// Runs in the writer's transaction; the result counts once that is committed. A batch in which
// nothing differs from what is known writes nothing. INVALID_ARGUMENT if the columns are not the
// schema's or a fact_id stands twice; NOT_FOUND for an unknown dataset.
absl::StatusOr<AppendResult> AppendBatch(const facts::ColumnBatch& batch, WriteSession& session);

}  // namespace keyscore::store
