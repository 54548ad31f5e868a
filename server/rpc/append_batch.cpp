// Protobuf's arrays to the rooms' columns.
#include "rpc/append_batch.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

constexpr char kReason[] = "INVALID_BATCH";

absl::Status TakeText(const std::string& field, v1::StringValues& from, facts::StringValues& to) {
  uint64_t total = 0;
  to.offsets.reserve(static_cast<size_t>(from.lengths_size()) + 1);
  for (const uint32_t length : from.lengths()) {
    total += length;
    if (total > from.data().size() || total > std::numeric_limits<uint32_t>::max()) {
      return InvalidField(
          field + ".strings.lengths",
          fmt::format("the lengths exceed the {} bytes of data", from.data().size()), kReason);
    }
    to.offsets.push_back(static_cast<uint32_t>(total));
  }
  if (total != from.data().size()) {
    return InvalidField(
        field + ".strings.lengths",
        fmt::format("the lengths sum to {}, data has {} bytes", total, from.data().size()),
        kReason);
  }
  to.data = std::move(*from.mutable_data());
  return absl::OkStatus();
}

// Bits, least significant first, to one byte a row.
absl::Status TakeValidity(const std::string& field, size_t row_count, const std::string& bits,
                          std::vector<uint8_t>& valid) {
  if (bits.empty()) return absl::OkStatus();
  if (bits.size() != (row_count + 7) / 8) {
    return InvalidField(
        field + ".validity",
        fmt::format("has {} bytes, {} rows need {}", bits.size(), row_count, (row_count + 7) / 8),
        kReason);
  }
  constexpr char kAllEight = '\xFF';
  valid.assign(row_count, 1);
  for (size_t row = 0; row < row_count; ++row) {
    if (row % 8 == 0 && bits[row / 8] == kAllEight) {
      row += 7;  // valid already
      continue;
    }
    valid[row] = (static_cast<uint8_t>(bits[row / 8]) >> (row % 8)) & 1;
  }
  return absl::OkStatus();
}

absl::StatusOr<facts::Column> TakeColumn(const std::string& field, size_t row_count,
                                         v1::FactColumn& from) {
  using facts::ColumnType;
  facts::Column column;
  column.name = std::move(*from.mutable_name());
  switch (from.values_case()) {
    case v1::FactColumn::kBools:
      column.type = ColumnType::kBool;
      column.values =
          std::vector<uint8_t>(from.bools().values().begin(), from.bools().values().end());
      break;
    case v1::FactColumn::kInt64S:
      column.type = ColumnType::kInt64;
      column.values =
          std::vector<int64_t>(from.int64s().values().begin(), from.int64s().values().end());
      break;
    case v1::FactColumn::kDoubles:
      column.type = ColumnType::kDouble;
      column.values =
          std::vector<double>(from.doubles().values().begin(), from.doubles().values().end());
      break;
    case v1::FactColumn::kTimestamps:
      column.type = ColumnType::kTimestamp;
      column.values = std::vector<int64_t>(from.timestamps().micros().begin(),
                                           from.timestamps().micros().end());
      break;
    case v1::FactColumn::kStrings: {
      column.type = ColumnType::kString;
      facts::StringValues values;
      absl::Status status = TakeText(field, *from.mutable_strings(), values);
      if (!status.ok()) return status;
      column.values = std::move(values);
      break;
    }
    case v1::FactColumn::VALUES_NOT_SET:
      return InvalidField(field, fmt::format("column '{}' has no values", column.name), kReason);
  }
  absl::Status status = TakeValidity(field, row_count, from.validity(), column.valid);
  if (!status.ok()) return status;
  return column;
}

}  // namespace

absl::StatusOr<facts::ColumnBatch> TakeBatch(const std::string& dataset_id, size_t max_rows,
                                             v1::AppendFactsRequest& message) {
  facts::ColumnBatch batch;
  batch.dataset = dataset_id;
  batch.row_count = message.row_count();
  if (batch.row_count > max_rows) {
    return WithField(WithReason(absl::ResourceExhaustedError(
                                    fmt::format("row_count: the batch has {} rows, at most {} are "
                                                "allowed; send several batches",
                                                batch.row_count, max_rows)),
                                "BATCH_TOO_LARGE"),
                     "row_count");
  }
  switch (message.operation()) {
    case v1::AppendFactsRequest::OPERATION_UNSPECIFIED:
    case v1::AppendFactsRequest::OPERATION_UPSERT:
      batch.operation = facts::Operation::kUpsert;
      break;
    case v1::AppendFactsRequest::OPERATION_DELETE:
      batch.operation = facts::Operation::kDelete;
      break;
    default:
      return InvalidField("operation", "is no known operation", kReason);
  }
  batch.columns.reserve(static_cast<size_t>(message.columns_size()));
  for (int i = 0; i < message.columns_size(); ++i) {
    auto column =
        TakeColumn(fmt::format("columns[{}]", i), batch.row_count, *message.mutable_columns(i));
    if (!column.ok()) return column.status();
    batch.columns.push_back(*std::move(column));
  }
  return batch;
}

}  // namespace keyscore::rpc
