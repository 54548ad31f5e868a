// The text of a page's query, and the reading of its rows.
#include "store/row_query.h"

#include <fmt/format.h>

#include <cmath>

#include "absl/strings/str_join.h"
#include "store/measure_sql.h"
#include "store/sql_builder.h"

namespace keyscore::store {
namespace {

using facts::ColumnSchema;
using facts::ColumnType;

std::string_view Operator(Condition::Op op) {
  switch (op) {
    case Condition::Op::kEq:
      return "=";
    case Condition::Op::kNe:
      return "<>";
    case Condition::Op::kLt:
      return "<";
    case Condition::Op::kLe:
      return "<=";
    case Condition::Op::kGt:
      return ">";
    case Condition::Op::kGe:
      return ">=";
    case Condition::Op::kIsNull:
      return "IS NULL";
    case Condition::Op::kIsNotNull:
      return "IS NOT NULL";
    case Condition::Op::kIn:
      return "IN";
  }
  return "=";
}

bool Fits(const Value& operand, ColumnType type) {
  switch (type) {
    case ColumnType::kBool:
      return std::holds_alternative<bool>(operand);
    case ColumnType::kInt64:
    case ColumnType::kDouble:
      return std::holds_alternative<int64_t>(operand) || std::holds_alternative<double>(operand);
    case ColumnType::kString:
      return std::holds_alternative<std::string>(operand) &&
             std::get<std::string>(operand).find('\0') == std::string::npos;
    case ColumnType::kTimestamp:
      return std::holds_alternative<absl::Time>(operand);
  }
  return false;
}

absl::StatusOr<std::string> ConditionSql(const Condition& condition,
                                         const facts::DatasetSchema& schema) {
  const ColumnSchema* column = schema.FindColumn(condition.column);
  if (column == nullptr) {
    return absl::InvalidArgumentError(
        fmt::format("dataset '{}' has no column '{}'", schema.id, condition.column));
  }
  using Op = Condition::Op;
  const bool null_test = condition.op == Op::kIsNull || condition.op == Op::kIsNotNull;
  const size_t expected = null_test ? 0 : 1;
  if (condition.op != Op::kIn && condition.operands.size() != expected) {
    return absl::InvalidArgumentError(
        fmt::format("the condition on '{}' has {} operands, {} needed", column->name,
                    condition.operands.size(), expected));
  }
  std::vector<std::string> literals;
  for (const Value& operand : condition.operands) {
    if (!Fits(operand, column->type)) {
      return absl::InvalidArgumentError(
          fmt::format("the condition on '{}' compares {} with a value of another type",
                      column->name, facts::ColumnTypeName(column->type)));
    }
    literals.push_back(ValueLiteral(operand));
  }
  const std::string name = QuoteName(column->name);
  if (null_test) return fmt::format("{} {}", name, Operator(condition.op));
  if (condition.op == Op::kIn) {
    return literals.empty() ? std::string("FALSE")
                            : fmt::format("{} IN ({})", name, absl::StrJoin(literals, ", "));
  }
  return fmt::format("{} {} {}", name, Operator(condition.op), literals.front());
}

Value ReadValue(const Chunk& chunk, size_t column, size_t row, ColumnType type) {
  if (chunk.IsNull(column, row)) return std::monostate();
  switch (type) {
    case ColumnType::kBool:
      return chunk.Bool(column, row);
    case ColumnType::kInt64:
      return chunk.Int64(column, row);
    case ColumnType::kDouble:
      return chunk.Double(column, row);
    case ColumnType::kString:
      return std::string(chunk.String(column, row));
    case ColumnType::kTimestamp:
      return FromMicros(chunk.Int64(column, row));
  }
  return std::monostate();
}

// The page's statement. Its columns: fact_id, time, recorded_at, _seq, owner, measured, then the
// schema's.
constexpr size_t kFirstValue = 6;

absl::StatusOr<std::string> PageSql(const RowQuery& query, const AsOf& as_of,
                                    const DatasetState& state, const BoundMeasure* bound) {
  SourceRequest request{
      .dataset = query.dataset, .scope = query.scope, .with_owner = true, .with_seq = true};
  std::vector<std::string> conditions, columns;
  std::string time = "occurred_at", measured = "NULL::DOUBLE";
  if (bound != nullptr) {
    request.needs = bound->needs;
    request.predicate = WindowHull({bound});
    time = QuoteName(bound->measure.time_column);
    measured = "\"@measured\"";
  }
  for (const ColumnSchema& column : state.schema.columns) {
    request.needs.own.insert(column.name);
    columns.push_back(QuoteName(column.name));
  }
  for (const Condition& condition : query.conditions) {
    absl::StatusOr<std::string> sql = ConditionSql(condition, state.schema);
    if (!sql.ok()) return sql.status();
    conditions.push_back(*std::move(sql));
  }
  if (query.after.has_value()) {
    const auto& [instant, fact_id] = *query.after;
    absl::StatusOr<std::string> id = TextList({fact_id});
    if (!id.ok()) return id.status();
    conditions.push_back(fmt::format("({0} > {1} OR ({0} = {1} AND fact_id > {2}))", time,
                                     InstantLiteral(instant), *id));
  }
  absl::StatusOr<std::string> source = SourceSql(as_of, request);
  if (!source.ok()) return source.status();
  if (bound != nullptr) {
    const MeasuredSource measured_source = WithMeasures(*std::move(source), {bound});
    conditions.push_back(measured_source.hits[0]);
    const std::string& value = measured_source.values[0];
    source =
        fmt::format("SELECT *, TRY_CAST(CAST({} AS VARCHAR) AS DOUBLE) AS \"@measured\" FROM ({})",
                    value.empty() ? "NULL" : value, measured_source.sql);
  }
  return fmt::format(
      "SELECT fact_id, {0}, epoch_us(recorded_at), _seq, {1}, {2}, {3} FROM (SELECT * FROM ({4}) "
      "WHERE {5} ORDER BY {0}, fact_id LIMIT {6}) LEFT JOIN batch ON seq = _seq "
      "ORDER BY {0}, fact_id",
      time, kOwner, measured, absl::StrJoin(columns, ", "), *source,
      conditions.empty() ? "TRUE" : absl::StrJoin(conditions, " AND "), query.limit + 1);
}

}  // namespace

absl::StatusOr<RowPage> ListFactRows(const RowQuery& query, const AsOf& as_of,
                                     ExpressionChecker& checker, Connection& connection,
                                     const StopFn& stop) {
  const DatasetState* state = as_of.catalog.Find(query.dataset);
  if (state == nullptr) {
    return absl::NotFoundError(fmt::format("there is no dataset '{}'", query.dataset));
  }
  if (query.limit == 0 || query.limit > kMaxPageRows) {
    return absl::InvalidArgumentError(
        fmt::format("limit is {}, it must be 1 to {}", query.limit, kMaxPageRows));
  }
  std::optional<BoundMeasure> bound;
  if (query.measure.has_value()) {
    if (query.measure->dataset != query.dataset) {
      return absl::InvalidArgumentError(
          fmt::format("the measure is of dataset '{}', the rows asked for of '{}'",
                      query.measure->dataset, query.dataset));
    }
    absl::StatusOr<BoundMeasure> one = BindMeasure(*query.measure, as_of.catalog, checker);
    if (!one.ok()) return one.status();
    bound = *std::move(one);
  }
  absl::StatusOr<std::string> sql =
      PageSql(query, as_of, *state, bound.has_value() ? &*bound : nullptr);
  if (!sql.ok()) return sql.status();
  absl::StatusOr<Result> result = connection.Query(*sql, {}, stop);
  if (absl::IsInvalidArgument(result.status()) && bound.has_value()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {}", Describe(bound->measure), MessageOf(result.status())));
  }
  if (!result.ok()) return result.status();

  RowPage page;
  page.watermark = as_of.watermark;
  result->ForEachChunk([&](const Chunk& chunk) {
    for (size_t i = 0; i < chunk.size(); ++i) {
      if (page.rows.size() == query.limit) {
        page.more = true;
        return;
      }
      Row row;
      row.fact_id = chunk.String(0, i);
      row.time = FromMicros(chunk.Int64(1, i));
      row.recorded_at = FromMicros(chunk.Int64(2, i));
      row.watermark = chunk.Int64(3, i);
      if (!chunk.IsNull(4, i)) row.attributed_manager_id = chunk.String(4, i);
      if (!chunk.IsNull(5, i) && std::isfinite(chunk.Double(5, i)))
        row.measured = chunk.Double(5, i);
      for (size_t c = 0; c < state->schema.columns.size(); ++c) {
        row.values.push_back(ReadValue(chunk, kFirstValue + c, i, state->schema.columns[c].type));
      }
      page.rows.push_back(std::move(row));
    }
  });
  return page;
}

}  // namespace keyscore::store
