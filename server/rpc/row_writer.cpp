// A value is appended when it is set; what was not set is filled up when the next row begins.
#include "rpc/row_writer.h"

#include <algorithm>
#include <utility>

namespace keyscore::rpc {
namespace {

facts::ColumnValues NoValues(facts::ColumnType type) {
  switch (type) {
    case facts::ColumnType::kBool:
      return std::vector<uint8_t>();
    case facts::ColumnType::kInt64:
    case facts::ColumnType::kTimestamp:
      return std::vector<int64_t>();
    case facts::ColumnType::kDouble:
      return std::vector<double>();
    case facts::ColumnType::kString:
      break;
  }
  return facts::StringValues();
}

}  // namespace

RowWriter::RowWriter(const facts::DatasetSchema& schema) : schema_(schema) {
  batch_.dataset = schema.id;
  for (const facts::ColumnSchema& column : schema.columns) {
    batch_.columns.push_back(
        {.name = column.name, .type = column.type, .values = NoValues(column.type), .valid = {}});
  }
}

facts::Column& RowWriter::At(const std::string& column) {
  return *std::find_if(batch_.columns.begin(), batch_.columns.end(),
                       [&](const facts::Column& candidate) { return candidate.name == column; });
}

void RowWriter::NextRow() {
  FillLastRow();
  ++batch_.row_count;
}

void RowWriter::FillLastRow() {
  for (facts::Column& column : batch_.columns) {
    if (column.valid.size() == batch_.row_count) continue;
    column.valid.push_back(0);
    if (auto* texts = std::get_if<facts::StringValues>(&column.values)) {
      texts->push_back("");
    } else if (auto* flags = std::get_if<std::vector<uint8_t>>(&column.values)) {
      flags->push_back(0);
    } else if (auto* integers = std::get_if<std::vector<int64_t>>(&column.values)) {
      integers->push_back(0);
    } else {
      std::get<std::vector<double>>(column.values).push_back(0);
    }
  }
}

void RowWriter::Text(const std::string& column, const std::string& value) {
  if (value.empty()) return;
  facts::Column& out = At(column);
  std::get<facts::StringValues>(out.values).push_back(value);
  out.valid.push_back(1);
}

void RowWriter::Flag(const std::string& column, bool value) {
  facts::Column& out = At(column);
  std::get<std::vector<uint8_t>>(out.values).push_back(value ? 1 : 0);
  out.valid.push_back(1);
}

void RowWriter::Time(const std::string& column, absl::Time value) {
  facts::Column& out = At(column);
  std::get<std::vector<int64_t>>(out.values).push_back(absl::ToUnixMicros(value));
  out.valid.push_back(1);
}

facts::ColumnBatch RowWriter::Finish() {
  FillLastRow();
  return std::move(batch_);
}

}  // namespace keyscore::rpc
