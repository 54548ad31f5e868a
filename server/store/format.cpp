// Creating and reading the fixed tables.
#include "store/format.h"

#include <fmt/format.h>

#include "store/schema_json.h"
#include "store/sql_builder.h"

namespace keyscore::store {
namespace {

constexpr char kCreateTables[] = R"sql(
BEGIN;
CREATE TABLE format (version BIGINT NOT NULL);
CREATE TABLE dataset_revision (
  id VARCHAR NOT NULL, revision BIGINT NOT NULL, defined_at TIMESTAMP NOT NULL,
  schema VARCHAR NOT NULL);
CREATE TABLE batch (
  seq BIGINT NOT NULL, dataset VARCHAR NOT NULL, recorded_at TIMESTAMP NOT NULL,
  inserted BIGINT NOT NULL, updated BIGINT NOT NULL, deleted BIGINT NOT NULL,
  superseded BIGINT NOT NULL, unattributed BIGINT NOT NULL);
CREATE TABLE config_revision (
  kind VARCHAR NOT NULL, id VARCHAR NOT NULL, revision BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL, author VARCHAR NOT NULL, payload BLOB NOT NULL,
  deleted BOOLEAN NOT NULL);
INSERT INTO format VALUES ({});
COMMIT;
)sql";

absl::StatusOr<int64_t> CountTables(Connection& connection, const std::string& name) {
  absl::StatusOr<Result> result = connection.Query(
      "SELECT count(*) FROM duckdb_tables() WHERE NOT internal AND database_name = "
      "current_database() AND (? = '' OR (schema_name = 'main' AND table_name = ?))",
      {name, name});
  if (!result.ok()) return result.status();
  return result->FirstInt64();
}

absl::Status LoadSchemas(Connection& connection,
                         absl::btree_map<std::string, DatasetState>& states) {
  absl::StatusOr<Result> result = connection.Query(
      "SELECT id, revision, schema FROM dataset_revision "
      "QUALIFY row_number() OVER (PARTITION BY id ORDER BY revision DESC) = 1");
  if (!result.ok()) return result.status();
  absl::Status status;
  result->ForEachChunk([&](const Chunk& chunk) {
    for (size_t row = 0; row < chunk.size(); ++row) {
      auto schema = SchemaFromJson(std::string(chunk.String(2, row)));
      if (!schema.ok()) {
        status.Update(schema.status());
        continue;
      }
      DatasetState& state = states[std::string(chunk.String(0, row))];
      state.schema_revision = chunk.Int64(1, row);
      state.schema = *std::move(schema);
    }
  });
  return status;
}

absl::Status LoadCounts(Connection& connection, absl::btree_map<std::string, DatasetState>& states,
                        Catalog& catalog) {
  absl::StatusOr<Result> result = connection.Query(
      "SELECT dataset, max(seq), epoch_us(max(recorded_at)), sum(inserted)::BIGINT, "
      "sum(updated)::BIGINT, sum(deleted)::BIGINT, sum(superseded)::BIGINT, "
      "sum(unattributed)::BIGINT FROM batch GROUP BY dataset");
  if (!result.ok()) return result.status();
  absl::Status status;
  result->ForEachChunk([&](const Chunk& chunk) {
    for (size_t row = 0; row < chunk.size(); ++row) {
      const std::string dataset(chunk.String(0, row));
      const auto it = states.find(dataset);
      if (it == states.end()) {
        status.Update(absl::DataLossError(
            fmt::format("the store has batches of dataset '{}' but no schema of it", dataset)));
        continue;
      }
      const int64_t inserted = chunk.Int64(3, row), updated = chunk.Int64(4, row),
                    deleted = chunk.Int64(5, row);
      it->second.watermark = chunk.Int64(1, row);
      it->second.version_count = inserted + updated + deleted;
      it->second.fact_count = inserted - deleted;
      it->second.superseded_count = chunk.Int64(6, row);
      it->second.unattributed_count = chunk.Int64(7, row);
      catalog.watermark = std::max(catalog.watermark, chunk.Int64(1, row));
      catalog.last_recorded_micros = std::max(catalog.last_recorded_micros, chunk.Int64(2, row));
    }
  });
  return status;
}

absl::Status CheckCounts(Connection& connection, const DatasetState& state) {
  if (state.schema.kind == facts::DatasetKind::kDerived) return absl::OkStatus();
  absl::StatusOr<Result> rows =
      connection.Query(fmt::format("SELECT count(*) FROM {}", LogTable(state.schema.id)));
  if (!rows.ok()) {
    return absl::DataLossError(fmt::format("the log of dataset '{}' cannot be read: {}",
                                           state.schema.id, MessageOf(rows.status())));
  }
  if (const int64_t found = rows->FirstInt64(); found != state.version_count) {
    return absl::DataLossError(
        fmt::format("the log of dataset '{}' has {} rows, its batches wrote {}: the file was "
                    "changed by something else or is damaged; restore a backup",
                    state.schema.id, found, state.version_count));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareFormat(Connection& connection) {
  absl::StatusOr<int64_t> format_tables = CountTables(connection, "format");
  if (!format_tables.ok()) return format_tables.status();
  if (*format_tables == 0) {
    absl::StatusOr<int64_t> tables = CountTables(connection, "");
    if (!tables.ok()) return tables.status();
    if (*tables != 0) {
      return absl::DataLossError(
          fmt::format("the file holds {} tables of something else, it is no Keyscore store; give "
                      "another path",
                      *tables));
    }
    return connection.Execute(fmt::format(kCreateTables, kFormatVersion));
  }
  absl::StatusOr<Result> version = connection.Query("SELECT max(version)::BIGINT FROM format");
  if (!version.ok()) {
    return absl::DataLossError(
        fmt::format("the store's format version cannot be read: {}", MessageOf(version.status())));
  }
  const int64_t found = version->FirstInt64();
  if (found > kFormatVersion) {
    return absl::FailedPreconditionError(
        fmt::format("the store has format version {}, this program knows up to {}; use a newer "
                    "Keyscore",
                    found, kFormatVersion));
  }
  if (found < 1) return absl::DataLossError("the store's format version is missing");
  return absl::OkStatus();
}

absl::StatusOr<Catalog> LoadCatalog(Connection& connection) {
  Catalog catalog;
  absl::btree_map<std::string, DatasetState> states;
  absl::Status status = LoadSchemas(connection, states);
  if (status.ok()) status = LoadCounts(connection, states, catalog);
  if (!status.ok()) return status;
  for (auto& [id, state] : states) {
    if (absl::Status counts = CheckCounts(connection, state); !counts.ok()) return counts;
    catalog.datasets[id] = std::make_shared<const DatasetState>(std::move(state));
  }
  return catalog;
}

std::string CreateDatasetSql(const facts::DatasetSchema& schema) {
  std::string columns = "_version BIGINT NOT NULL, _seq BIGINT NOT NULL, _deleted BOOLEAN NOT NULL";
  for (const facts::ColumnSchema& column : schema.columns) {
    // A deletion's row has nothing but its fact_id, so no other column is NOT NULL.
    // Every fact that refers to a row of a directory looks it up by its key: decompressing the keys
    // would take most of the time of that.
    const bool looked_up =
        schema.kind == facts::DatasetKind::kDirectory && column.name == schema.key_column;
    columns += fmt::format(", {} {}{}", QuoteName(column.name), EngineType(column.type),
                           looked_up ? " USING COMPRESSION uncompressed" : "");
  }
  return fmt::format(
      "CREATE TABLE {} ({}); CREATE TABLE {} (version BIGINT NOT NULL, by_seq BIGINT NOT NULL)",
      LogTable(schema.id), columns, SupersededTable(schema.id));
}

}  // namespace keyscore::store
