// Short forms to write schemas down, for the two files of built-in datasets.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "facts/schema.h"

namespace keyscore::facts {

// A column; `maybe` prefixes mean that it may be null.
inline ColumnSchema Of(ColumnType type, std::string name, std::string description) {
  return {.name = std::move(name), .type = type, .description = std::move(description)};
}
inline ColumnSchema Text(std::string name, std::string description) {
  return Of(ColumnType::kString, std::move(name), std::move(description));
}
inline ColumnSchema Flag(std::string name, std::string description) {
  return Of(ColumnType::kBool, std::move(name), std::move(description));
}
inline ColumnSchema Instant(std::string name, std::string description) {
  return Of(ColumnType::kTimestamp, std::move(name), std::move(description));
}
inline ColumnSchema Number(std::string name, std::string description,
                           std::optional<double> minimum = std::nullopt,
                           std::optional<double> maximum = std::nullopt) {
  ColumnSchema column = Of(ColumnType::kDouble, std::move(name), std::move(description));
  column.minimum = minimum;
  column.maximum = maximum;
  return column;
}
inline ColumnSchema Count(std::string name, std::string description,
                          std::optional<double> minimum = 0) {
  ColumnSchema column = Of(ColumnType::kInt64, std::move(name), std::move(description));
  column.minimum = minimum;
  return column;
}
inline ColumnSchema OneOf(std::string name, std::vector<std::string> values,
                          std::string description) {
  ColumnSchema column = Text(std::move(name), std::move(description));
  column.allowed_values = std::move(values);
  return column;
}
inline ColumnSchema Reference(std::string name, std::string dataset, std::string description) {
  ColumnSchema column = Text(std::move(name), std::move(description));
  column.references = std::move(dataset);
  return column;
}
inline ColumnSchema Maybe(ColumnSchema column) {
  column.nullable = true;
  return column;
}

// A built-in dataset of the kind: the key columns, then its own.
inline DatasetSchema Builtin(DatasetKind kind, std::string id, std::string title,
                             std::string description, std::string occurred_at_meaning,
                             std::vector<ColumnSchema> own_columns) {
  DatasetSchema schema{.id = std::move(id),
                       .title = std::move(title),
                       .description = std::move(description),
                       .occurred_at_meaning = std::move(occurred_at_meaning),
                       .kind = kind,
                       .declared_by = "builtin",
                       .columns = KeyColumns()};
  for (ColumnSchema& column : own_columns) schema.columns.push_back(std::move(column));
  return schema;
}

}  // namespace keyscore::facts
