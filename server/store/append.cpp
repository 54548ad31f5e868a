// Classifies the rows of a batch, then writes log rows, superseded versions and the batch's record.
#include "store/append.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "store/chunk_writer.h"
#include "store/known_facts.h"
#include "store/sql_builder.h"

namespace keyscore::store {
namespace {

using facts::Column;
using facts::ColumnBatch;
using facts::ColumnType;

constexpr size_t kLogColumns = 3;  // _version, _seq, _deleted

duckdb_type TypeOf(ColumnType type) {
  switch (type) {
    case ColumnType::kBool:
      return DUCKDB_TYPE_BOOLEAN;
    case ColumnType::kInt64:
      return DUCKDB_TYPE_BIGINT;
    case ColumnType::kDouble:
      return DUCKDB_TYPE_DOUBLE;
    case ColumnType::kString:
      return DUCKDB_TYPE_VARCHAR;
    case ColumnType::kTimestamp:
      return DUCKDB_TYPE_TIMESTAMP;
  }
  return DUCKDB_TYPE_VARCHAR;
}

absl::Status CheckColumns(const ColumnBatch& batch, const facts::DatasetSchema& schema) {
  if (schema.kind == facts::DatasetKind::kDerived) {
    return absl::InvalidArgumentError(
        fmt::format("dataset '{}' is computed from others; it takes no facts", schema.id));
  }
  const Column* ids = batch.FindColumn("fact_id");
  if (ids == nullptr || !std::holds_alternative<facts::StringValues>(ids->values)) {
    return absl::InvalidArgumentError("a batch needs the string column fact_id");
  }
  const bool upsert = batch.operation == facts::Operation::kUpsert;
  bool same = !upsert || batch.columns.size() == schema.columns.size();
  for (size_t i = 0; i < batch.columns.size() && same && upsert; ++i) {
    same = batch.columns[i].name == schema.columns[i].name &&
           batch.columns[i].type == schema.columns[i].type;
  }
  if (!same) {
    return absl::InvalidArgumentError(fmt::format(
        "the batch's columns are not those of dataset '{}' in its order; validate it first",
        schema.id));
  }
  return absl::OkStatus();
}

// What becomes of the batch's rows.
struct Plan {
  std::vector<size_t> rows;         // to be written, in the batch's order
  std::vector<int64_t> superseded;  // versions that are current no more
  AppendResult counts;
};

Plan MakePlan(const ColumnBatch& batch, const std::vector<KnownFact>& known) {
  Plan plan;
  plan.rows.reserve(batch.row_count);
  const bool deletion = batch.operation == facts::Operation::kDelete;
  for (size_t row = 0; row < batch.row_count; ++row) {
    const KnownFact& fact = known[row];
    const bool there = fact.version != 0 && !fact.deleted;
    if (deletion && !there) {
      ++plan.counts.unknown_deletes;
      continue;
    }
    if (!deletion && there && fact.equal) {
      ++plan.counts.replayed;
      continue;
    }
    ++(deletion ? plan.counts.deleted : there ? plan.counts.updated : plan.counts.inserted);
    plan.rows.push_back(row);
    if (fact.version != 0) plan.superseded.push_back(fact.version);
  }
  return plan;
}

// Rows are in order, so that they are all of a range if there are as many as it has.
bool IsRange(absl::Span<const size_t> rows) { return rows.back() - rows.front() < rows.size(); }

template <typename From, typename To>
void CopyValues(const std::vector<From>& values, absl::Span<const size_t> rows, To* out) {
  if (IsRange(rows)) {
    std::copy_n(values.begin() + static_cast<ptrdiff_t>(rows.front()), rows.size(), out);
    return;
  }
  for (size_t i = 0; i < rows.size(); ++i) out[i] = static_cast<To>(values[rows[i]]);
}

bool AllValid(const Column& column, absl::Span<const size_t> rows) {
  if (column.valid.empty()) return true;
  const uint8_t* const valid = column.valid.data() + rows.front();
  return std::memchr(valid, 0, rows.back() - rows.front() + 1) == nullptr;
}

// Writes the rows' values of one column to the chunk's places 0, 1, ….
void WriteColumn(const Column& column, absl::Span<const size_t> rows, size_t target,
                 ChunkWriter& writer) {
  switch (column.type) {
    case ColumnType::kBool:
      CopyValues(std::get<std::vector<uint8_t>>(column.values), rows, writer.Data<bool>(target));
      break;
    case ColumnType::kInt64:
    case ColumnType::kTimestamp:
      CopyValues(std::get<std::vector<int64_t>>(column.values), rows, writer.Data<int64_t>(target));
      break;
    case ColumnType::kDouble:
      CopyValues(std::get<std::vector<double>>(column.values), rows, writer.Data<double>(target));
      break;
    case ColumnType::kString: {
      const auto& values = std::get<facts::StringValues>(column.values);
      for (size_t i = 0; i < rows.size(); ++i) writer.SetText(target, i, values[rows[i]]);
      break;
    }
  }
  if (AllValid(column, rows)) return;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!column.IsValid(rows[i])) writer.SetNull(target, i);
  }
}

absl::Status WriteLog(const ColumnBatch& batch, const Plan& plan, const DatasetState& state,
                      int64_t seq, Connection& connection) {
  std::vector<duckdb_type> types = {DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_BOOLEAN};
  const bool deletion = batch.operation == facts::Operation::kDelete;
  std::vector<const Column*> columns;
  for (const facts::ColumnSchema& column : state.schema.columns) {
    types.push_back(TypeOf(column.type));
    columns.push_back(!deletion || column.name == "fact_id" ? batch.FindColumn(column.name)
                                                            : nullptr);
  }
  ChunkWriter writer(connection, LogName(state.schema.id), types);
  int64_t version = state.version_count;
  absl::Span<const size_t> left = plan.rows;
  while (!left.empty()) {
    const absl::Span<const size_t> rows = left.subspan(0, writer.NextRows(left.size()));
    left.remove_prefix(rows.size());
    std::iota(writer.Data<int64_t>(0), writer.Data<int64_t>(0) + rows.size(), version + 1);
    std::fill_n(writer.Data<int64_t>(1), rows.size(), seq);
    std::fill_n(writer.Data<bool>(2), rows.size(), deletion);
    version += static_cast<int64_t>(rows.size());
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] != nullptr) {
        WriteColumn(*columns[i], rows, kLogColumns + i, writer);
      } else {
        writer.SetNulls(kLogColumns + i, rows.size());
      }
    }
  }
  return writer.Close();
}

absl::Status WriteSuperseded(const Plan& plan, const std::string& dataset, int64_t seq,
                             Connection& connection) {
  if (plan.superseded.empty()) return absl::OkStatus();
  ChunkWriter writer(connection, SupersededName(dataset), {DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_BIGINT});
  for (const int64_t version : plan.superseded) {
    const size_t at = writer.NextRow();
    writer.Set<int64_t>(0, at, version);
    writer.Set<int64_t>(1, at, seq);
  }
  return writer.Close();
}

// Enters the written rows in the index; finds a fact_id that stands twice in the batch on the way.
absl::Status IndexRows(const ColumnBatch& batch, const std::vector<uint64_t>& hashes,
                       const Plan& plan, const DatasetState& state, FactIndex& index) {
  const auto& ids = std::get<facts::StringValues>(batch.FindColumn("fact_id")->values);
  int64_t version = state.version_count;
  bool suspicious = !index.usable();
  for (const size_t row : plan.rows) {
    const int64_t replaced = index.Set(hashes[row], ++version);
    suspicious |= replaced > state.version_count;
  }
  if (!suspicious) return absl::OkStatus();
  absl::flat_hash_set<std::string_view> seen;
  for (const size_t row : plan.rows) {
    if (!seen.insert(ids[row]).second) {
      return absl::InvalidArgumentError(
          fmt::format("fact_id '{}' stands twice in the batch; send one version", ids[row]));
    }
  }
  return absl::OkStatus();
}

int64_t CountUnattributed(const ColumnBatch& batch, const Plan& plan) {
  const Column* account = batch.FindColumn("account_id");
  const Column* manager = batch.FindColumn("manager_id");
  if (batch.operation == facts::Operation::kDelete || account == nullptr || manager == nullptr) {
    return 0;
  }
  return std::count_if(plan.rows.begin(), plan.rows.end(),
                       [&](size_t row) { return account->IsValid(row) && !manager->IsValid(row); });
}

absl::Status WriteBatchRecord(const Plan& plan, const DatasetState& state, int64_t seq,
                              int64_t recorded_micros, int64_t unattributed,
                              Connection& connection) {
  const auto count = [](size_t rows) { return static_cast<int64_t>(rows); };
  return connection
      .Query("INSERT INTO batch VALUES (?, ?, make_timestamp(?::BIGINT), ?, ?, ?, ?, ?)",
             {seq, state.schema.id, recorded_micros, count(plan.counts.inserted),
              count(plan.counts.updated), count(plan.counts.deleted), count(plan.superseded.size()),
              unattributed})
      .status();
}

}  // namespace

absl::StatusOr<AppendResult> AppendBatch(const ColumnBatch& batch, WriteSession& session) {
  Catalog& catalog = session.catalog();
  const auto it = catalog.datasets.find(batch.dataset);
  if (it == catalog.datasets.end()) {
    return absl::NotFoundError(fmt::format("there is no dataset '{}'", batch.dataset));
  }
  const DatasetState& state = *it->second;
  if (absl::Status columns = CheckColumns(batch, state.schema); !columns.ok()) return columns;

  const std::vector<uint64_t> hashes =
      FactIndex::Hash(std::get<facts::StringValues>(batch.FindColumn("fact_id")->values));
  absl::StatusOr<std::vector<KnownFact>> known = FindKnownFacts(batch, hashes, state, session);
  if (!known.ok()) return known.status();
  Plan plan = MakePlan(batch, *known);
  plan.counts.watermark = catalog.watermark;
  plan.counts.recorded_at = FromMicros(catalog.last_recorded_micros);
  if (plan.rows.empty()) return plan.counts;

  absl::StatusOr<FactIndex*> index = session.IndexOf(state);
  if (!index.ok()) return index.status();
  const int64_t seq = catalog.watermark + 1;
  const int64_t recorded = std::max(ToMicros(absl::Now()), catalog.last_recorded_micros + 1);
  const int64_t unattributed = CountUnattributed(batch, plan);
  Connection& connection = session.connection();
  absl::Status status = IndexRows(batch, hashes, plan, state, **index);
  if (status.ok()) status = WriteLog(batch, plan, state, seq, connection);
  if (status.ok()) status = WriteSuperseded(plan, state.schema.id, seq, connection);
  if (status.ok()) {
    status = WriteBatchRecord(plan, state, seq, recorded, unattributed, connection);
  }
  if (!status.ok()) return status;

  plan.counts.watermark = seq;
  plan.counts.recorded_at = FromMicros(recorded);
  DatasetState next = state;
  next.version_count += static_cast<int64_t>(plan.rows.size());
  next.superseded_count += static_cast<int64_t>(plan.superseded.size());
  next.fact_count +=
      static_cast<int64_t>(plan.counts.inserted) - static_cast<int64_t>(plan.counts.deleted);
  next.unattributed_count += unattributed;
  next.watermark = seq;
  catalog.datasets[batch.dataset] = std::make_shared<const DatasetState>(std::move(next));
  catalog.watermark = seq;
  catalog.last_recorded_micros = recorded;
  return plan.counts;
}

}  // namespace keyscore::store
