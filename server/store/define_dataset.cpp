// Compares a declared schema with the stored one and writes the difference.
#include "store/define_dataset.h"

#include <fmt/format.h>

#include <memory>

#include "store/format.h"
#include "store/schema_json.h"
#include "store/sql_builder.h"

namespace keyscore::store {
namespace {

using facts::ColumnSchema;
using facts::DatasetSchema;

// What differs about a column that both schemas have; "" = nothing but texts.
std::string Difference(const ColumnSchema& stored, const ColumnSchema& declared) {
  if (stored.name != declared.name) {
    return fmt::format("column '{}' stands where '{}' was", declared.name, stored.name);
  }
  const auto differs = [&](const char* what) {
    return fmt::format("column '{}' has another {}", stored.name, what);
  };
  if (stored.type != declared.type) return differs("type");
  if (stored.nullable != declared.nullable) return differs("nullability");
  if (stored.references != declared.references) return differs("reference");
  if (stored.allowed_values != declared.allowed_values) return differs("list of allowed values");
  if (stored.minimum != declared.minimum || stored.maximum != declared.maximum) {
    return differs("range");
  }
  return "";
}

std::string Difference(const DatasetSchema& stored, const DatasetSchema& declared) {
  if (stored.kind != declared.kind) return "its kind differs";
  if (stored.key_column != declared.key_column) return "its key column differs";
  if (stored.declared_by != declared.declared_by) {
    return fmt::format("it was declared by {}", stored.declared_by);
  }
  for (size_t i = 0; i < stored.columns.size(); ++i) {
    if (i >= declared.columns.size()) {
      return fmt::format("column '{}' is missing", stored.columns[i].name);
    }
    std::string difference = Difference(stored.columns[i], declared.columns[i]);
    if (!difference.empty()) return difference;
  }
  for (size_t i = stored.columns.size(); i < declared.columns.size(); ++i) {
    if (!declared.columns[i].nullable) {
      return fmt::format("the added column '{}' is not nullable", declared.columns[i].name);
    }
  }
  return "";
}

absl::Status WriteRevision(const DatasetSchema& schema, int64_t revision, WriteSession& session) {
  return session.connection()
      .Query("INSERT INTO dataset_revision VALUES (?, ?, make_timestamp(?::BIGINT), ?)",
             {schema.id, revision, ToMicros(absl::Now()), SchemaToJson(schema)})
      .status();
}

}  // namespace

absl::Status CheckDataset(const DatasetSchema& schema, const Catalog& catalog) {
  if (absl::Status valid = facts::ValidateSchema(schema); !valid.ok()) return valid;
  const DatasetState* stored = catalog.Find(schema.id);
  const std::string difference = stored == nullptr ? "" : Difference(stored->schema, schema);
  if (difference.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("dataset '{}' is declared differently already: {}; use another id, or add "
                  "nullable columns at the end",
                  schema.id, difference));
}

absl::Status DefineDataset(const DatasetSchema& schema, WriteSession& session) {
  if (absl::Status sound = CheckDataset(schema, session.catalog()); !sound.ok()) return sound;
  const DatasetState* stored = session.catalog().Find(schema.id);
  DatasetState next = stored == nullptr ? DatasetState() : *stored;
  const bool has_tables = schema.kind != facts::DatasetKind::kDerived;
  absl::Status status;
  if (stored == nullptr) {
    if (has_tables) status = session.connection().Execute(CreateDatasetSql(schema));
  } else {
    if (SchemaToJson(stored->schema) == SchemaToJson(schema)) return absl::OkStatus();
    for (size_t i = stored->schema.columns.size(); i < schema.columns.size() && has_tables; ++i) {
      status.Update(session.connection().Execute(
          fmt::format("ALTER TABLE {} ADD COLUMN {} {}", LogTable(schema.id),
                      QuoteName(schema.columns[i].name), EngineType(schema.columns[i].type))));
    }
  }
  ++next.schema_revision;
  if (status.ok()) status = WriteRevision(schema, next.schema_revision, session);
  if (!status.ok()) return status;
  next.schema = schema;
  session.catalog().datasets[schema.id] = std::make_shared<const DatasetState>(std::move(next));
  return absl::OkStatus();
}

}  // namespace keyscore::store
