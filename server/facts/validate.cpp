// Faults of a batch as a whole, then column by column the faults of single rows.
#include "facts/validate.h"

#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "facts/check_column.h"
#include "facts/pick_rows.h"

namespace keyscore::facts {
namespace {

std::string TypeName(ColumnType type) { return std::string(ColumnTypeName(type)); }

absl::Status CheckShape(const Column& column, size_t row_count) {
  size_t size = std::visit([](const auto& values) { return values.size(); }, column.values);
  if (const auto* text = std::get_if<StringValues>(&column.values)) {
    if (text->offsets.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("column '", column.name, "': a string column needs rows + 1 offsets"));
    }
    for (size_t i = 1; i < text->offsets.size(); ++i) {
      if (text->offsets[i] < text->offsets[i - 1]) {
        return absl::InvalidArgumentError(
            absl::StrCat("column '", column.name, "': offsets must not decrease (at ", i, ")"));
      }
    }
    if (text->offsets.back() > text->data.size()) {
      return absl::InvalidArgumentError(absl::StrCat("column '", column.name, "': the last offset ",
                                                     text->offsets.back(), " lies beyond its ",
                                                     text->data.size(), " bytes of text"));
    }
  }
  if (size != row_count) {
    return absl::InvalidArgumentError(absl::StrCat("column '", column.name, "' has ", size,
                                                   " values, the batch has ", row_count,
                                                   " rows; send one value a row"));
  }
  if (!column.valid.empty() && column.valid.size() != row_count) {
    return absl::InvalidArgumentError(absl::StrCat(
        "column '", column.name, "' has ", column.valid.size(), " validity flags, the batch has ",
        row_count, " rows; send one a row or none"));
  }
  return absl::OkStatus();
}

// Brings a sent column to the schema's type; the only conversion is INT64 to DOUBLE.
absl::Status Conform(const ColumnSchema& schema, Column& column) {
  const auto* integers = std::get_if<std::vector<int64_t>>(&column.values);
  if (column.type == ColumnType::kInt64 && schema.type == ColumnType::kDouble &&
      integers != nullptr) {
    column.values = std::vector<double>(integers->begin(), integers->end());
    column.type = ColumnType::kDouble;
  }
  if (column.type != schema.type) {
    return absl::InvalidArgumentError(absl::StrCat("column '", schema.name, "' is ",
                                                   TypeName(column.type), ", expected ",
                                                   TypeName(schema.type)));
  }
  if (column.values.index() != EmptyValues(schema.type).index()) {
    return absl::InvalidArgumentError(
        absl::StrCat("column '", schema.name, "': its values are not ", TypeName(schema.type)));
  }
  return absl::OkStatus();
}

Column AllNull(const ColumnSchema& schema, size_t row_count) {
  Column column{.name = schema.name, .type = schema.type, .values = EmptyValues(schema.type)};
  std::visit(
      [row_count](auto& values) {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>, StringValues>) {
          values.offsets.assign(row_count + 1, 0);
        } else {
          values.resize(row_count);
        }
      },
      column.values);
  column.valid.assign(row_count, 0);
  return column;
}

absl::Status CheckNames(const DatasetSchema& schema, const ColumnBatch& batch) {
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    const std::string& name = batch.columns[i].name;
    if (schema.FindColumn(name) == nullptr) {
      const std::string known = absl::StrJoin(
          schema.columns, ", ",
          [](std::string* out, const ColumnSchema& column) { out->append(column.name); });
      return absl::InvalidArgumentError(absl::StrCat("dataset '", schema.id, "' has no column '",
                                                     name.substr(0, 80), "'; it has ", known));
    }
    if (batch.FindColumn(name) != &batch.columns[i]) {
      return absl::InvalidArgumentError(absl::StrCat("column '", name, "' was sent twice"));
    }
  }
  return absl::OkStatus();
}

// The batch's columns in the schema's order, missing nullable ones filled with nulls. A deletion
// keeps fact_id alone.
absl::StatusOr<std::vector<Column>> Arrange(const DatasetSchema& schema, ColumnBatch& batch) {
  std::vector<Column> arranged;
  for (const ColumnSchema& column : schema.columns) {
    if (batch.operation == Operation::kDelete && column.name != "fact_id") continue;
    Column* sent = const_cast<Column*>(batch.FindColumn(column.name));
    if (sent == nullptr) {
      if (!column.nullable) {
        return absl::InvalidArgumentError(absl::StrCat("column '", column.name,
                                                       "' is required by dataset '", schema.id,
                                                       "' and was not sent"));
      }
      arranged.push_back(AllNull(column, batch.row_count));
      continue;
    }
    if (absl::Status shape = CheckShape(*sent, batch.row_count); !shape.ok()) return shape;
    arranged.push_back(std::move(*sent));
    if (absl::Status type = Conform(column, arranged.back()); !type.ok()) return type;
  }
  return arranged;
}

void CheckBelongsToSomeone(const DatasetSchema& schema, const ColumnBatch& batch,
                           RowFaults& faults) {
  if (schema.kind != DatasetKind::kEvents || batch.operation == Operation::kDelete) return;
  const Column* account = batch.FindColumn("account_id");
  const Column* manager = batch.FindColumn("manager_id");
  if (account == nullptr || manager == nullptr || account->valid.empty() ||
      manager->valid.empty()) {
    return;
  }
  for (size_t row = 0; row < batch.row_count; ++row) {
    if (account->valid[row] == 0 && manager->valid[row] == 0) {
      faults.Add(row, "account_id", "a fact needs an account_id, a manager_id or both");
    }
  }
}

}  // namespace

absl::StatusOr<ValidatedBatch> Validate(const DatasetSchema& schema, ColumnBatch batch,
                                        size_t max_rows) {
  if (schema.kind == DatasetKind::kDerived) {
    return absl::InvalidArgumentError(
        absl::StrCat("dataset '", schema.id, "' is computed from others; it takes no facts"));
  }
  if (batch.row_count > max_rows) {
    return absl::ResourceExhaustedError(absl::StrCat("the batch has ", batch.row_count,
                                                     " rows, at most ", max_rows,
                                                     " are taken at once; send smaller batches"));
  }
  if (absl::Status names = CheckNames(schema, batch); !names.ok()) return names;
  absl::StatusOr<std::vector<Column>> arranged = Arrange(schema, batch);
  if (!arranged.ok()) return arranged.status();
  batch.columns = *std::move(arranged);

  RowFaults faults(batch.row_count);
  for (const Column& column : batch.columns) {
    CheckColumnValues(schema, *schema.FindColumn(column.name), column, faults);
  }
  CheckBelongsToSomeone(schema, batch, faults);

  ValidatedBatch result;
  result.source_rows = faults.GoodRows();
  result.rejects = std::move(faults).TakeByRow();
  if (!result.rejects.empty()) batch = PickRows(batch, result.source_rows);
  result.batch = std::move(batch);
  return result;
}

}  // namespace keyscore::facts
