// Plain look-ups over schemas and batches, and the columns that every dataset has.
#include "facts/schema.h"

#include <algorithm>

#include "facts/column_batch.h"

namespace keyscore::facts {

std::string_view ColumnTypeName(ColumnType type) {
  switch (type) {
    case ColumnType::kBool:
      return "BOOL";
    case ColumnType::kInt64:
      return "INT64";
    case ColumnType::kDouble:
      return "DOUBLE";
    case ColumnType::kString:
      return "STRING";
    case ColumnType::kTimestamp:
      return "TIMESTAMP";
  }
  return "UNKNOWN";
}

const ColumnSchema* DatasetSchema::FindColumn(std::string_view name) const {
  const auto it = std::find_if(columns.begin(), columns.end(),
                               [name](const ColumnSchema& column) { return column.name == name; });
  return it == columns.end() ? nullptr : &*it;
}

const Column* ColumnBatch::FindColumn(std::string_view name) const {
  const auto it = std::find_if(columns.begin(), columns.end(),
                               [name](const Column& column) { return column.name == name; });
  return it == columns.end() ? nullptr : &*it;
}

std::vector<ColumnSchema> KeyColumns() {
  return {
      {.name = "fact_id",
       .type = ColumnType::kString,
       .description = "Identifies the fact within its dataset; sent again, it is a new version."},
      {.name = "account_id",
       .type = ColumnType::kString,
       .nullable = true,
       .description = "The account that the fact is about.",
       .references = "account"},
      {.name = "manager_id",
       .type = ColumnType::kString,
       .nullable = true,
       .description = "The manager whose fact it is; without one it belongs to whoever owned the "
                      "account at occurred_at.",
       .references = "manager"},
      {.name = "occurred_at",
       .type = ColumnType::kTimestamp,
       .description = "When it happened, UTC."},
  };
}

}  // namespace keyscore::facts
