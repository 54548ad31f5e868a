// The text of the one-pass query.
#include "store/measure_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/str_join.h"
#include "store/sql_builder.h"

namespace keyscore::store {
namespace {

using Measures = std::vector<const BoundMeasure*>;

std::string Hit(size_t i) { return fmt::format("\"@hit{}\"", i); }
std::string ValueOf(size_t i) { return fmt::format("\"@value{}\"", i); }

bool IsNumeric(Aggregate aggregate) {
  return aggregate != Aggregate::kCount && aggregate != Aggregate::kCountDistinct;
}

std::string HitExpression(const BoundMeasure& bound) {
  const std::string window = WindowPredicate(bound.measure);
  if (bound.filter == nullptr) return window;
  return fmt::format("({} AND coalesce({}, FALSE))", window, bound.filter->sql);
}

// Computed only where the row is hit, so that an expression that fails on other rows does no harm.
std::string ValueExpression(const BoundMeasure& bound, size_t i) {
  if (bound.value == nullptr) return "NULL";
  const std::string value = IsNumeric(bound.measure.aggregate)
                                ? fmt::format("CAST({} AS DOUBLE)", bound.value->sql)
                                : bound.value->sql;
  return fmt::format("CASE WHEN {} THEN {} END", Hit(i), value);
}

// The aggregate's SQL; nulls and (by the time it matters) non-finite values don't take part.
std::string AggregateExpression(const BoundMeasure& bound, size_t i) {
  const std::string value = ValueOf(i);
  const std::string finite = fmt::format("CASE WHEN isfinite({0}) THEN {0} END", value);
  const std::string time = QuoteName(bound.measure.time_column);
  // The time a row without a finite value has is null, so that it is neither first nor last.
  const std::string place =
      fmt::format("CASE WHEN isfinite({}) THEN row({}, fact_id) END", value, time);
  switch (bound.measure.aggregate) {
    case Aggregate::kCount:
      return bound.value == nullptr ? fmt::format("count(*) FILTER ({})", Hit(i))
                                    : fmt::format("count({})", value);
    case Aggregate::kCountDistinct:
      return fmt::format("count(DISTINCT {})", value);
    case Aggregate::kSum:
      return fmt::format("exact_sum({})", value);
    case Aggregate::kMin:
      return fmt::format("min({})", finite);
    case Aggregate::kMax:
      return fmt::format("max({})", finite);
    case Aggregate::kFirst:
      return fmt::format("arg_min({}, {})", value, place);
    case Aggregate::kLast:
      return fmt::format("arg_max({}, {})", value, place);
    case Aggregate::kList:
      return fmt::format("list({} ORDER BY {}, fact_id) FILTER (isfinite({}))", value, time, value);
  }
  return "NULL";
}

}  // namespace

std::string WindowHull(const Measures& measures) {
  struct Range {
    absl::Time from = absl::InfiniteFuture();
    absl::Time to = absl::InfinitePast();
  };
  std::map<std::string, Range> ranges;  // by time column
  std::vector<std::string> parts;
  for (const BoundMeasure* bound : measures) {
    const ResolvedMeasure& measure = bound->measure;
    if (measure.window == WindowKind::kAt) {
      const std::string at = WindowPredicate(measure);
      if (std::find(parts.begin(), parts.end(), at) == parts.end()) parts.push_back(at);
      continue;
    }
    Range& range = ranges[measure.time_column];
    range.from = std::min(range.from, measure.from);
    range.to = std::max(range.to, measure.to);
  }
  for (const auto& [column, range] : ranges) {
    parts.push_back(WindowPredicate({.time_column = column,
                                     .window = WindowKind::kBetween,
                                     .from = range.from,
                                     .to = range.to}));
  }
  return absl::StrJoin(parts, " OR ");
}

std::string WithMeasures(std::string source, const Measures& measures) {
  // Expressions name period_from and period_to; measures that mean the same instants by them are
  // computed in the same layer of the query.
  std::map<std::tuple<bool, absl::Time, absl::Time>, std::vector<size_t>> layers;
  for (size_t i = 0; i < measures.size(); ++i) {
    const BoundMeasure& bound = *measures[i];
    layers[bound.uses_period ? std::tuple(true, bound.measure.period_from, bound.measure.period_to)
                             : std::tuple(false, absl::Time(), absl::Time())]
        .push_back(i);
  }
  std::string sql = std::move(source);
  for (const auto& [period, members] : layers) {
    const auto& [uses_period, from, to] = period;
    std::string hits, values;
    for (const size_t i : members) {
      hits += fmt::format(", {} AS {}", HitExpression(*measures[i]), Hit(i));
      values += fmt::format(", {} AS {}", ValueExpression(*measures[i], i), ValueOf(i));
    }
    if (uses_period) {
      sql = fmt::format("SELECT *, {} AS period_from, {} AS period_to FROM ({})",
                        InstantLiteral(from), InstantLiteral(to), sql);
    }
    sql = fmt::format("SELECT *{} FROM (SELECT *{} FROM ({}))", values, hits, sql);
    if (uses_period) sql = fmt::format("SELECT * EXCLUDE (period_from, period_to) FROM ({})", sql);
  }
  return sql;
}

absl::StatusOr<MeasureStatement> MeasureSql(const AsOf& as_of, const Measures& measures,
                                            const Scope& scope) {
  SourceRequest request{.dataset = measures.front()->measure.dataset,
                        .predicate = WindowHull(measures),
                        .scope = scope};
  MeasureStatement statement;
  std::vector<std::string> hits, columns;
  std::map<std::tuple<std::string, absl::Time, absl::Time>, size_t> counted;  // rows that count
  for (size_t i = 0; i < measures.size(); ++i) {
    const BoundMeasure& bound = *measures[i];
    request.needs.Add(bound.needs);
    const auto [same, is_new] = counted.try_emplace(
        {HitExpression(bound), bound.uses_period ? bound.measure.period_from : absl::Time(),
         bound.uses_period ? bound.measure.period_to : absl::Time()},
        2 + columns.size());
    if (is_new) {
      hits.push_back(Hit(i));
      columns.push_back(fmt::format("count(*) FILTER ({})", Hit(i)));
      columns.push_back(
          fmt::format("max({}) FILTER ({})", QuoteName(bound.measure.time_column), Hit(i)));
    }
    statement.cells.push_back({same->second, same->second + 1, 2 + columns.size()});
    columns.push_back(AggregateExpression(bound, i));
  }
  absl::StatusOr<std::string> source = SourceSql(as_of, request);
  if (!source.ok()) return source.status();
  const bool by_account = scope.by_account || scope.kind == SubjectKind::kAccount;
  statement.sql =
      fmt::format("SELECT {}, {}, {} FROM ({}) WHERE {} GROUP BY ALL", kSubject,
                  by_account ? "account_id" : "''", absl::StrJoin(columns, ", "),
                  WithMeasures(*std::move(source), measures), absl::StrJoin(hits, " OR "));
  return statement;
}

}  // namespace keyscore::store
