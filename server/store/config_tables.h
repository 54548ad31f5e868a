// Configuration documents: append-only revisions with compare-and-set.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/expression/connection.h"
#include "store/store.h"

namespace keyscore::store {

absl::StatusOr<std::vector<ConfigRevision>> ListNewestConfig(Connection& connection,
                                                             const std::string& kind);
absl::StatusOr<std::vector<ConfigRevision>> ListConfigHistory(Connection& connection,
                                                              const std::string& kind,
                                                              const std::string& id);
absl::StatusOr<std::vector<ConfigRevision>> ListAllConfig(Connection& connection,
                                                          const std::string& kind);
// Runs in the writer's transaction, so nothing comes between the comparison and the write.
// `revision` is what to write; its `revision` field holds the expected newest.
absl::StatusOr<ConfigRevision> WriteConfig(Connection& connection, ConfigRevision revision);

}  // namespace keyscore::store
