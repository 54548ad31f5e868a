// Compares an arriving batch with what the log holds of its facts.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "facts/column_batch.h"
#include "store/writer.h"

namespace keyscore::store {

// The current version of one row's fact.
struct KnownFact {
  int64_t version = 0;   // 0 = the fact was never seen
  bool deleted = false;  // the current version says "gone"
  bool equal = false;    // the current version has the row's values, column by column
};

// One a row of the batch. Columns that the batch lacks (a deletion has fact_id alone) are not
// compared. `hashes` are the index's of the batch's fact_ids.
absl::StatusOr<std::vector<KnownFact>> FindKnownFacts(const facts::ColumnBatch& batch,
                                                      const std::vector<uint64_t>& hashes,
                                                      const DatasetState& state,
                                                      WriteSession& session);

}  // namespace keyscore::store
