// Holds a declared schema against the rules that keep it usable in expressions and in every engine.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "facts/schema.h"

namespace keyscore::facts {
namespace {

constexpr size_t kMaxNameLength = 63;  // PostgreSQL's limit of an identifier, the tightest we meet
constexpr size_t kMaxColumns = 100;
constexpr size_t kMaxAllowedValues = 1'000;

// Words that DuckDB or PostgreSQL would not read as a bare column name, and the two names that the
// host gives a meaning in expressions.
constexpr char kReservedWords[] =
    "all analyse analyze and any array as asc asymmetric at authorization between both case cast "
    "check collate collation column columns concurrently constraint create cross current_catalog "
    "current_date current_role current_schema current_time current_timestamp current_user default "
    "deferrable desc describe distinct do else end except exists false fetch for foreign freeze "
    "from full glob grant group having ilike in initially inner intersect interval into is isnull "
    "join lambda lateral leading left like limit localtime localtimestamp map natural not notnull "
    "null offset on only or order outer overlaps period_from period_to pivot placing positional "
    "primary qualify references returning right row select semi session_user show similar some "
    "struct summarize symmetric table tablesample then to trailing true try_cast union unique "
    "unpivot user using values variadic verbose when where window with anti asof";

std::string TypeName(ColumnType type) { return std::string(ColumnTypeName(type)); }

bool IsReserved(const std::string& word) {
  static const auto* const words =
      new absl::flat_hash_set<std::string>(absl::StrSplit(kReservedWords, ' '));
  return words->contains(word);
}

bool IsSnakeCase(const std::string& name) {
  return !name.empty() && absl::ascii_islower(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

void CheckName(const char* what, const std::string& name, std::vector<std::string>& faults) {
  if (!IsSnakeCase(name)) {
    faults.push_back(absl::StrCat(what, " '", name.substr(0, 80),
                                  "' must be snake_case: a to z, then a to z, 0 to 9 and _"));
  } else if (name.size() > kMaxNameLength) {
    faults.push_back(absl::StrCat(what, " '", name.substr(0, 80), "' has ", name.size(),
                                  " characters, at most ", kMaxNameLength, " are allowed"));
  }
}

void CheckId(const DatasetSchema& schema, std::vector<std::string>& faults) {
  const std::vector<std::string> parts = absl::StrSplit(schema.id, '.');
  const bool builtin = schema.declared_by == "builtin";
  if (builtin ? parts.size() != 1 : parts.size() != 2) {
    faults.push_back(
        absl::StrCat("dataset id '", schema.id.substr(0, 80), "' must be ",
                     builtin ? "one snake_case word" : "library.name, such as acme.health_check"));
  }
  for (const std::string& part : parts) CheckName("dataset id part", part, faults);
}

void CheckRange(const ColumnSchema& column, std::vector<std::string>& faults) {
  if (!column.minimum.has_value() && !column.maximum.has_value()) return;
  if (column.type != ColumnType::kInt64 && column.type != ColumnType::kDouble) {
    faults.push_back(absl::StrCat("column '", column.name, "' is ", TypeName(column.type),
                                  ": a minimum or maximum is for INT64 and DOUBLE only"));
  }
  const double low = column.minimum.value_or(0), high = column.maximum.value_or(low);
  if (!(low - low == 0) || !(high - high == 0)) {
    faults.push_back(
        absl::StrCat("column '", column.name, "': minimum and maximum must be finite"));
  } else if (column.minimum.has_value() && column.maximum.has_value() && low > high) {
    faults.push_back(absl::StrCat("column '", column.name, "': minimum ", low,
                                  " is greater than maximum ", high));
  }
}

void CheckAllowedValues(const ColumnSchema& column, std::vector<std::string>& faults) {
  if (column.allowed_values.empty()) return;
  if (column.type != ColumnType::kString) {
    faults.push_back(absl::StrCat("column '", column.name, "' is ", TypeName(column.type),
                                  ": allowed values are for STRING only"));
  }
  if (column.allowed_values.size() > kMaxAllowedValues) {
    faults.push_back(absl::StrCat("column '", column.name, "' lists ", column.allowed_values.size(),
                                  " allowed values, at most ", kMaxAllowedValues, " are possible"));
  }
  absl::flat_hash_set<std::string> seen;
  for (const std::string& value : column.allowed_values) {
    if (!seen.insert(value).second) {
      faults.push_back(
          absl::StrCat("column '", column.name, "' lists the allowed value '", value, "' twice"));
    }
  }
}

void CheckColumn(const DatasetSchema& schema, const ColumnSchema& column,
                 std::vector<std::string>& faults) {
  CheckName("column name", column.name, faults);
  if (IsReserved(column.name)) {
    faults.push_back(absl::StrCat("column name '", column.name,
                                  "' is reserved in SQL or in measures; choose another"));
  }
  CheckRange(column, faults);
  CheckAllowedValues(column, faults);
  if (column.references.empty()) return;
  if (column.type != ColumnType::kString) {
    faults.push_back(absl::StrCat("column '", column.name, "' refers to '", column.references,
                                  "' and must be STRING"));
  }
  // Expressions reach the referred row as `contact.seniority` through a column contact_id.
  const std::string alias(absl::StripSuffix(column.name, "_id"));
  if (alias == column.name || alias.empty()) {
    faults.push_back(absl::StrCat("column '", column.name, "' refers to '", column.references,
                                  "': its name must end in _id"));
  } else if (schema.FindColumn(alias) != nullptr) {
    faults.push_back(absl::StrCat("columns '", column.name, "' and '", alias,
                                  "' clash: expressions use '", alias,
                                  ".' for what the first refers to"));
  }
}

void CheckKeyColumns(const DatasetSchema& schema, std::vector<std::string>& faults) {
  const std::vector<ColumnSchema> keys = KeyColumns();
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i >= schema.columns.size() || schema.columns[i].name != keys[i].name) {
      faults.push_back(absl::StrCat("column ", i + 1, " must be '", keys[i].name, "'"));
    } else if (schema.columns[i].type != keys[i].type) {
      faults.push_back(
          absl::StrCat("column '", keys[i].name, "' must be ", TypeName(keys[i].type)));
    }
  }
  if (schema.FindColumn(schema.key_column) == nullptr) {
    faults.push_back(absl::StrCat("key column '", schema.key_column, "' is not among the columns"));
  }
}

}  // namespace

absl::Status ValidateSchema(const DatasetSchema& schema) {
  std::vector<std::string> faults;
  CheckId(schema, faults);
  CheckKeyColumns(schema, faults);
  if (schema.columns.size() > kMaxColumns) {
    faults.push_back(absl::StrCat("the dataset has ", schema.columns.size(), " columns, at most ",
                                  kMaxColumns, " are allowed"));
  }
  absl::flat_hash_set<std::string> names;
  for (const ColumnSchema& column : schema.columns) {
    if (!names.insert(column.name).second) {
      faults.push_back(absl::StrCat("column '", column.name, "' stands twice"));
    }
    CheckColumn(schema, column, faults);
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("dataset '", schema.id.substr(0, 80), "': ", absl::StrJoin(faults, "; ")));
}

}  // namespace keyscore::facts
