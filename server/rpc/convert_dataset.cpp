// Datasets and their columns.
#include <fmt/format.h>

#include "rpc/convert.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

static_assert(static_cast<int>(facts::ColumnType::kBool) + 1 == v1::DatasetColumn::TYPE_BOOL &&
              static_cast<int>(facts::ColumnType::kDouble) + 1 == v1::DatasetColumn::TYPE_DOUBLE &&
              static_cast<int>(facts::ColumnType::kTimestamp) + 1 ==
                  v1::DatasetColumn::TYPE_TIMESTAMP);
static_assert(static_cast<int>(facts::DatasetKind::kEvents) + 1 == v1::Dataset::KIND_EVENTS &&
              static_cast<int>(facts::DatasetKind::kDerived) + 1 == v1::Dataset::KIND_DERIVED);

v1::DatasetColumn ToProto(const facts::ColumnSchema& schema) {
  v1::DatasetColumn column;
  column.set_name(schema.name);
  column.set_type(static_cast<v1::DatasetColumn::Type>(static_cast<int>(schema.type) + 1));
  column.set_nullable(schema.nullable);
  column.set_description(schema.description);
  for (const std::string& value : schema.allowed_values) column.add_allowed_values(value);
  if (schema.minimum.has_value()) column.set_minimum(*schema.minimum);
  if (schema.maximum.has_value()) column.set_maximum(*schema.maximum);
  column.set_references(MakeOptionalName("datasets", schema.references));
  return column;
}

absl::StatusOr<facts::ColumnSchema> FromProto(const std::string& field,
                                              const v1::DatasetColumn& column) {
  if (column.type() < v1::DatasetColumn::TYPE_BOOL ||
      column.type() > v1::DatasetColumn::TYPE_TIMESTAMP) {
    return InvalidField(field + ".type",
                        fmt::format("column '{}' has no known type", column.name()),
                        "INVALID_SCHEMA");
  }
  facts::ColumnSchema schema{
      .name = column.name(),
      .type = static_cast<facts::ColumnType>(column.type() - 1),
      .nullable = column.nullable(),
      .description = column.description(),
      .allowed_values = {column.allowed_values().begin(), column.allowed_values().end()}};
  if (column.has_minimum()) schema.minimum = column.minimum();
  if (column.has_maximum()) schema.maximum = column.maximum();
  if (!column.references().empty()) {
    auto id = ParseName(field + ".references", "datasets", column.references());
    if (!id.ok()) return id.status();
    schema.references = *std::move(id);
  }
  return schema;
}

}  // namespace

v1::Dataset ToProto(const facts::DatasetSchema& schema) {
  v1::Dataset dataset;
  dataset.set_name(MakeName("datasets", schema.id));
  dataset.set_title(schema.title);
  dataset.set_description(schema.description);
  dataset.set_occurred_at_meaning(schema.occurred_at_meaning);
  dataset.set_kind(static_cast<v1::Dataset::Kind>(static_cast<int>(schema.kind) + 1));
  dataset.set_declared_by(schema.declared_by);
  for (const facts::ColumnSchema& column : schema.columns) {
    *dataset.add_columns() = ToProto(column);
  }
  return dataset;
}

absl::StatusOr<facts::DatasetSchema> SchemaFromProto(const std::string& id,
                                                     const v1::Dataset& dataset) {
  if (dataset.kind() != v1::Dataset::KIND_UNSPECIFIED &&
      dataset.kind() != v1::Dataset::KIND_EVENTS) {
    return InvalidField("dataset.kind", "only datasets of events can be created; leave it out",
                        "INVALID_SCHEMA");
  }
  facts::DatasetSchema schema{.id = id,
                              .title = dataset.title().empty() ? id : dataset.title(),
                              .description = dataset.description(),
                              .occurred_at_meaning = dataset.occurred_at_meaning(),
                              .kind = facts::DatasetKind::kEvents,
                              .declared_by = "admin",
                              .columns = facts::KeyColumns()};
  for (int i = 0; i < dataset.columns_size(); ++i) {
    auto column = FromProto(fmt::format("dataset.columns[{}]", i), dataset.columns(i));
    if (!column.ok()) return column.status();
    schema.columns.push_back(*std::move(column));
  }
  return schema;
}

}  // namespace keyscore::rpc
