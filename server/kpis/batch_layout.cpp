// Lays out, fills and reads back the buffers of one call.
#include "kpis/batch_layout.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "kpis/failure.h"

namespace keyscore::kpis {
namespace {

constexpr std::byte kGuard{0xa5};

constexpr uint64_t Padded(uint64_t bytes) {
  return (bytes + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
}

// Hands out consecutive aligned pieces.
class Carver {
 public:
  explicit Carver(uint64_t at) : at_(at) {}

  uint64_t Take(uint64_t bytes) {
    const uint64_t piece = at_;
    at_ += Padded(bytes);
    return piece;
  }
  uint64_t at() const { return at_; }

 private:
  uint64_t at_;
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

uint64_t BitmapBytes(uint64_t rows) { return (rows + 7) / 8; }

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

template <class T>
T* At(std::byte* block, uint64_t offset) {
  return reinterpret_cast<T*>(block + offset);
}
template <class T>
const T* At(const std::byte* block, uint64_t offset) {
  return reinterpret_cast<const T*>(block + offset);
}

void FillList(const store::MeasureColumn& from, const BatchLayout::Column& to, std::byte* block) {
  auto* const offsets = At<int64_t>(block, to.offsets);
  auto* const values = At<double>(block, to.values);
  int64_t end = 0;
  for (size_t row = 0; row < from.lists.size(); ++row) {
    std::copy(from.lists[row].begin(), from.lists[row].end(), values + end);
    end += static_cast<int64_t>(from.lists[row].size());
    offsets[row + 1] = end;
  }
}

void FillNumbers(const store::MeasureColumn& from, const BatchLayout::Column& to,
                 std::byte* block) {
  if (to.type == KS_TYPE_INT64) {
    std::transform(from.numbers.begin(), from.numbers.end(), At<int64_t>(block, to.values),
                   [](double number) { return std::llround(number); });
  } else {
    std::copy(from.numbers.begin(), from.numbers.end(), At<double>(block, to.values));
  }
  if (to.validity == 0) return;
  auto* const validity = At<uint8_t>(block, to.validity);
  for (size_t row = 0; row < from.valid.size(); ++row) {
    if (from.valid[row] != 0) validity[row / 8] |= static_cast<uint8_t>(1u << (row % 8));
  }
}

// Calls visit(offset, bytes) for each array of results.
template <class Visit>
void ForEachResult(const BatchLayout& layout, Visit visit) {
  visit(layout.state, layout.row_count);
  for (const uint64_t array :
       {layout.value, layout.sample_size, layout.weight, layout.low, layout.high}) {
    visit(array, layout.row_count * sizeof(double));
  }
  if (layout.details != 0) {
    visit(layout.details, layout.row_count * layout.detail_count * sizeof(double));
  }
}

// From the end of an array to the end of its guard.
uint64_t GuardBytes(uint64_t bytes) { return Padded(bytes) + kBufferAlignment - bytes; }

RowResult Refused(std::string_view fault) {
  RowResult result;
  result.state = State::kError;
  result.fault = fault;
  return result;
}

}  // namespace

absl::StatusOr<BatchLayout> LayOut(const EvaluationBatch& batch, size_t detail_count,
                                   uint64_t begin) {
  if (batch.columns.size() > kMaxInputs) {
    return absl::InternalError(fmt::format("{} input columns", batch.columns.size()));
  }
  BatchLayout layout;
  layout.row_count = batch.row_count;
  layout.column_count = static_cast<uint32_t>(batch.columns.size());
  layout.detail_count = static_cast<uint32_t>(detail_count);
  layout.begin = begin;
  Carver carver(begin);
  const uint64_t rows = batch.row_count;
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    if (absl::Status status = CheckColumn(batch, i); !status.ok()) return status;
    BatchLayout::Column& column = layout.columns[i];
    if (batch.aggregates[i] == store::Aggregate::kList) {
      column.type = KS_TYPE_LIST_DOUBLE;
      column.offsets = carver.Take((rows + 1) * sizeof(int64_t));
      column.values = carver.Take(ListedCount(*batch.columns[i]) * sizeof(double));
    } else {
      column.type = IsCount(batch.aggregates[i]) ? KS_TYPE_INT64 : KS_TYPE_DOUBLE;
      column.values = carver.Take(rows * sizeof(double));
      if (HasNull(*batch.columns[i])) column.validity = carver.Take(BitmapBytes(rows));
    }
  }
  layout.results = carver.at();
  const auto take = [&carver](uint64_t bytes) {
    return carver.Take(Padded(bytes) + kBufferAlignment);
  };
  layout.state = take(rows);
  for (uint64_t* array :
       {&layout.value, &layout.sample_size, &layout.weight, &layout.low, &layout.high}) {
    *array = take(rows * sizeof(double));
  }
  if (detail_count > 0) layout.details = take(detail_count * rows * sizeof(double));
  layout.end = carver.at();
  return layout;
}

void FillBatch(const EvaluationBatch& batch, const BatchLayout& layout, std::byte* block) {
  std::memset(block + layout.begin, 0, layout.end - layout.begin);
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    if (layout.columns[i].type == KS_TYPE_LIST_DOUBLE) {
      FillList(*batch.columns[i], layout.columns[i], block);
    } else {
      FillNumbers(*batch.columns[i], layout.columns[i], block);
    }
  }
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const uint64_t rows = layout.row_count;
  std::fill_n(At<double>(block, layout.weight), rows, 1.0);
  std::fill_n(At<double>(block, layout.low), rows, kNone);
  std::fill_n(At<double>(block, layout.high), rows, kNone);
  if (layout.details != 0) {
    std::fill_n(At<double>(block, layout.details), rows * layout.detail_count, kNone);
  }
  ForEachResult(layout, [block](uint64_t array, uint64_t bytes) {
    std::fill_n(block + array + bytes, GuardBytes(bytes), kGuard);
  });
}

AbiView::AbiView(const BatchLayout& layout, std::byte* block) {
  for (size_t i = 0; i < layout.column_count; ++i) {
    const BatchLayout::Column& column = layout.columns[i];
    columns_[i] = {sizeof(ks_column), column.type, block + column.values,
                   column.validity == 0 ? nullptr : At<uint8_t>(block, column.validity),
                   column.offsets == 0 ? nullptr : At<int64_t>(block, column.offsets)};
  }
  input_ = {sizeof(ks_input_batch), layout.column_count, layout.row_count, columns_.data(),
            sizeof(ks_column)};
  output_ = {sizeof(ks_output_batch),
             0,
             layout.row_count,
             At<uint8_t>(block, layout.state),
             At<double>(block, layout.value),
             At<int64_t>(block, layout.sample_size),
             At<double>(block, layout.weight),
             At<double>(block, layout.low),
             At<double>(block, layout.high),
             layout.details == 0 ? nullptr : At<double>(block, layout.details),
             layout.detail_count,
             0};
}

absl::StatusOr<std::vector<RowResult>> ReadResults(const BatchLayout& layout,
                                                   const std::byte* results) {
  const std::byte* const block = results - layout.results;
  static const std::array<std::byte, 2 * kBufferAlignment> whole = [] {  // as long as they get
    std::array<std::byte, 2 * kBufferAlignment> guard;
    guard.fill(kGuard);
    return guard;
  }();
  bool intact = true;
  ForEachResult(layout, [&](uint64_t array, uint64_t bytes) {
    intact = intact && std::memcmp(block + array + bytes, whole.data(), GuardBytes(bytes)) == 0;
  });
  if (!intact) {
    return PluginFailure(absl::StatusCode::kInternal, kPluginInvalidOutput,
                         fmt::format("it wrote beyond its results, which have {} {}",
                                     layout.row_count, layout.row_count == 1 ? "row" : "rows"));
  }
  const size_t rows = layout.row_count;
  const auto* const states = At<uint8_t>(block, layout.state);
  const auto* const values = At<double>(block, layout.value);
  const auto* const samples = At<int64_t>(block, layout.sample_size);
  const auto* const weights = At<double>(block, layout.weight);
  const auto* const lows = At<double>(block, layout.low);
  const auto* const highs = At<double>(block, layout.high);
  std::vector<RowResult> read(rows);
  for (size_t row = 0; row < rows; ++row) {
    RowResult& result = read[row];
    if (states[row] > KS_STATE_ERROR) {
      result = Refused("the state is unknown");
    } else if (states[row] == KS_STATE_VALUE && !std::isfinite(values[row])) {
      result = Refused("the value is not finite");
    } else if (!std::isfinite(weights[row]) || weights[row] < 0) {
      result = Refused("the weight is negative or not finite");
    } else if (samples[row] < 0) {
      result = Refused("the sample size is negative");
    } else {
      result.state = static_cast<State>(states[row]);
      result.sample_size = samples[row];
      result.weight = weights[row];
      result.details.reserve(layout.detail_count);
      for (size_t detail = 0; detail < layout.detail_count; ++detail) {
        const double figure = At<double>(block, layout.details)[detail * rows + row];
        result.details.push_back(std::isfinite(figure) ? std::optional(figure) : std::nullopt);
      }
      if (result.state != State::kValue) continue;
      result.value = values[row];
      if (std::isfinite(lows[row])) result.low = lows[row];
      if (std::isfinite(highs[row])) result.high = highs[row];
      if (lows[row] > highs[row]) {
        result = Refused("the interval's low end is above its high end");
      }
    }
  }
  return read;
}

}  // namespace keyscore::kpis
