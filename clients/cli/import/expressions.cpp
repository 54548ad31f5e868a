// Allow-list and check of a mapping's expressions.
#include "cli/import/expressions.h"

#include <memory>

#include <fmt/format.h>

#include "absl/strings/str_replace.h"
#include "cli/exit_code.h"
#include "store/expression/expression_checker.h"

namespace keyscore::cli {

store::ExpressionAllowList ImportAllowList(bool aggregates) {
  store::ExpressionAllowList list = store::MeasureAllowList();
  // What belongs to the server's measures alone.
  for (const char* host : {"days_between", "hours_between", "unix_seconds"}) {
    list.functions.erase(host);
  }
  list.functions.insert(
      {// Text
       "slug", "concat", "concat_ws", "replace", "regexp_replace", "regexp_extract",
       "regexp_matches", "regexp_full_match", "split_part", "substring", "substr", "left", "right",
       "lpad", "rpad", "ltrim", "rtrim", "strip_accents", "starts_with", "prefix", "suffix",
       "ends_with", "contains", "strpos", "instr", "~~*", "!~~*", "md5", "format", "printf",
       "reverse", "nfc_normalize",
       // Dates
       "strptime", "try_strptime", "strftime", "date_trunc", "date_part", "datepart", "date_diff",
       "datediff", "date_add", "make_date", "make_timestamp", "make_timestamptz", "epoch_ms",
       "to_timestamp", "timezone", "year", "month", "day", "quarter", "hour", "minute", "second",
       "last_day", "to_days", "to_months", "to_years", "to_hours", "to_minutes", "to_seconds",
       // Figures
       "sign", "sqrt", "pow", "power", "ln", "exp", "trunc", "ceiling", "mod", "//", "**", "^",
       "isnan", "isfinite",
       // Choices and JSON
       "ifnull", "json_object", "json_extract_string", "->>", "json_array", "to_json"});
  list.cast_types.insert({"DATE", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "DECIMAL", "FLOAT",
                          "TIME", "TIMESTAMP WITH TIME ZONE", "INTERVAL"});
  list.try_cast = true;
  list.max_column_parts = 2;
  if (aggregates) {
    list.aggregates = {"min",       "max",    "count",   "sum",      "avg",
                       "any_value", "first",  "last",    "arg_min",  "arg_max",
                       "min_by",    "max_by", "bool_or", "bool_and", "count_star"};
  }
  return list;
}

absl::Status CheckExpressions(const Mapping& mapping) {
  auto scalar = store::ExpressionChecker::Create(ImportAllowList(false));
  if (!scalar.ok()) return scalar.status();
  auto aggregate = store::ExpressionChecker::Create(ImportAllowList(true));
  if (!aggregate.ok()) return aggregate.status();

  absl::Status fault;
  const auto check = [&](store::ExpressionChecker& checker, const std::string& text,
                         const std::string& where) {
    if (!fault.ok() || text.empty()) return;
    const auto checked = checker.Check(text);
    if (checked.ok()) return;
    // The list of all that is allowed is long; the mapping's README has it.
    std::string message(checked.status().message());
    if (const size_t list = message.find("; allowed are coalesce,"); list != std::string::npos) {
      message = message.substr(0, list) + "; the mappings' README lists the functions that are";
    }
    fault = UsageError(fmt::format("{}: {}: {}", mapping.path, where, message));
  };
  for (const ImportSpec& import : mapping.imports) {
    store::ExpressionChecker& values = import.group_by.empty() ? **scalar : **aggregate;
    const std::string what = fmt::format("import of {}", import.dataset);
    for (const JoinSpec& join : import.joins) {
      check(**scalar, join.on, fmt::format("{}: join with {}", what, join.as));
    }
    check(**scalar, import.where, what + ": where");
    for (const std::string& key : import.group_by) check(**scalar, key, what + ": group_by");
    for (const ColumnSpec& column : import.columns) {
      if (column.expression.empty()) {
        return UsageError(fmt::format("{}: {}: column {}: the expression is empty", mapping.path,
                                      what, column.name));
      }
      check(values, column.expression, fmt::format("{}: column {}", what, column.name));
    }
    for (const WarningSpec& warning : import.warnings) {
      check(values, warning.when, fmt::format("{}: warning '{}'", what, warning.message));
    }
    for (const RejectSpec& reject : import.rejects) {
      check(values, reject.when, fmt::format("{}: reject '{}'", what, reject.reason));
    }
  }
  return fault;
}

absl::Status DefineFunctions(store::Connection& connection) {
  return connection.Execute(
      "CREATE MACRO slug(t) AS trim(regexp_replace(lower(strip_accents(CAST(t AS VARCHAR))), "
      "'[^a-z0-9]+', '-', 'g'), '-')");
}

std::string SqlName(const std::string& name) {
  return "\"" + absl::StrReplaceAll(name, {{"\"", "\"\""}}) + "\"";
}

std::string SqlText(const std::string& text) {
  return "'" + absl::StrReplaceAll(text, {{"'", "''"}}) + "'";
}

}  // namespace keyscore::cli
