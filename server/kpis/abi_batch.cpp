// Lays out, fills and reads back the buffers of one call.
#include "kpis/abi_batch.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "absl/status/status.h"
#include "fmt/format.h"

namespace keyscore::kpis {
namespace {

constexpr size_t kAlignment = 64;  // of every buffer, as Arrow recommends

constexpr size_t Padded(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// Hands out consecutive aligned pieces of one zeroed allocation.
class Carver {
 public:
  explicit Carver(std::byte* at) : at_(at) {}

  template <class T>
  T* Take(size_t count) {
    auto* const piece = reinterpret_cast<T*>(at_);
    at_ += Padded(count * sizeof(T));
    return piece;
  }

 private:
  std::byte* at_;
};

bool IsCount(store::Aggregate aggregate) {
  return aggregate == store::Aggregate::kCount || aggregate == store::Aggregate::kCountDistinct;
}

bool HasNull(const store::MeasureColumn& column) {
  return std::find(column.valid.begin(), column.valid.end(), 0) != column.valid.end();
}

size_t ListedCount(const store::MeasureColumn& column) {
  size_t count = 0;
  for (const std::vector<double>& list : column.lists) count += list.size();
  return count;
}

size_t BitmapBytes(size_t rows) { return (rows + 7) / 8; }

absl::Status CheckColumn(const EvaluationBatch& batch, size_t i) {
  const store::MeasureColumn& column = *batch.columns[i];
  const bool list = batch.aggregates[i] == store::Aggregate::kList;
  const size_t cells = list ? column.lists.size() : column.numbers.size();
  if (cells == batch.row_count && (column.valid.empty() || column.valid.size() == cells)) {
    return absl::OkStatus();
  }
  return absl::InternalError(
      fmt::format("input {} has {} cells for {} rows", i, cells, batch.row_count));
}

size_t InputBytes(const EvaluationBatch& batch) {
  size_t bytes = Padded(batch.columns.size() * sizeof(ks_column));
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    if (batch.aggregates[i] == store::Aggregate::kList) {
      bytes += Padded((batch.row_count + 1) * sizeof(int64_t)) +
               Padded(ListedCount(*batch.columns[i]) * sizeof(double));
    } else {
      bytes += Padded(batch.row_count * sizeof(double));
      if (HasNull(*batch.columns[i])) bytes += Padded(BitmapBytes(batch.row_count));
    }
  }
  return bytes;
}

size_t OutputBytes(size_t rows, size_t details) {
  return Padded(rows) + 5 * Padded(rows * sizeof(double)) + Padded(details * rows * sizeof(double));
}

void FillList(const store::MeasureColumn& from, Carver& carver, ks_column& to) {
  to.type = KS_TYPE_LIST_DOUBLE;
  auto* const offsets = carver.Take<int64_t>(from.lists.size() + 1);
  auto* const values = carver.Take<double>(ListedCount(from));
  int64_t end = 0;
  for (size_t row = 0; row < from.lists.size(); ++row) {
    std::copy(from.lists[row].begin(), from.lists[row].end(), values + end);
    end += static_cast<int64_t>(from.lists[row].size());
    offsets[row + 1] = end;
  }
  to.offsets = offsets;
  to.values = values;
}

void FillNumbers(const store::MeasureColumn& from, bool count, Carver& carver, ks_column& to) {
  const size_t rows = from.numbers.size();
  if (count) {
    to.type = KS_TYPE_INT64;
    auto* const values = carver.Take<int64_t>(rows);
    std::transform(from.numbers.begin(), from.numbers.end(), values,
                   [](double number) { return std::llround(number); });
    to.values = values;
  } else {
    to.type = KS_TYPE_DOUBLE;
    auto* const values = carver.Take<double>(rows);
    std::copy(from.numbers.begin(), from.numbers.end(), values);
    to.values = values;
  }
  if (!HasNull(from)) return;
  auto* const validity = carver.Take<uint8_t>(BitmapBytes(rows));
  for (size_t row = 0; row < rows; ++row) {
    if (from.valid[row] != 0) validity[row / 8] |= static_cast<uint8_t>(1u << (row % 8));
  }
  to.validity = validity;
}

RowResult Refused(std::string_view fault) {
  RowResult result;
  result.state = State::kError;
  result.fault = fault;
  return result;
}

}  // namespace

absl::StatusOr<AbiBatch> AbiBatch::Make(const EvaluationBatch& batch, size_t detail_count) {
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    if (absl::Status status = CheckColumn(batch, i); !status.ok()) return status;
  }
  const size_t rows = batch.row_count;
  const size_t bytes = InputBytes(batch) + OutputBytes(rows, detail_count);
  AbiBatch made;
  made.row_count_ = rows;
  made.detail_count_ = detail_count;
  made.memory_.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, bytes)));
  if (made.memory_ == nullptr) {
    return absl::ResourceExhaustedError(fmt::format("no memory for {} rows of inputs", rows));
  }
  std::memset(made.memory_.get(), 0, bytes);
  Carver carver(made.memory_.get());

  auto* const columns = carver.Take<ks_column>(batch.columns.size());
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    columns[i].struct_size = sizeof(ks_column);
    if (batch.aggregates[i] == store::Aggregate::kList) {
      FillList(*batch.columns[i], carver, columns[i]);
    } else {
      FillNumbers(*batch.columns[i], IsCount(batch.aggregates[i]), carver, columns[i]);
    }
  }
  made.input_ = {sizeof(ks_input_batch), static_cast<uint32_t>(batch.columns.size()), rows, columns,
                 sizeof(ks_column)};

  Outputs& outputs = made.outputs_;
  outputs.state = carver.Take<uint8_t>(rows);
  outputs.value = carver.Take<double>(rows);
  outputs.sample_size = carver.Take<int64_t>(rows);
  outputs.weight = carver.Take<double>(rows);
  outputs.low = carver.Take<double>(rows);
  outputs.high = carver.Take<double>(rows);
  if (detail_count > 0) outputs.details = carver.Take<double>(detail_count * rows);
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  std::fill_n(outputs.weight, rows, 1.0);
  std::fill_n(outputs.low, rows, kNone);
  std::fill_n(outputs.high, rows, kNone);
  std::fill_n(outputs.details, detail_count * rows, kNone);
  made.output_ = {sizeof(ks_output_batch),
                  0,
                  rows,
                  outputs.state,
                  outputs.value,
                  outputs.sample_size,
                  outputs.weight,
                  outputs.low,
                  outputs.high,
                  outputs.details,
                  static_cast<uint32_t>(detail_count),
                  0};
  return made;
}

std::vector<RowResult> AbiBatch::Results() const {
  std::vector<RowResult> results(row_count_);
  for (size_t row = 0; row < row_count_; ++row) {
    const uint8_t state = outputs_.state[row];
    const double weight = outputs_.weight[row];
    const double value = outputs_.value[row];
    RowResult& result = results[row];
    if (state > KS_STATE_ERROR) {
      result = Refused("the state is unknown");
    } else if (state == KS_STATE_VALUE && !std::isfinite(value)) {
      result = Refused("the value is not finite");
    } else if (!std::isfinite(weight) || weight < 0) {
      result = Refused("the weight is negative or not finite");
    } else if (outputs_.sample_size[row] < 0) {
      result = Refused("the sample size is negative");
    } else {
      result.state = static_cast<State>(state);
      result.sample_size = outputs_.sample_size[row];
      result.weight = weight;
      for (size_t detail = 0; detail < detail_count_; ++detail) {
        const double figure = outputs_.details[detail * row_count_ + row];
        result.details.push_back(std::isfinite(figure) ? std::optional(figure) : std::nullopt);
      }
      if (result.state != State::kValue) continue;
      result.value = value;
      const double low = outputs_.low[row];
      const double high = outputs_.high[row];
      if (std::isfinite(low)) result.low = low;
      if (std::isfinite(high)) result.high = high;
      if (low > high) result = Refused("the interval's low end is above its high end");
    }
  }
  return results;
}

}  // namespace keyscore::kpis
