// Schemas of datasets: what columns a fact has, what values they may hold, and what they refer to.
//
// A schema is a plain value. The built-in ones stand in builtin_datasets.h; an admin or a plugin
// declares more at run time. Every dataset has the four leading columns of kKeyColumns without
// declaring them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace keyscore::facts {

enum class ColumnType { kBool, kInt64, kDouble, kString, kTimestamp };

// "BOOL", "INT64", "DOUBLE", "STRING", "TIMESTAMP".
std::string_view ColumnTypeName(ColumnType type);

// A column holds UTF-8 text of at most this many bytes.
inline constexpr size_t kMaxStringBytes = 65'536;
// Ids (of facts, accounts, managers, …) are shorter, so that they fit a resource name.
inline constexpr size_t kMaxIdBytes = 256;

struct ColumnSchema {
  std::string name;  // snake_case
  ColumnType type = ColumnType::kString;
  bool nullable = false;
  std::string description;
  std::string references;                   // dataset whose key (its own id) this column holds
  std::vector<std::string> allowed_values;  // strings only; empty = any text
  std::optional<double> minimum;            // numbers only, inclusive
  std::optional<double> maximum;
};

enum class DatasetKind {
  kEvents,     // facts about accounts or managers
  kDirectory,  // account, manager, team, contact, ownership
  kDerived,    // computed by the store from others (book); can't be appended to
};

struct DatasetSchema {
  std::string id;  // built-in: snake_case; others: library.name
  std::string title;
  std::string description;
  std::string occurred_at_meaning;
  DatasetKind kind = DatasetKind::kEvents;
  std::string declared_by;  // "builtin", "admin", or "plugins/{id}"
  // fact_id, account_id, manager_id, occurred_at first, then the dataset's own. For a directory
  // dataset, key_column names the column that identifies what the row describes (account_id, …).
  std::string key_column = "fact_id";
  std::vector<ColumnSchema> columns;

  const ColumnSchema* FindColumn(std::string_view name) const;
};

// The leading columns that every dataset has: fact_id (string), account_id and manager_id (string,
// nullable, but a fact needs one of the two unless the dataset is a directory), occurred_at.
std::vector<ColumnSchema> KeyColumns();

// Checks a declared schema: ids and column names (snake_case, at most 63 characters, no reserved
// word), no column twice, ranges on numbers only, limits (at most 100 columns, 1,000 allowed
// values). INVALID_ARGUMENT names every fault found, not only the first.
absl::Status ValidateSchema(const DatasetSchema& schema);

}  // namespace keyscore::facts
