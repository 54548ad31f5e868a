// The buffers of one evaluate call, laid out like the host's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "keyscore/kpi_abi.h"
#include "keyscore/testing/aligned_buffer.h"

namespace keyscore::testing {

// One value a row; nullopt = null.
using NumberColumn = std::vector<std::optional<double>>;
// One list a row.
using ListColumn = std::vector<std::vector<double>>;
using InputColumn = std::variant<NumberColumn, ListColumn>;

// `growth` bytes are added behind every struct, as by a host of a later minor version.
class FakeBatch {
 public:
  FakeBatch(std::size_t rows, std::size_t growth, std::size_t details = 0)
      : rows_(rows),
        growth_(growth),
        detail_count_(details),
        state_(rows),
        value_(rows * sizeof(double)),
        sample_size_(rows * sizeof(int64_t)),
        weight_(rows * sizeof(double)),
        low_(rows * sizeof(double)),
        high_(rows * sizeof(double)),
        details_(details * rows * sizeof(double)) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    for (double& detail : details_.As<double>()) detail = kNone;
    for (std::size_t i = 0; i < rows; ++i) {
      state_.As<uint8_t>()[i] = KS_STATE_NO_DATA;
      value_.As<double>()[i] = 0;
      sample_size_.As<int64_t>()[i] = 0;
      weight_.As<double>()[i] = 1;
      low_.As<double>()[i] = kNone;
      high_.As<double>()[i] = kNone;
    }
  }

  // Appends the column of `measure`; the caller has checked its kind and length.
  void Add(const ks_measure& measure, const InputColumn& input) {
    ks_column column{};
    column.struct_size = static_cast<uint32_t>(sizeof(ks_column) + growth_);
    if (measure.aggregate == KS_LIST) {
      AddList(column, std::get<ListColumn>(input));
    } else {
      AddNumbers(column, std::get<NumberColumn>(input),
                 measure.aggregate == KS_COUNT || measure.aggregate == KS_COUNT_DISTINCT);
    }
    const std::size_t at = columns_.size();
    columns_.resize(at + sizeof(ks_column) + growth_, std::byte{0xEE});
    std::memcpy(columns_.data() + at, &column, sizeof column);
    ++column_count_;
  }

  // Views of the buffers; valid while this object is neither changed nor destroyed.
  ks_input_batch Input() const {
    ks_input_batch batch{};
    batch.struct_size = static_cast<uint32_t>(sizeof(ks_input_batch) + growth_);
    batch.column_count = column_count_;
    batch.row_count = rows_;
    batch.columns = reinterpret_cast<const ks_column*>(columns_.data());
    batch.column_stride = sizeof(ks_column) + growth_;
    return batch;
  }
  ks_output_batch Output() {
    ks_output_batch batch{};
    batch.struct_size = static_cast<uint32_t>(sizeof(ks_output_batch) + growth_);
    batch.row_count = rows_;
    batch.state = state_.As<uint8_t>().data();
    batch.value = value_.As<double>().data();
    batch.sample_size = sample_size_.As<int64_t>().data();
    batch.weight = weight_.As<double>().data();
    batch.low = low_.As<double>().data();
    batch.high = high_.As<double>().data();
    batch.details = detail_count_ == 0 ? nullptr : details_.As<double>().data();
    batch.detail_count = static_cast<uint32_t>(detail_count_);
    return batch;
  }

  bool GuardsIntact() const {
    for (const AlignedBuffer& buffer : buffers_) {
      if (!buffer.GuardsIntact()) return false;
    }
    return state_.GuardsIntact() && value_.GuardsIntact() && sample_size_.GuardsIntact() &&
           weight_.GuardsIntact() && low_.GuardsIntact() && high_.GuardsIntact() &&
           details_.GuardsIntact();
  }
  // Changes when an input buffer does.
  uint64_t InputFingerprint() const {
    uint64_t sum = 0;
    for (const AlignedBuffer& buffer : buffers_) sum = sum * 31 + buffer.Fingerprint();
    return sum;
  }

 private:
  template <class T>
  std::span<T> NewBuffer(std::size_t count) {
    return buffers_.emplace_back(count * sizeof(T)).template As<T>();
  }

  void AddNumbers(ks_column& column, const NumberColumn& numbers, bool counts) {
    column.type = counts ? KS_TYPE_INT64 : KS_TYPE_DOUBLE;
    bool any_null = false;
    for (const auto& number : numbers) any_null = any_null || !number.has_value();
    // What stands in a null's place is arbitrary; a KPI that reads it shows.
    if (counts) {
      const std::span<int64_t> values = NewBuffer<int64_t>(rows_);
      for (std::size_t i = 0; i < rows_; ++i) {
        values[i] = static_cast<int64_t>(numbers[i].value_or(-7777));
      }
      column.values = values.data();
    } else {
      const std::span<double> values = NewBuffer<double>(rows_);
      for (std::size_t i = 0; i < rows_; ++i) values[i] = numbers[i].value_or(-7777);
      column.values = values.data();
    }
    if (any_null) {
      const std::span<uint8_t> bits = NewBuffer<uint8_t>((rows_ + 7) / 8);
      for (uint8_t& byte : bits) byte = 0;
      for (std::size_t i = 0; i < rows_; ++i) {
        if (numbers[i]) bits[i / 8] = static_cast<uint8_t>(bits[i / 8] | (1u << (i % 8)));
      }
      column.validity = bits.data();
    }
  }

  void AddList(ks_column& column, const ListColumn& lists) {
    column.type = KS_TYPE_LIST_DOUBLE;
    const std::span<int64_t> offsets = NewBuffer<int64_t>(rows_ + 1);
    std::vector<double> flat;
    for (std::size_t i = 0; i < rows_; ++i) {
      offsets[i] = static_cast<int64_t>(flat.size());
      flat.insert(flat.end(), lists[i].begin(), lists[i].end());
    }
    offsets[rows_] = static_cast<int64_t>(flat.size());
    const std::span<double> values = NewBuffer<double>(flat.size());
    for (std::size_t i = 0; i < flat.size(); ++i) values[i] = flat[i];
    column.values = values.data();
    column.offsets = offsets.data();
  }

  std::size_t rows_;
  std::size_t growth_;
  std::size_t detail_count_;
  std::deque<AlignedBuffer> buffers_;
  std::vector<std::byte> columns_;
  uint32_t column_count_ = 0;
  AlignedBuffer state_, value_, sample_size_, weight_, low_, high_, details_;
};

}  // namespace keyscore::testing
