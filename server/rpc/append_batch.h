// A message of AppendFacts as a batch of facts.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "facts/column_batch.h"
#include "keyscore/v1/fact_service.pb.h"

namespace keyscore::rpc {

// Takes the columns out of `message`; text is moved, not copied. What the schema asks for is not
// checked here. RESOURCE_EXHAUSTED for more than max_rows rows, INVALID_ARGUMENT (naming the
// column) for lengths of text that don't fit its bytes, validity of the wrong length, a column
// without values.
absl::StatusOr<facts::ColumnBatch> TakeBatch(const std::string& dataset_id, size_t max_rows,
                                             v1::AppendFactsRequest& message);

}  // namespace keyscore::rpc
