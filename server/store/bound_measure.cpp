// Binding: every column that a measure names must be in the schemas.
#include "store/bound_measure.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/str_join.h"

namespace keyscore::store {
namespace {

std::string_view AggregateName(Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::kCount:
      return "count";
    case Aggregate::kSum:
      return "sum";
    case Aggregate::kMin:
      return "min";
    case Aggregate::kMax:
      return "max";
    case Aggregate::kFirst:
      return "first";
    case Aggregate::kLast:
      return "last";
    case Aggregate::kCountDistinct:
      return "count_distinct";
    case Aggregate::kList:
      return "list";
  }
  return "aggregate";
}

std::string ColumnNames(const facts::DatasetSchema& schema) {
  return absl::StrJoin(
      schema.columns, ", ",
      [](std::string* out, const facts::ColumnSchema& column) { out->append(column.name); });
}

absl::Status BindReferred(const std::string& alias, const std::string& name,
                          const DatasetState& state, const Catalog& catalog, NeededColumns& needs) {
  const facts::ColumnSchema* reference = FindReference(state.schema, alias);
  if (reference == nullptr) {
    return absl::InvalidArgumentError(
        fmt::format("'{}.{}': dataset '{}' has no column {}_id that refers to another dataset",
                    alias, name, state.schema.id, alias));
  }
  const DatasetState* referred = catalog.Find(reference->references);
  if (referred == nullptr) {
    return absl::InvalidArgumentError(
        fmt::format("'{}.{}': dataset '{}' is not defined", alias, name, reference->references));
  }
  if (referred->schema.FindColumn(name) == nullptr) {
    return absl::InvalidArgumentError(
        fmt::format("'{}.{}': dataset '{}' has no column '{}'; it "
                    "has {}",
                    alias, name, referred->schema.id, name, ColumnNames(referred->schema)));
  }
  needs.own.insert(reference->name);
  needs.referred[alias].insert(name);
  return absl::OkStatus();
}

absl::Status BindExpression(const CheckedExpression& expression, const DatasetState& state,
                            const Catalog& catalog, BoundMeasure& bound) {
  for (const std::vector<std::string>& parts : expression.columns) {
    if (parts.size() == 2) {
      absl::Status referred = BindReferred(parts[0], parts[1], state, catalog, bound.needs);
      if (!referred.ok()) return referred;
    } else if (parts[0] == "period_from" || parts[0] == "period_to") {
      bound.uses_period = true;
    } else if (state.schema.FindColumn(parts[0]) != nullptr) {
      bound.needs.own.insert(parts[0]);
    } else {
      return absl::InvalidArgumentError(
          fmt::format("dataset '{}' has no column '{}'; it has {}, and period_from and period_to",
                      state.schema.id, parts[0], ColumnNames(state.schema)));
    }
  }
  return absl::OkStatus();
}

absl::Status BindInstant(const char* what, const std::string& name, const DatasetState& state,
                         BoundMeasure& bound) {
  const facts::ColumnSchema* column = state.schema.FindColumn(name);
  if (column == nullptr) {
    return absl::InvalidArgumentError(fmt::format("{} '{}' is no column of dataset '{}'; it has {}",
                                                  what, name, state.schema.id,
                                                  ColumnNames(state.schema)));
  }
  if (column->type != facts::ColumnType::kTimestamp) {
    return absl::InvalidArgumentError(
        fmt::format("{} '{}' of dataset '{}' is {}, it must be TIMESTAMP", what, name,
                    state.schema.id, facts::ColumnTypeName(column->type)));
  }
  bound.needs.own.insert(name);
  return absl::OkStatus();
}

absl::Status WithPrefix(const absl::Status& status, const std::string& prefix) {
  return absl::Status(status.code(), fmt::format("{}: {}", prefix, MessageOf(status)));
}

}  // namespace

void NeededColumns::Add(const NeededColumns& other) {
  own.insert(other.own.begin(), other.own.end());
  for (const auto& [alias, names] : other.referred) {
    referred[alias].insert(names.begin(), names.end());
  }
}

const facts::ColumnSchema* FindReference(const facts::DatasetSchema& schema,
                                         const std::string& alias) {
  const facts::ColumnSchema* column = schema.FindColumn(alias + "_id");
  return column == nullptr || column->references.empty() ? nullptr : column;
}

std::string Describe(const ResolvedMeasure& measure) {
  std::string text = fmt::format("measure {}({})", AggregateName(measure.aggregate), measure.value);
  if (!measure.filter.empty()) text += fmt::format(" where {}", measure.filter);
  return fmt::format("{} of dataset '{}'", text, measure.dataset);
}

absl::StatusOr<BoundMeasure> BindMeasure(const ResolvedMeasure& measure, const Catalog& catalog,
                                         ExpressionChecker& checker) {
  const DatasetState* state = catalog.Find(measure.dataset);
  if (state == nullptr) {
    return absl::NotFoundError(fmt::format("there is no dataset '{}'", measure.dataset));
  }
  BoundMeasure bound{.measure = measure};
  if (measure.value.empty() && measure.aggregate != Aggregate::kCount) {
    return absl::InvalidArgumentError(
        fmt::format("{}: only count works without a value", Describe(measure)));
  }
  for (const bool is_filter : {false, true}) {
    const std::string& text = is_filter ? measure.filter : measure.value;
    if (text.empty()) continue;
    const std::string where =
        fmt::format("{}: {}", Describe(measure), is_filter ? "filter" : "value");
    auto checked = checker.Check(text);
    if (!checked.ok()) return WithPrefix(checked.status(), where);
    absl::Status columns = BindExpression(**checked, *state, catalog, bound);
    if (!columns.ok()) return WithPrefix(columns, where);
    (is_filter ? bound.filter : bound.value) = *std::move(checked);
    const facts::ColumnSchema* column = is_filter ? nullptr : state->schema.FindColumn(text);
    bound.plain_number |= column != nullptr && (column->type == facts::ColumnType::kInt64 ||
                                                column->type == facts::ColumnType::kDouble);
  }
  absl::Status status = BindInstant("time column", measure.time_column, *state, bound);
  if (status.ok() && measure.window == WindowKind::kAt) {
    status = BindInstant("end column", measure.end_column, *state, bound);
  }
  if (!status.ok()) return WithPrefix(status, Describe(measure));
  bound.needs.own.insert("fact_id");
  return bound;
}

}  // namespace keyscore::store
