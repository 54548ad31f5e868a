// A filter's comparisons as conditions on a dataset's rows.
#include <fmt/format.h>

#include "absl/strings/numbers.h"
#include "config/nearest.h"
#include "rpc/filter.h"

namespace keyscore::rpc {
namespace {

using Op = store::Condition::Op;

Op RowOp(CompareOp op) {
  switch (op) {
    case CompareOp::kEq:
      return Op::kEq;
    case CompareOp::kNe:
      return Op::kNe;
    case CompareOp::kLt:
      return Op::kLt;
    case CompareOp::kLe:
      return Op::kLe;
    case CompareOp::kGt:
      return Op::kGt;
    case CompareOp::kGe:
      return Op::kGe;
  }
  return Op::kEq;
}

bool ParseInstant(const std::string& text, absl::Time& out) {
  if (absl::ParseTime(absl::RFC3339_full, text, &out, nullptr)) return true;
  return absl::ParseTime("%Y-%m-%d", text, absl::UTCTimeZone(), &out, nullptr);
}

absl::StatusOr<store::Value> Typed(const Comparison& comparison, facts::ColumnType type) {
  using facts::ColumnType;
  const auto* text = std::get_if<std::string>(&comparison.literal);
  const auto* number = std::get_if<double>(&comparison.literal);
  const auto* flag = std::get_if<bool>(&comparison.literal);
  int64_t integer = 0;
  absl::Time time;
  switch (type) {
    case ColumnType::kBool:
      if (flag != nullptr) return store::Value(*flag);
      return FilterFault(comparison, "is a truth value; compare it with true or false");
    case ColumnType::kInt64:
      if (number != nullptr && absl::SimpleAtoi(comparison.number, &integer)) {
        return store::Value(integer);
      }
      return FilterFault(comparison, "is a whole number; compare it with one");
    case ColumnType::kDouble:
      if (number != nullptr) return store::Value(*number);
      return FilterFault(comparison, "is a number; compare it with one, without quotes");
    case ColumnType::kString:
      if (text != nullptr) return store::Value(*text);
      return FilterFault(comparison, "is text; compare it with text in quotes");
    case ColumnType::kTimestamp:
      if (text != nullptr && ParseInstant(*text, time)) return store::Value(time);
      return FilterFault(
          comparison, "is an instant; compare it with \"2017-07-01T00:00:00Z\" or \"2017-07-01\"");
  }
  return FilterFault(comparison, "can't be compared");
}

}  // namespace

absl::StatusOr<std::vector<store::Condition>> RowConditions(
    const std::vector<Comparison>& comparisons, const facts::DatasetSchema& schema) {
  std::vector<store::Condition> conditions;
  for (const Comparison& comparison : comparisons) {
    const facts::ColumnSchema* column = schema.FindColumn(comparison.field);
    if (column == nullptr) {
      std::vector<std::string> names;
      for (const facts::ColumnSchema& known : schema.columns) names.push_back(known.name);
      return FilterFault(comparison,
                         fmt::format("the dataset '{}' has no such column.{}", schema.id,
                                     config::DidYouMean(comparison.field, names)));
    }
    store::Condition condition{.column = column->name, .op = RowOp(comparison.op)};
    if (std::holds_alternative<Null>(comparison.literal)) {
      condition.op = comparison.op == CompareOp::kEq ? Op::kIsNull : Op::kIsNotNull;
    } else {
      absl::StatusOr<store::Value> value = Typed(comparison, column->type);
      if (!value.ok()) return value.status();
      condition.operands.push_back(*std::move(value));
    }
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

}  // namespace keyscore::rpc
