// The text of the one-pass query.
#include "store/measure_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

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

// A value that is nothing but a column of the dataset can't fail, so it needs no hit in front and
// is the same for all measures.
bool IsPlainColumn(const BoundMeasure& bound) {
  const CheckedExpression& value = *bound.value;
  return !bound.uses_period && value.columns.size() == 1 &&
         absl::StrJoin(value.columns[0], ".") == bound.measure.value;
}

// Other values are computed only where the row is hit, so that an expression that fails on other
// rows does no harm.
std::string ValueExpression(const BoundMeasure& bound, const std::string& hit) {
  if (bound.value == nullptr) return "";
  const bool plain = IsPlainColumn(bound);
  if (!IsNumeric(bound.measure.aggregate)) {
    return plain ? bound.value->sql
                 : fmt::format("CASE WHEN {} THEN {} END", hit, bound.value->sql);
  }
  // A number of a column is cast where it is hit, too: it could be a text that reads as one.
  return plain && bound.plain_number
             ? fmt::format("CAST({} AS DOUBLE)", bound.value->sql)
             : fmt::format("CASE WHEN {} THEN CAST({} AS DOUBLE) END", hit, bound.value->sql);
}

// The aggregate's SQL; nulls and (by the time it matters) non-finite values don't take part.
std::string AggregateExpression(const BoundMeasure& bound, const std::string& hit,
                                const std::string& value) {
  const std::string filter = fmt::format("FILTER ({})", hit);
  const std::string finite = fmt::format("CASE WHEN isfinite({0}) THEN {0} END", value);
  const std::string time = QuoteName(bound.measure.time_column);
  // The time a row without a finite value has is null, so that it is neither first nor last.
  const std::string place =
      fmt::format("CASE WHEN isfinite({}) THEN row({}, fact_id) END", value, time);
  switch (bound.measure.aggregate) {
    case Aggregate::kCount:
      return fmt::format("count({}) {}", bound.value == nullptr ? "*" : value, filter);
    case Aggregate::kCountDistinct:
      return fmt::format("count(DISTINCT {}) {}", value, filter);
    case Aggregate::kSum:
      return fmt::format("exact_sum({}) {}", value, filter);
    case Aggregate::kMin:
      return fmt::format("min({}) {}", finite, filter);
    case Aggregate::kMax:
      return fmt::format("max({}) {}", finite, filter);
    case Aggregate::kFirst:
      return fmt::format("arg_min({}, {}) {}", value, place, filter);
    case Aggregate::kLast:
      return fmt::format("arg_max({}, {}) {}", value, place, filter);
    case Aggregate::kList:
      return fmt::format("list({0} ORDER BY {1}, fact_id) FILTER ({2} AND isfinite({0}))", value,
                         time, hit);
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

MeasuredSource WithMeasures(std::string source, const Measures& measures) {
  // Expressions name period_from and period_to; measures that mean the same instants by them are
  // computed in the same layer of the query.
  using Period = std::tuple<bool, absl::Time, absl::Time>;
  std::map<Period, std::vector<size_t>> layers;
  for (size_t i = 0; i < measures.size(); ++i) {
    const BoundMeasure& bound = *measures[i];
    layers[bound.uses_period ? Period(true, bound.measure.period_from, bound.measure.period_to)
                             : Period(false, absl::Time(), absl::Time())]
        .push_back(i);
  }
  MeasuredSource result{.sql = std::move(source),
                        .hits = std::vector<std::string>(measures.size()),
                        .values = std::vector<std::string>(measures.size())};
  for (const auto& [period, members] : layers) {
    const auto& [uses_period, from, to] = period;
    std::map<std::string, std::string> hit_names, value_names;  // by expression
    std::string hits, values;
    for (const size_t i : members) {
      const std::string hit = HitExpression(*measures[i]);
      const auto [named_hit, new_hit] = hit_names.try_emplace(hit, Hit(i));
      if (new_hit) hits += fmt::format(", {} AS {}", hit, named_hit->second);
      result.hits[i] = named_hit->second;
      const std::string value = ValueExpression(*measures[i], result.hits[i]);
      if (value.empty()) continue;
      const auto [named_value, new_value] = value_names.try_emplace(value, ValueOf(i));
      if (new_value) values += fmt::format(", {} AS {}", value, named_value->second);
      result.values[i] = named_value->second;
    }
    if (uses_period) {
      result.sql = fmt::format("SELECT *, {} AS period_from, {} AS period_to FROM ({})",
                               InstantLiteral(from), InstantLiteral(to), result.sql);
    }
    result.sql = fmt::format("SELECT *{} FROM (SELECT *{} FROM ({}))", values, hits, result.sql);
    if (uses_period) {
      result.sql = fmt::format("SELECT * EXCLUDE (period_from, period_to) FROM ({})", result.sql);
    }
  }
  return result;
}

absl::StatusOr<MeasureStatement> MeasureSql(const AsOf& as_of, const Measures& measures,
                                            const Scope& scope) {
  SourceRequest request{.dataset = measures.front()->measure.dataset,
                        .predicate = WindowHull(measures),
                        .scope = scope,
                        .with_unowned = true};
  for (const BoundMeasure* bound : measures) request.needs.Add(bound->needs);
  absl::StatusOr<std::string> source = SourceSql(as_of, request);
  if (!source.ok()) return source.status();
  const MeasuredSource measured = WithMeasures(*std::move(source), measures);

  MeasureStatement statement;
  std::vector<std::string> columns;
  std::map<std::string, size_t> places;
  const auto place = [&](const std::string& column) {
    const auto [it, is_new] = places.try_emplace(column, 2 + columns.size());
    if (is_new) columns.push_back(column);
    return it->second;
  };
  std::set<std::string> hits, windows;
  for (size_t i = 0; i < measures.size(); ++i) {
    const std::string& hit = measured.hits[i];
    hits.insert(hit);
    windows.insert(WindowPredicate(measures[i]->measure));
    statement.cells.push_back(
        {.fact_count = place(fmt::format("count(*) FILTER ({})", hit)),
         .newest = place(
             fmt::format("max({}) FILTER ({})", QuoteName(measures[i]->measure.time_column), hit)),
         .aggregate = place(AggregateExpression(*measures[i], hit, measured.values[i]))});
  }
  // Rows in no window are left out here. What the filters of several measures leave over is left to
  // the aggregates: each expression would be computed twice.
  const std::string where = hits.size() == 1 ? *hits.begin() : absl::StrJoin(windows, " OR ");
  const bool by_account = scope.by_account || scope.kind == SubjectKind::kAccount;
  statement.sql = fmt::format("SELECT {}, {}, {} FROM ({}) WHERE {} GROUP BY ALL", kSubject,
                              by_account ? "account_id" : "''", absl::StrJoin(columns, ", "),
                              measured.sql, where);
  return statement;
}

}  // namespace keyscore::store
