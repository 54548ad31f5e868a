// Columns of result chunks into columns of batches, without a detour through text.
#include "cli/import/sender.h"

#include <numeric>

#include <fmt/format.h>

#include "absl/cleanup/cleanup.h"
#include "absl/hash/hash.h"

namespace keyscore::cli {
namespace {

// A batch is sent when it has grown to this, however few rows it holds; messages may have 64 MiB.
constexpr size_t kMaxBatchBytes = 16 << 20;

// The columns of the statement before those that are sent.
constexpr size_t kRowidColumn = 0;
constexpr size_t kFaultColumn = 1;
constexpr size_t kFirstSent = 2;

// Two independent hashes; that two ids share both is less likely than a broken disk.
std::pair<size_t, size_t> Fingerprint(std::string_view id) {
  const std::string text(id);
  return {absl::HashOf(text), absl::HashOf(text, 0x9E3779B97F4A7C15ull)};
}

}  // namespace

Sender::Sender(const v1::Dataset& dataset, const ImportStatement& statement, size_t batch_rows,
               bool refuse_batch, client::FactWriter* writer,
               absl::flat_hash_set<std::pair<size_t, size_t>>* fact_ids,
               std::function<void(int64_t)> progress)
    : dataset_(dataset),
      statement_(statement),
      batch_rows_(batch_rows),
      refuse_batch_(refuse_batch),
      writer_(writer),
      fact_ids_(fact_ids),
      progress_(std::move(progress)) {
  for (const SentColumn& column : statement.columns) {
    builders_.emplace_back(column.name, column.type);
  }
}

absl::Status Sender::Run(store::Connection& connection) {
  duckdb_prepared_statement prepared = nullptr;
  const absl::Cleanup drop = [&prepared] { duckdb_destroy_prepare(&prepared); };
  if (duckdb_prepare(connection.handle(), statement_.select.c_str(), &prepared) == DuckDBError) {
    return store::StatusFromDuckDb(DUCKDB_ERROR_BINDER, duckdb_prepare_error(prepared));
  }
  // Streaming, so that a large import is never in memory a second time.
  duckdb_result result{};
  const absl::Cleanup destroy = [&result] { duckdb_destroy_result(&result); };
  if (duckdb_execute_prepared_streaming(prepared, &result) == DuckDBError) {
    return store::StatusFromDuckDb(duckdb_result_error_type(&result), duckdb_result_error(&result));
  }
  while (duckdb_data_chunk handle = duckdb_fetch_chunk(result)) {
    const store::Chunk chunk(handle);
    if (chunk.size() == 0) break;
    if (auto status = AddChunk(chunk); !status.ok()) return status;
  }
  if (const char* fault = duckdb_result_error(&result); fault != nullptr && *fault != '\0') {
    return store::StatusFromDuckDb(duckdb_result_error_type(&result), fault);
  }
  if (auto status = Flush(); !status.ok()) return status;
  return writer_->Finish();
}

void Sender::Reject(const store::Chunk& chunk, size_t row, const std::string& column,
                    const std::string& reason) {
  const size_t id = kFirstSent + statement_.fact_id_column;
  result_.rejects.push_back(
      {.rowid = chunk.IsNull(kRowidColumn, row) ? -1 : chunk.Int64(kRowidColumn, row),
       .fact_id = chunk.IsNull(id, row) ? "" : std::string(chunk.String(id, row)),
       .column = column,
       .reason = reason});
  ++result_.rejected;
  faulty_ = true;
}

absl::Status Sender::AddChunk(const store::Chunk& chunk) {
  const size_t id_column = kFirstSent + statement_.fact_id_column;
  const int32_t* faults = chunk.Data<int32_t>(kFaultColumn);
  std::vector<size_t> good;
  for (size_t next = 0; next < chunk.size();) {
    good.clear();
    // No further than to the end of the batch.
    for (; next < chunk.size() && seen_ < batch_rows_; ++next, ++seen_) {
      ++result_.read;
      if (faults[next] != 0) {
        const RowFault& fault = statement_.faults[static_cast<size_t>(faults[next]) - 1];
        Reject(chunk, next, fault.column, fault.reason);
      } else if (!fact_ids_->insert(Fingerprint(chunk.String(id_column, next))).second) {
        Reject(chunk, next, "fact_id", "this fact_id stands earlier in the same import");
      } else {
        good.push_back(next);
        rowids_.push_back(chunk.IsNull(kRowidColumn, next) ? -1 : chunk.Int64(kRowidColumn, next));
      }
    }
    size_t bytes = 0;
    for (size_t i = 0; i < builders_.size(); ++i) {
      AddCells(chunk, i, good);
      bytes += builders_[i].bytes();
    }
    if (seen_ >= batch_rows_ || bytes >= kMaxBatchBytes) {
      if (auto status = Flush(); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

void Sender::AddCells(const store::Chunk& chunk, size_t column, const std::vector<size_t>& rows) {
  client::FactColumnBuilder& builder = builders_[column];
  const size_t from = kFirstSent + column;
  const auto each = [&](const auto& add) {
    for (const size_t row : rows) {
      if (chunk.IsNull(from, row)) {
        builder.AddNull();
      } else {
        add(row);
      }
    }
  };
  switch (builder.type()) {
    case v1::DatasetColumn::TYPE_BOOL:
      return each([&](size_t row) { builder.AddBool(chunk.Bool(from, row)); });
    case v1::DatasetColumn::TYPE_INT64:
      return each([&](size_t row) { builder.AddInt64(chunk.Int64(from, row)); });
    case v1::DatasetColumn::TYPE_DOUBLE:
      return each([&](size_t row) { builder.AddDouble(chunk.Double(from, row)); });
    case v1::DatasetColumn::TYPE_TIMESTAMP:
      return each([&](size_t row) { builder.AddTimestamp(chunk.Int64(from, row)); });
    default:
      return each([&](size_t row) { builder.AddString(chunk.String(from, row)); });
  }
}

absl::Status Sender::Flush() {
  const bool faulty = std::exchange(faulty_, false);
  seen_ = 0;
  if (rowids_.empty()) return absl::OkStatus();
  std::vector<int64_t> rowids = std::exchange(rowids_, {});
  if (faulty && refuse_batch_) {
    // The server would refuse it for these rows, had it seen them.
    for (client::FactColumnBuilder& builder : builders_) builder.Take();
    result_.refused += static_cast<int64_t>(rowids.size());
    return absl::OkStatus();
  }
  v1::AppendFactsRequest batch;
  batch.set_dataset(dataset_.name());
  batch.set_operation(v1::AppendFactsRequest::OPERATION_UPSERT);
  batch.set_row_count(static_cast<uint32_t>(rowids.size()));
  for (client::FactColumnBuilder& builder : builders_) *batch.add_columns() = builder.Take();
  return writer_->Write(std::move(batch),
                        [this, rowids = std::move(rowids)](const v1::AppendFactsRequest& sent,
                                                           const v1::AppendFactsResponse& got) {
                          Confirmed(sent, got, rowids);
                        });
}

void Sender::Confirmed(const v1::AppendFactsRequest& batch, const v1::AppendFactsResponse& response,
                       const std::vector<int64_t>& rowids) {
  result_.inserted += response.rows_inserted();
  result_.updated += response.rows_updated();
  result_.replayed += response.rows_replayed();
  result_.rejected += response.rows_rejected();
  result_.unexplained += response.rows_rejected() - response.rejects_size();
  if (response.batches_refused() > 0) {
    result_.refused += static_cast<int64_t>(rowids.size()) - response.rows_rejected();
  }
  if (response.rejects_size() > 0) {
    const v1::StringValues& ids =
        batch.columns(static_cast<int>(statement_.fact_id_column)).strings();
    std::vector<size_t> starts(static_cast<size_t>(ids.lengths_size()) + 1, 0);
    std::partial_sum(ids.lengths().begin(), ids.lengths().end(), starts.begin() + 1);
    for (const v1::RowReject& reject : response.rejects()) {
      const size_t row = reject.row();
      if (row >= rowids.size()) continue;
      result_.rejects.push_back(
          {.rowid = rowids[row],
           .fact_id = ids.data().substr(starts[row], starts[row + 1] - starts[row]),
           .column = reject.column(),
           .reason = reject.reason()});
    }
  }
  progress_(result_.read);
}

}  // namespace keyscore::cli
