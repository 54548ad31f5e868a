// Building the index from the log.
#include "store/fact_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "store/sql_builder.h"

namespace keyscore::store {

absl::StatusOr<std::unique_ptr<FactIndex>> FactIndex::Build(Connection& connection,
                                                            const DatasetState& state,
                                                            int64_t max_facts) {
  auto index = std::make_unique<FactIndex>();
  index->max_facts_ = max_facts;
  if (state.version_count > max_facts) {
    index->usable_ = false;
    return index;
  }
  absl::StatusOr<Result> rows =
      connection.Query(fmt::format("SELECT fact_id, _version FROM {}", LogTable(state.schema.id)));
  if (!rows.ok()) return rows.status();
  index->versions_.reserve(state.version_count);
  rows->ForEachChunk([&index](const Chunk& chunk) {
    for (size_t row = 0; row < chunk.size(); ++row) {
      int64_t& version = index->versions_[Hash(chunk.String(0, row))];
      version = std::max(version, chunk.Int64(1, row));
    }
  });
  return index;
}

std::vector<uint64_t> FactIndex::Hash(const facts::StringValues& fact_ids) {
  std::vector<uint64_t> hashes(fact_ids.size());
  for (size_t row = 0; row < hashes.size(); ++row) hashes[row] = Hash(fact_ids[row]);
  return hashes;
}

std::vector<int64_t> FactIndex::Find(const std::vector<uint64_t>& hashes) const {
  constexpr size_t kAhead = 16;  // look-ups under way at a time
  std::vector<int64_t> versions(hashes.size());
  for (size_t row = 0; row < hashes.size(); ++row) {
    if (row + kAhead < hashes.size()) versions_.prefetch(hashes[row + kAhead]);
    versions[row] = Find(hashes[row]);
  }
  return versions;
}

int64_t FactIndex::Set(uint64_t hash, int64_t version) {
  if (!usable_) return 0;
  int64_t& newest = versions_[hash];
  const int64_t replaced = newest;
  newest = version;
  journal_.emplace_back(hash, replaced);
  return replaced;
}

void FactIndex::Keep() {
  journal_.clear();
  if (static_cast<int64_t>(versions_.size()) > max_facts_) {
    versions_ = {};
    usable_ = false;
  }
}

void FactIndex::Undo() {
  for (auto entry = journal_.rbegin(); entry != journal_.rend(); ++entry) {
    if (entry->second == 0) {
      versions_.erase(entry->first);
    } else {
      versions_[entry->first] = entry->second;
    }
  }
  journal_.clear();
}

}  // namespace keyscore::store
