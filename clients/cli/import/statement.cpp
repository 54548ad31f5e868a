// Puts the SQL of an import together. All expressions have passed the checker by now.
#include "cli/import/statement.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "absl/strings/match.h"
#include "cli/exit_code.h"
#include "cli/import/expressions.h"
#include "cli/text/format.h"
#include "cli/text/nearest.h"

namespace keyscore::cli {
namespace {

const char* SqlType(v1::DatasetColumn::Type type) {
  switch (type) {
    case v1::DatasetColumn::TYPE_BOOL:
      return "BOOLEAN";
    case v1::DatasetColumn::TYPE_INT64:
      return "BIGINT";
    case v1::DatasetColumn::TYPE_DOUBLE:
      return "DOUBLE";
    case v1::DatasetColumn::TYPE_TIMESTAMP:
      // Dates and instants without a zone are taken in the session's, which is the mapping's.
      return "TIMESTAMP WITH TIME ZONE";
    default:
      return "VARCHAR";
  }
}

const char* TypeInWords(v1::DatasetColumn::Type type) {
  switch (type) {
    case v1::DatasetColumn::TYPE_BOOL:
      return "true or false";
    case v1::DatasetColumn::TYPE_INT64:
      return "a whole number";
    case v1::DatasetColumn::TYPE_DOUBLE:
      return "a number";
    case v1::DatasetColumn::TYPE_TIMESTAMP:
      return "a date or time like 2017-09-30 or 2017-09-30T12:00:00Z";
    default:
      return "a text";
  }
}

const v1::DatasetColumn* FindColumn(const v1::Dataset& dataset, const std::string& name) {
  for (const v1::DatasetColumn& column : dataset.columns()) {
    if (column.name() == name) return &column;
  }
  return nullptr;
}

const LoadedSource* FindLoaded(const std::vector<LoadedSource>& sources, const std::string& name) {
  for (const LoadedSource& source : sources) {
    if (source.name == name) return &source;
  }
  return nullptr;
}

// The type of the loaded column that an expression names and does nothing else with.
std::optional<std::string> PlainColumnType(const std::string& expression,
                                           const LoadedSource* from) {
  if (from == nullptr) return std::nullopt;
  for (const LoadedColumn& column : from->columns) {
    if (expression == column.name || expression == SqlName(column.name)) return column.type;
  }
  return std::nullopt;
}

std::string FromClause(const ImportSpec& import) {
  std::string from = "FROM " + SqlName(import.from);
  for (const JoinSpec& join : import.joins) {
    from +=
        fmt::format(" LEFT JOIN {} AS {} ON ({})", SqlName(join.source), SqlName(join.as), join.on);
  }
  return from;
}

std::string WhereAndGroup(const ImportSpec& import, const std::string& also = "") {
  std::string text;
  if (!import.where.empty()) text += fmt::format(" WHERE ({})", import.where);
  if (import.group_by.empty()) {
    if (!also.empty()) text += fmt::format(" {} ({})", text.empty() ? "WHERE" : "AND", also);
    return text;
  }
  std::vector<std::string> keys;
  for (const std::string& key : import.group_by) keys.push_back("(" + key + ")");
  text += fmt::format(" GROUP BY {}", fmt::join(keys, ", "));
  if (!also.empty()) text += fmt::format(" HAVING ({})", also);
  return text;
}

absl::Status CheckColumnNames(const ImportSpec& import, const Mapping& mapping,
                              const v1::Dataset& dataset) {
  std::vector<std::string> known;
  for (const v1::DatasetColumn& column : dataset.columns()) known.push_back(column.name());
  std::vector<std::string> given;
  for (const ColumnSpec& column : import.columns) {
    given.push_back(column.name);
    if (FindColumn(dataset, column.name) != nullptr) continue;
    return UsageError(fmt::format("{}: import of {}: the dataset has no column '{}'{}; it has {}",
                                  mapping.path, import.dataset, column.name,
                                  DidYouMean(column.name, known), fmt::join(known, ", ")));
  }
  for (const v1::DatasetColumn& column : dataset.columns()) {
    if (column.nullable()) continue;
    if (std::find(given.begin(), given.end(), column.name()) != given.end()) continue;
    return UsageError(
        fmt::format("{}: import of {}: the column '{}' is missing{}; the dataset "
                    "requires it",
                    mapping.path, import.dataset, column.name(), DidYouMean(column.name(), given)));
  }
  return absl::OkStatus();
}

// Binds every part by itself, to say which one doesn't fit. Called once the whole did not.
absl::Status BlamePart(const ImportSpec& import, const Mapping& mapping, const absl::Status& whole,
                       store::Connection& connection) {
  const auto blame = [&](const std::string& part, const absl::Status& status) {
    std::string text(status.message());
    text = text.substr(0, text.find("\n\nLINE"));
    for (const char* prefix : {"Binder Error: ", "Catalog Error: "}) {
      if (text.starts_with(prefix)) text.erase(0, std::string(prefix).size());
    }
    std::replace(text.begin(), text.end(), '\n', ' ');
    return UsageError(
        fmt::format("{}: import of {}: {}: {}", mapping.path, import.dataset, part, text));
  };
  ImportSpec bare = import;
  bare.where.clear();
  bare.joins.clear();
  for (const JoinSpec& join : import.joins) {
    bare.joins.push_back(join);
    const auto bound = connection.DescribeTypes("SELECT 1 " + FromClause(bare));
    if (!bound.ok()) return blame("join with " + join.as, bound.status());
  }
  const std::string from = FromClause(import);
  if (!import.where.empty()) {
    const auto bound =
        connection.DescribeTypes(fmt::format("SELECT 1 {} WHERE ({})", from, import.where));
    if (!bound.ok()) return blame("where", bound.status());
  }
  const std::string rest = WhereAndGroup(import);
  for (const ColumnSpec& column : import.columns) {
    const auto bound =
        connection.DescribeTypes(fmt::format("SELECT ({}) {}{}", column.expression, from, rest));
    if (!bound.ok()) return blame("column " + column.name, bound.status());
  }
  for (const RejectSpec& reject : import.rejects) {
    const auto bound =
        connection.DescribeTypes(fmt::format("SELECT ({}) {}{}", reject.when, from, rest));
    if (!bound.ok()) return blame(fmt::format("reject '{}'", reject.reason), bound.status());
  }
  for (const WarningSpec& warning : import.warnings) {
    const auto bound =
        connection.DescribeTypes(fmt::format("SELECT ({}) {}{}", warning.when, from, rest));
    if (!bound.ok()) return blame(fmt::format("warning '{}'", warning.message), bound.status());
  }
  return blame("the whole", whole);
}

// A join that finds two partners for a row would send that row twice.
absl::Status CheckJoins(const ImportSpec& import, const Mapping& mapping,
                        store::Connection& connection) {
  if (import.joins.empty() || !import.group_by.empty()) return absl::OkStatus();
  auto result = connection.Query(fmt::format("SELECT count(*) - count(DISTINCT {}.rowid) {}{}",
                                             SqlName(import.from), FromClause(import),
                                             WhereAndGroup(import)));
  if (!result.ok()) return result.status();
  const int64_t more = result->FirstInt64();
  if (more == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format(
      "{}: import of {}: its join finds more than one partner for some rows of {} ({} too many); "
      "join on what is unique, or group_by",
      mapping.path, import.dataset, import.from, more));
}

// Collects the parts of the SELECT while walking over the columns.
class Builder {
 public:
  Builder(const ImportSpec& import, const v1::Dataset& dataset, const LoadedSource* from)
      : import_(import), dataset_(dataset), from_(from) {}

  ImportStatement Build() {
    const bool grouped = !import_.group_by.empty();
    AddRejectRules(grouped);
    for (const ColumnSpec& column : import_.columns) AddColumn(column, grouped);
    for (const auto& [test, fault] : null_tests_) AddFault(test, fault);

    const std::string rows = fmt::format("{}{}", FromClause(import_), WhereAndGroup(import_));
    const std::string row = grouped ? "CAST(NULL AS BIGINT)" : SqlName(import_.from) + ".rowid";
    std::string source = rows;
    if (grouped) {
      // Aggregates first, by themselves: what TRY() is put around afterwards are plain columns.
      source = fmt::format("FROM (SELECT {} {})", fmt::join(grouped_, ", "), rows);
    }
    const std::string inner =
        fmt::format("SELECT {} AS row_, {} {}", row, fmt::join(inner_, ", "), source);
    statement_.select = fmt::format(
        "SELECT row_, CAST({} AS INTEGER), {} FROM ({})",
        cases_.empty() ? "0" : fmt::format("CASE {} ELSE 0 END", fmt::join(cases_, " ")),
        fmt::join(outer_, ", "), inner);
    statement_.count = fmt::format("SELECT count(*) FROM (SELECT 1 {})", rows);
    AddWarnings();
    return std::move(statement_);
  }

 private:
  void AddFault(const std::string& test, RowFault fault) {
    statement_.faults.push_back(std::move(fault));
    cases_.push_back(fmt::format("WHEN {} THEN {}", test, statement_.faults.size()));
  }

  // An expression as the level below the casts sees it.
  std::string Value(const std::string& expression, bool grouped) {
    if (!grouped) return "(" + expression + ")";
    const std::string name = fmt::format("g{}", grouped_.size());
    grouped_.push_back(fmt::format("({}) AS {}", expression, name));
    return name;
  }

  void AddRejectRules(bool grouped) {
    for (size_t i = 0; i < import_.rejects.size(); ++i) {
      const RejectSpec& reject = import_.rejects[i];
      inner_.push_back(
          fmt::format("TRY(CAST({} AS BOOLEAN)) AS r{}", Value(reject.when, grouped), i));
      AddFault(fmt::format("r{}", i), {reject.column, reject.reason});
    }
  }

  void AddColumn(const ColumnSpec& spec, bool grouped) {
    const v1::DatasetColumn& column = *FindColumn(dataset_, spec.name);
    const size_t i = statement_.columns.size();
    const std::string type = SqlType(column.type());
    const std::optional<std::string> plain = PlainColumnType(spec.expression, from_);
    std::string value = Value(spec.expression, grouped);
    // Structs, maps and lists of Parquet files become JSON.
    if (column.type() == v1::DatasetColumn::TYPE_STRING && plain.has_value() &&
        (plain->starts_with("STRUCT") || plain->starts_with("MAP") || plain->ends_with("]"))) {
      value = fmt::format("CAST(to_json({}) AS VARCHAR)", value);
    }
    const bool exact = plain.has_value() && (*plain == type || type == "VARCHAR");
    const std::string cast = fmt::format("CAST({} AS {})", value, type);
    if (exact) {
      inner_.push_back(fmt::format("{} AS c{}", cast, i));
    } else {
      inner_.push_back(fmt::format("TRY({}) AS c{}", cast, i));
      // Whether a null is one, or what an error left: TRY(x IS NULL) is null only for an error.
      std::string failed = fmt::format("TRY({} IS NULL) IS NULL", cast);
      if (column.type() == v1::DatasetColumn::TYPE_INT64) {
        // The engine would round 3.5 to 4.
        failed = fmt::format("({} OR TRY(CAST({} AS DOUBLE) <> {}))", failed, value, cast);
      }
      inner_.push_back(fmt::format("{} AS k{}", failed, i));
      AddFault(fmt::format("k{}", i),
               {spec.name, plain.has_value() ? fmt::format("not {}", TypeInWords(column.type()))
                                             : fmt::format("not {}: {}", TypeInWords(column.type()),
                                                           spec.expression)});
    }
    if (!column.nullable()) {
      null_tests_.push_back({fmt::format("c{} IS NULL", i),
                             {spec.name, plain.has_value() ? std::string("empty, but required")
                                                           : fmt::format("empty, but required: {}",
                                                                         spec.expression)}});
    }
    outer_.push_back(fmt::format("c{}", i));
    if (spec.name == "fact_id") statement_.fact_id_column = i;
    statement_.columns.push_back({spec.name, column.type()});
  }

  void AddWarnings() {
    const std::string& fact_id = import_.columns[statement_.fact_id_column].expression;
    for (const WarningSpec& warning : import_.warnings) {
      statement_.warnings.push_back(fmt::format(
          "SELECT count(*), coalesce(array_to_string(min(id, 3), ', '), '') FROM (SELECT "
          "CAST(({}) AS VARCHAR) AS id {}{})",
          fact_id, FromClause(import_), WhereAndGroup(import_, warning.when)));
    }
  }

  const ImportSpec& import_;
  const v1::Dataset& dataset_;
  const LoadedSource* const from_;
  ImportStatement statement_;
  std::vector<std::string> grouped_;
  std::vector<std::string> inner_;
  std::vector<std::string> outer_;
  std::vector<std::string> cases_;
  std::vector<std::pair<std::string, RowFault>> null_tests_;
};

}  // namespace

absl::StatusOr<ImportStatement> BuildStatement(const ImportSpec& import, const Mapping& mapping,
                                               const v1::Dataset& dataset,
                                               const std::vector<LoadedSource>& sources,
                                               store::Connection& connection) {
  if (auto status = CheckColumnNames(import, mapping, dataset); !status.ok()) return status;
  const LoadedSource* from = import.group_by.empty() ? FindLoaded(sources, import.from) : nullptr;
  ImportStatement statement = Builder(import, dataset, from).Build();
  for (const std::string* sql : {&statement.select, &statement.count}) {
    const auto bound = connection.DescribeTypes(*sql);
    if (!bound.ok()) return BlamePart(import, mapping, bound.status(), connection);
  }
  for (const std::string& sql : statement.warnings) {
    const auto bound = connection.DescribeTypes(sql);
    if (!bound.ok()) return BlamePart(import, mapping, bound.status(), connection);
  }
  if (auto status = CheckJoins(import, mapping, connection); !status.ok()) return status;
  return statement;
}

}  // namespace keyscore::cli
