// Looks facts up by the version that the index names; by fact_id where the index can't tell.
#include "store/known_facts.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "store/chunk_writer.h"
#include "store/sql_builder.h"

namespace keyscore::store {
namespace {

constexpr char kCreateLookup[] =
    "CREATE TEMP TABLE IF NOT EXISTS lookup (row BIGINT, version BIGINT, fact_id VARCHAR)";

struct Candidate {
  size_t row;
  int64_t version;  // 0 = look up by fact_id
};

absl::Status FillLookup(Connection& connection, const std::vector<Candidate>& candidates,
                        const facts::StringValues& fact_ids) {
  if (absl::Status created = connection.Execute(kCreateLookup); !created.ok()) return created;
  if (absl::Status empty = connection.Execute("DELETE FROM temp.lookup"); !empty.ok()) return empty;
  ChunkWriter writer(connection, "lookup",
                     {DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_VARCHAR});
  for (const Candidate& candidate : candidates) {
    const size_t at = writer.NextRow();
    writer.Set<int64_t>(0, at, static_cast<int64_t>(candidate.row));
    writer.Set<int64_t>(1, at, candidate.version);
    writer.SetText(2, at, fact_ids[candidate.row]);
  }
  return writer.Close();
}

// Whether a batch's value equals a result's.
bool SameValue(const facts::Column& column, size_t row, const Chunk& chunk, size_t chunk_column,
               size_t chunk_row) {
  const bool null = chunk.IsNull(chunk_column, chunk_row);
  if (!column.IsValid(row) || null) return !column.IsValid(row) && null;
  switch (column.type) {
    case facts::ColumnType::kBool:
      return (std::get<std::vector<uint8_t>>(column.values)[row] != 0) ==
             chunk.Bool(chunk_column, chunk_row);
    case facts::ColumnType::kInt64:
    case facts::ColumnType::kTimestamp:
      return std::get<std::vector<int64_t>>(column.values)[row] ==
             chunk.Int64(chunk_column, chunk_row);
    case facts::ColumnType::kDouble:
      return std::get<std::vector<double>>(column.values)[row] ==
             chunk.Double(chunk_column, chunk_row);
    case facts::ColumnType::kString:
      return std::get<facts::StringValues>(column.values)[row] ==
             chunk.String(chunk_column, chunk_row);
  }
  return false;
}

class Lookup {
 public:
  Lookup(const facts::ColumnBatch& batch, const DatasetState& state, Connection& connection)
      : batch_(batch), state_(state), connection_(connection), known_(batch.row_count) {
    for (const facts::Column& column : batch.columns) columns_ += ", l." + QuoteName(column.name);
  }

  // Returns the candidates whose version turned out to be another fact's.
  absl::StatusOr<std::vector<Candidate>> ByVersion(const std::vector<Candidate>& candidates) {
    return Run(candidates, fmt::format("SELECT k.row, l._version, l._deleted, l.fact_id{} FROM "
                                       "temp.lookup k JOIN {} l ON l._version = k.version",
                                       columns_, LogTable(state_.schema.id)));
  }

  absl::Status ByFactId(const std::vector<Candidate>& candidates) {
    return Run(candidates,
               fmt::format("SELECT k.row, l._version, l._deleted, l.fact_id{} FROM temp.lookup k "
                           "JOIN {} l ON l.fact_id = k.fact_id "
                           "ANTI JOIN {} s ON s.version = l._version",
                           columns_, LogTable(state_.schema.id), SupersededTable(state_.schema.id)))
        .status();
  }

  std::vector<KnownFact> Take() { return std::move(known_); }

 private:
  absl::StatusOr<std::vector<Candidate>> Run(const std::vector<Candidate>& candidates,
                                             const std::string& sql) {
    const auto& ids = std::get<facts::StringValues>(batch_.FindColumn("fact_id")->values);
    if (absl::Status filled = FillLookup(connection_, candidates, ids); !filled.ok()) return filled;
    absl::StatusOr<Result> result = connection_.Query(sql);
    if (!result.ok()) return result.status();
    std::vector<Candidate> mistaken;
    result->ForEachChunk([&](const Chunk& chunk) {
      for (size_t i = 0; i < chunk.size(); ++i) {
        const size_t row = static_cast<size_t>(chunk.Int64(0, i));
        if (chunk.String(3, i) != ids[row]) {
          mistaken.push_back({row, 0});
        } else {
          known_[row] = {chunk.Int64(1, i), chunk.Bool(2, i), Same(row, chunk, i)};
        }
      }
    });
    return mistaken;
  }

  bool Same(size_t row, const Chunk& chunk, size_t chunk_row) const {
    constexpr size_t kFirstColumn = 4;
    for (size_t i = 0; i < batch_.columns.size(); ++i) {
      if (!SameValue(batch_.columns[i], row, chunk, kFirstColumn + i, chunk_row)) return false;
    }
    return true;
  }

  const facts::ColumnBatch& batch_;
  const DatasetState& state_;
  Connection& connection_;
  std::string columns_;
  std::vector<KnownFact> known_;
};

}  // namespace

absl::StatusOr<std::vector<KnownFact>> FindKnownFacts(const facts::ColumnBatch& batch,
                                                      const std::vector<uint64_t>& hashes,
                                                      const DatasetState& state,
                                                      WriteSession& session) {
  absl::StatusOr<FactIndex*> index = session.IndexOf(state);
  if (!index.ok()) return index.status();
  std::vector<Candidate> by_version, by_fact_id;
  if ((*index)->usable()) {
    const std::vector<int64_t> versions = (*index)->Find(hashes);
    for (size_t row = 0; row < versions.size(); ++row) {
      if (versions[row] != 0) by_version.push_back({row, versions[row]});
    }
  } else {
    for (size_t row = 0; row < batch.row_count; ++row) by_fact_id.push_back({row, 0});
  }
  Lookup lookup(batch, state, session.connection());
  if (!by_version.empty()) {
    absl::StatusOr<std::vector<Candidate>> mistaken = lookup.ByVersion(by_version);
    if (!mistaken.ok()) return mistaken.status();
    by_fact_id = *std::move(mistaken);
  }
  if (!by_fact_id.empty()) {
    if (absl::Status found = lookup.ByFactId(by_fact_id); !found.ok()) return found;
  }
  return lookup.Take();
}

}  // namespace keyscore::store
