// Copies some rows of a batch.
#pragma once

#include <vector>

#include "facts/column_batch.h"

namespace keyscore::facts {

// The batch with only these rows (indices into it, in the order wanted).
ColumnBatch PickRows(const ColumnBatch& batch, const std::vector<size_t>& rows);

}  // namespace keyscore::facts
