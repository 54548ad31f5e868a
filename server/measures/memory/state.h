// One state of the measures in memory, immutable.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "measures/memory/group.h"
#include "measures/memory/routes.h"
#include "store/store.h"

namespace keyscore::measures {

// Which team's a manager is, by their latest row.
struct Teams {
  std::map<NameId, std::string> team_of;
  std::map<std::string, std::vector<NameId>, std::less<>> managers_of;
};

struct MemoryState {
  int64_t watermark = 0;
  std::shared_ptr<const Routes> routes;
  // By the routes' groups; null = left out.
  std::vector<std::shared_ptr<const Group>> groups;
  std::vector<std::string> left_out;  // why, by group; "" = it is there
  std::shared_ptr<const Teams> teams;
  std::vector<store::DatasetStats> stats;  // as of the watermark

  // Batches that may have changed somebody's figures: everybody's, …
  int64_t all_changed = 0;
  // … those of every team, as managers came or went, …
  int64_t teams_changed = 0;
  // … and those of one manager or account, by number; beyond the end: none since all_changed.
  std::shared_ptr<const std::vector<int64_t>> managers_changed;
  std::shared_ptr<const std::vector<int64_t>> accounts_changed;
};

}  // namespace keyscore::measures
