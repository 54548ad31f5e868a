// Opens the engine's file with the settings of a server.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "store/duckdb_store.h"
#include "store/expression/connection.h"

namespace keyscore::store {

// Errors as OpenDuckDbStore describes them. The host's functions are registered.
absl::StatusOr<std::shared_ptr<Database>> OpenDatabase(const DuckDbOptions& options);

}  // namespace keyscore::store
