// The embedded engine: one DuckDB file under the data directory, no server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "store/store.h"

namespace keyscore::store {

struct DuckDbOptions {
  std::string path;               // file; ":memory:" for tests
  std::string time_zone = "UTC";  // IANA name of the reporting zone, whose days calendar_day counts
  int threads = 0;                // 0 = as many as cores
  int64_t memory_limit_bytes = int64_t{4} << 30;
  size_t max_readers = 16;         // concurrent reading connections
  size_t max_queued_appends = 64;  // batches waiting for the writer
  // A dataset of up to this many versions is appended to with its fact_ids' hashes in memory (17 to
  // 39 bytes a fact); a larger one looks facts up in its log, which takes longer.
  int64_t max_indexed_facts = 8'000'000;
};

// Opens or creates the file. FAILED_PRECONDITION when another process holds it (names the process
// where it is known) or when its format version is newer than this program's; DATA_LOSS when it is
// no Keyscore store.
absl::StatusOr<std::unique_ptr<Store>> OpenDuckDbStore(const DuckDbOptions& options);

}  // namespace keyscore::store
