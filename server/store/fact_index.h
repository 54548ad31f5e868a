// Which fact_ids a dataset holds, in memory, so that a batch of new facts needs no look-up in the
// log, and one of known facts finds their rows by version, which the engine can narrow by range.
//
// Kept are the 64-bit hash of each fact_id and the newest version: 17 to 39 bytes a fact. A hash
// that is absent proves that the fact is new; one that is present must be confirmed by comparing
// the fact_id in that version's row, as two ids may share a hash. Above a given number of facts the
// index is given up and facts are looked up in the log by fact_id.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/status/statusor.h"
#include "facts/column_batch.h"
#include "store/catalog.h"
#include "store/expression/connection.h"

namespace keyscore::store {

// Of one dataset. Not safe for use from several threads.
class FactIndex {
 public:
  // Reads the log of a dataset, seen from inside the writer's transaction.
  static absl::StatusOr<std::unique_ptr<FactIndex>> Build(Connection& connection,
                                                          const DatasetState& state,
                                                          int64_t max_facts);

  // False = the dataset is too large; the other functions must not be called.
  bool usable() const { return usable_; }

  // The newest version of a fact with this hash; 0 = there is none.
  int64_t Find(uint64_t hash) const {
    const auto it = versions_.find(hash);
    return it == versions_.end() ? 0 : it->second;
  }
  // The same for many hashes: the table is larger than any cache, so memory is asked for ahead.
  std::vector<int64_t> Find(const std::vector<uint64_t>& hashes) const;
  // Sets the newest version and returns the one it replaces (0 = none).
  int64_t Set(uint64_t hash, int64_t version);
  // Ends a transaction: what was set since the last call stays, or is taken back.
  void Keep();
  void Undo();

  static uint64_t Hash(std::string_view fact_id) { return absl::HashOf(fact_id); }
  static std::vector<uint64_t> Hash(const facts::StringValues& fact_ids);

 private:
  bool usable_ = true;
  int64_t max_facts_ = 0;
  absl::flat_hash_map<uint64_t, int64_t> versions_;
  std::vector<std::pair<uint64_t, int64_t>> journal_;  // hashes set, and what they replaced
};

}  // namespace keyscore::store
