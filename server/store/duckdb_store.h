// The embedded engine: one DuckDB file under the data directory, no server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "store/store.h"

namespace keyscore::store {

struct DuckDbOptions {
  std::string path;  // file; ":memory:" for tests
  int threads = 0;   // 0 = as many as cores
  int64_t memory_limit_bytes = int64_t{4} << 30;
  size_t max_readers = 16;         // concurrent reading connections
  size_t max_queued_appends = 64;  // batches waiting for the writer
};

// Opens or creates the file. FAILED_PRECONDITION when another process holds it (names the process
// where it is known) or when its format version is newer than this program's; DATA_LOSS when it is
// no Keyscore store.
absl::StatusOr<std::unique_ptr<Store>> OpenDuckDbStore(const DuckDbOptions& options);

}  // namespace keyscore::store
