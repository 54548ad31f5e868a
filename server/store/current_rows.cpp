// The texts of the base queries.
#include "store/current_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/str_join.h"
#include "store/sql_builder.h"

namespace keyscore::store {
namespace {

std::string NameList(const std::vector<std::string>& columns) {
  return absl::StrJoin(columns, ", ", [](std::string* out, const std::string& column) {
    out->append(QuoteName(column));
  });
}

}  // namespace

absl::StatusOr<std::string> CurrentRowsSql(const AsOf& as_of, const std::string& dataset,
                                           const std::vector<std::string>& columns,
                                           const std::string& predicate,
                                           const VersionRange& range) {
  const DatasetState* state = as_of.catalog.Find(dataset);
  if (state == nullptr) {
    return absl::FailedPreconditionError(
        fmt::format("dataset '{}' is not defined, but a query needs it", dataset));
  }
  std::string sql = fmt::format("SELECT {} FROM {}", NameList(columns), LogTable(dataset));
  // A version is superseded by a later batch than its own.
  const auto after = [&range](const char* column) {
    return range.written_after == 0 ? "" : fmt::format(" AND {} > {}", column, range.written_after);
  };
  if (state->superseded_count > 0 && !range.with_superseded) {
    sql += fmt::format(
        " ANTI JOIN (SELECT version AS _version FROM {} WHERE by_seq <= {}{}) USING (_version)",
        SupersededTable(dataset), as_of.watermark, after("by_seq"));
  }
  sql += fmt::format(" WHERE _seq <= {}{} AND NOT _deleted", as_of.watermark, after("_seq"));
  if (!predicate.empty()) sql += fmt::format(" AND ({})", predicate);
  if (range.runs.empty()) return sql;
  return absl::StrJoin(range.runs, " UNION ALL ", [&sql](std::string* out, const auto& run) {
    out->append(
        fmt::format("{} AND _version >= {} AND _version <= {}", sql, run.first, run.second));
  });
}

absl::StatusOr<std::string> LatestByKeySql(const AsOf& as_of, const std::string& dataset,
                                           const std::string& key,
                                           const std::vector<std::string>& columns,
                                           const std::string& keys) {
  std::vector<std::string> needed = {key};
  for (const std::string& column : columns) {
    if (column != key) needed.push_back(column);
  }
  std::vector<std::string> read = needed;
  for (const char* column : {"occurred_at", "fact_id"}) {
    if (std::find(read.begin(), read.end(), column) == read.end()) read.push_back(column);
  }
  auto rows = CurrentRowsSql(as_of, dataset, read, keys);
  if (!rows.ok()) return rows.status();
  return fmt::format(
      "SELECT {} FROM ({}) QUALIFY row_number() OVER (PARTITION BY {} ORDER BY occurred_at DESC, "
      "fact_id DESC) = 1",
      NameList(needed), *rows, QuoteName(key));
}

absl::StatusOr<std::string> BookSql(const AsOf& as_of, bool of_accounts) {
  auto accounts = CurrentRowsSql(
      as_of, "account", {"fact_id", "account_id", "occurred_at", "churned_at", "_seq"}, "");
  if (!accounts.ok()) return accounts.status();
  constexpr char kNotEmpty[] = "ended_at IS NULL OR ended_at > occurred_at";
  if (of_accounts) {
    return fmt::format(
        "SELECT * FROM (SELECT fact_id, account_id, NULL::VARCHAR AS manager_id, occurred_at, "
        "churned_at AS ended_at, churned_at, occurred_at AS started_at, _seq FROM ({})) WHERE {}",
        *accounts, kNotEmpty);
  }
  auto ownership =
      CurrentRowsSql(as_of, "ownership",
                     {"fact_id", "account_id", "manager_id", "occurred_at", "until", "_seq"}, "");
  if (!ownership.ok()) return ownership.status();
  // least() leaves nulls out: the earlier end of those that exist.
  return fmt::format(R"sql(
SELECT * FROM (
  SELECT a.fact_id || '/' || o.fact_id AS fact_id, account_id, o.manager_id,
         greatest(a.occurred_at, o.occurred_at) AS occurred_at,
         least(a.churned_at, o.until) AS ended_at, a.churned_at, a.occurred_at AS started_at,
         greatest(a._seq, o._seq) AS _seq
  FROM ({}) a JOIN ({}) o USING (account_id))
WHERE {})sql",
                     *accounts, *ownership, kNotEmpty);
}

}  // namespace keyscore::store
