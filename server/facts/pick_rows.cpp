// The copy, column by column.
#include "facts/pick_rows.h"

namespace keyscore::facts {
namespace {

template <typename T>
std::vector<T> Pick(const std::vector<T>& values, const std::vector<size_t>& rows) {
  std::vector<T> picked;
  picked.reserve(rows.size());
  for (const size_t row : rows) picked.push_back(values[row]);
  return picked;
}

StringValues Pick(const StringValues& values, const std::vector<size_t>& rows) {
  StringValues picked;
  picked.offsets.reserve(rows.size() + 1);
  for (const size_t row : rows) picked.push_back(values[row]);
  return picked;
}

}  // namespace

ColumnBatch PickRows(const ColumnBatch& batch, const std::vector<size_t>& rows) {
  ColumnBatch picked{
      .dataset = batch.dataset, .operation = batch.operation, .row_count = rows.size()};
  picked.columns.reserve(batch.columns.size());
  for (const Column& column : batch.columns) {
    Column copy{.name = column.name, .type = column.type};
    copy.values = std::visit([&](const auto& values) { return ColumnValues(Pick(values, rows)); },
                             column.values);
    if (!column.valid.empty()) copy.valid = Pick(column.valid, rows);
    picked.columns.push_back(std::move(copy));
  }
  return picked;
}

}  // namespace keyscore::facts
