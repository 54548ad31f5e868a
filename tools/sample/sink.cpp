// DuckDB's C API behind Sink.
#include "sample/sink.h"

#include <duckdb.h>

#include <numeric>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "fmt/format.h"

namespace keyscore::sample {

struct Sink::Handles {
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  std::array<duckdb_appender, kDatasetCount> appenders{};

  ~Handles() {
    for (duckdb_appender& appender : appenders) {
      if (appender != nullptr) duckdb_appender_destroy(&appender);
    }
    if (connection != nullptr) duckdb_disconnect(&connection);
    if (database != nullptr) duckdb_close(&database);
  }
};

namespace {

std::string Quoted(const std::filesystem::path& path) {
  return absl::StrCat("'", absl::StrReplaceAll(path.string(), {{"'", "''"}}), "'");
}

duckdb_state Append(duckdb_appender appender, const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::kNull:
      return duckdb_append_null(appender);
    case Cell::Kind::kBool:
      return duckdb_append_bool(appender, cell.integer != 0);
    case Cell::Kind::kInteger:
      return duckdb_append_int64(appender, cell.integer);
    case Cell::Kind::kNumber:
      return duckdb_append_double(appender, cell.number);
    case Cell::Kind::kText:
      return duckdb_append_varchar_length(appender, cell.text.data(), cell.text.size());
    case Cell::Kind::kInstant:
      return duckdb_append_timestamp(appender, duckdb_timestamp{cell.integer});
  }
  return DuckDBError;
}

}  // namespace

Sink::Sink(std::filesystem::path folder)
    : folder_(std::move(folder)), scratch_(folder_ / ".scratch.duckdb") {}

Sink::~Sink() {
  handles_.reset();
  std::error_code ignored;
  std::filesystem::remove(scratch_, ignored);
  std::filesystem::remove(scratch_.string() + ".wal", ignored);
  std::filesystem::remove_all(scratch_.string() + ".tmp", ignored);
}

absl::StatusOr<std::unique_ptr<Sink>> Sink::Open(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("--out: can't make the folder ", folder.string(), ": ", error.message()));
  }
  std::unique_ptr<Sink> sink(new Sink(folder));
  std::filesystem::remove(sink->scratch_, error);
  if (absl::Status started = sink->Start(); !started.ok()) return started;
  return sink;
}

absl::Status Sink::Start() {
  handles_ = std::make_unique<Handles>();
  char* message = nullptr;
  if (duckdb_open_ext(scratch_.c_str(), &handles_->database, nullptr, &message) != DuckDBSuccess) {
    absl::Status status = absl::FailedPreconditionError(
        absl::StrCat("--out: can't write there: ", message == nullptr ? "unknown" : message));
    duckdb_free(message);
    return status;
  }
  if (duckdb_connect(handles_->database, &handles_->connection) != DuckDBSuccess) {
    return absl::InternalError("DuckDB gives no connection");
  }
  // One thread and a fixed order, so that equal rows make equal files.
  if (absl::Status status = Run("SET threads = 1; SET memory_limit = '1GB'"); !status.ok()) {
    return status;
  }
  for (size_t i = 0; i < kDatasetCount; ++i) {
    absl::Status status = Run(fmt::format(
        "CREATE TABLE {} (fact_id VARCHAR NOT NULL, account_id VARCHAR, manager_id VARCHAR, "
        "occurred_at TIMESTAMP NOT NULL, {})",
        kDatasets[i].name, kDatasets[i].columns));
    if (!status.ok()) return status;
    if (duckdb_appender_create(handles_->connection, nullptr,
                               std::string(kDatasets[i].name).c_str(),
                               &handles_->appenders[i]) != DuckDBSuccess) {
      return absl::InternalError(fmt::format("no appender for {}", kDatasets[i].name));
    }
  }
  return absl::OkStatus();
}

absl::Status Sink::Run(const std::string& sql) {
  duckdb_result result;
  absl::Status status;
  if (duckdb_query(handles_->connection, sql.c_str(), &result) != DuckDBSuccess) {
    status = absl::InternalError(duckdb_result_error(&result));
  }
  duckdb_destroy_result(&result);
  return status;
}

void Sink::Add(Dataset dataset, std::initializer_list<Cell> cells) {
  if (!status_.ok()) return;
  const size_t index = static_cast<size_t>(dataset);
  duckdb_appender appender = handles_->appenders[index];
  bool ok = true;
  for (const Cell& cell : cells) {
    ok = ok && Append(appender, cell) == DuckDBSuccess;
  }
  if (!ok || duckdb_appender_end_row(appender) != DuckDBSuccess) {
    const char* reason = duckdb_appender_error(appender);
    status_ = absl::InternalError(
        fmt::format("{}: {}", kDatasets[index].name, reason == nullptr ? "wrong row" : reason));
    return;
  }
  ++rows_[index];
}

int64_t Sink::total_rows() const { return std::accumulate(rows_.begin(), rows_.end(), int64_t{0}); }

absl::Status Sink::Flush() {
  if (!status_.ok()) return status_;
  for (size_t i = 0; i < kDatasetCount; ++i) {
    if (duckdb_appender_flush(handles_->appenders[i]) != DuckDBSuccess) {
      return absl::InternalError(duckdb_appender_error(handles_->appenders[i]));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<double> Sink::Ask(const std::string& sql) {
  if (absl::Status status = Flush(); !status.ok()) return status;
  duckdb_result result;
  if (duckdb_query(handles_->connection, sql.c_str(), &result) != DuckDBSuccess) {
    absl::Status status = absl::InternalError(duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    return status;
  }
  const double value = duckdb_value_double(&result, 0, 0);
  duckdb_destroy_result(&result);
  return value;
}

absl::Status Sink::Finish(Format format) {
  if (absl::Status status = Flush(); !status.ok()) return status;
  for (const DatasetTable& dataset : kDatasets) {
    const std::string_view suffix = format == Format::kParquet ? "parquet" : "csv";
    const std::string_view options =
        format == Format::kParquet ? "FORMAT parquet, COMPRESSION zstd"
                                   : "FORMAT csv, HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ'";
    absl::Status status = Run(fmt::format(
        "COPY (SELECT * FROM {} ORDER BY occurred_at, fact_id) TO {} ({})", dataset.name,
        Quoted(folder_ / fmt::format("{}.{}", dataset.name, suffix)), options));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace keyscore::sample
