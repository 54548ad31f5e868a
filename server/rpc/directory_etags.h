// Optimistic concurrency of the directory: etags that no longer hold, and appends that are sure of
// what was checked before them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "facts/column_batch.h"
#include "store/store.h"

namespace keyscore::rpc {

// ABORTED (ETAG_MISMATCH) that names the stale resources, of which there is one at least. Of many
// it names as many as an error has room for, and the number of the others.
absl::Status EtagMismatch(const std::vector<std::string>& stale);

// Appends what `check` makes as of the watermark that it is given; its errors are handed on. With
// only_if_unchanged nothing else is written to the dataset between the two: where something was,
// both are done again, and after ten rounds it is ABORTED (CONCURRENT_WRITES). Absent = a dry run,
// which only checks.
absl::StatusOr<std::optional<store::AppendResult>> AppendChecked(
    store::Store& store, bool only_if_unchanged, bool dry_run,
    absl::FunctionRef<absl::StatusOr<facts::ColumnBatch>(int64_t watermark)> check);

}  // namespace keyscore::rpc
