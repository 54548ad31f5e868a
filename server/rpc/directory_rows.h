// Rows of the directory datasets by the id that they describe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "facts/column_batch.h"
#include "facts/schema.h"
#include "rpc/backend.h"
#include "store/store.h"

namespace keyscore::rpc {

inline constexpr int kMaxUpserts = 10'000;

// Several rows may describe one manager or account, one for each span. The resource shows the
// latest: by id, for those of `ids` that there are.
absl::StatusOr<std::map<std::string, store::Row>> LatestRows(store::Store& store,
                                                             const facts::DatasetSchema& schema,
                                                             const std::vector<std::string>& ids,
                                                             int64_t watermark,
                                                             const store::StopFn& stop);

// The id that a row describes.
std::string KeyOf(const facts::DatasetSchema& schema, const store::Row& row);

// The schema of a directory dataset.
const facts::DatasetSchema& DirectorySchema(const std::string& dataset);

}  // namespace keyscore::rpc
