// What Evaluate sees: one row of a batch, or the whole batch. Views into the host's buffers, valid
// during the call only; nothing is copied or owned. Safe to read from any thread.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "keyscore/kpi_abi.h"
#include "keyscore/sdk/names.h"
#include "keyscore/sdk/number.h"
#include "keyscore/sdk/result.h"

namespace keyscore::sdk {

// What is asked, the same for all rows.
struct Question {
  SubjectKind subject = SubjectKind::kManager;
  int64_t from_us = 0;  // microseconds since 1970-01-01T00:00:00Z, inclusive
  int64_t to_us = 0;    // exclusive
  int64_t days = 0;     // days(P): whole days of the reporting calendar
};

namespace internal {

// One input column; where the host keeps its row i.
struct ColumnView {
  const void* values = nullptr;
  const uint8_t* validity = nullptr;
  const int64_t* offsets = nullptr;

  bool Valid(std::size_t row) const {
    return validity == nullptr || ((validity[row / 8] >> (row % 8)) & 1) != 0;
  }
};

}  // namespace internal

// All rows of one call, with the inputs of K.
template <class K>
class RowOf;

template <class K>
class BatchOf {
 public:
  static constexpr std::size_t kColumns = std::size(K::kInputs);

  BatchOf(const internal::ColumnView* columns, std::size_t rows, const Question& question,
          const ks_context* context)
      : columns_(columns), rows_(rows), question_(question), context_(context) {}

  std::size_t size() const { return rows_; }
  RowOf<K> operator[](std::size_t row) const { return RowOf<K>(*this, row); }
  const Question& question() const { return question_; }
  // True once the caller has gone; return soon. The SDK asks every 4,096 rows by itself.
  bool Cancelled() const {
    return context_->cancelled != nullptr && context_->cancelled(context_->cancel_context) != 0;
  }

 private:
  friend class RowOf<K>;
  const internal::ColumnView* columns_;
  std::size_t rows_;
  Question question_;
  const ks_context* context_;
};

// One row.
template <class K>
class RowOf {
 public:
  RowOf(const BatchOf<K>& batch, std::size_t row) : batch_(batch), row_(row) {}

  // The input of this name, or at this position in K::kInputs, found by the compiler.
  Number operator[](NumberInput<K> input) const {
    const internal::ColumnView& column = batch_.columns_[input.position];
    const bool valid = column.Valid(row_);
    if (input.is_count) {
      return {static_cast<double>(static_cast<const int64_t*>(column.values)[row_]), valid};
    }
    return {static_cast<const double*>(column.values)[row_], valid};
  }

  // The values of a list input in time order; empty where null.
  std::span<const double> List(ListInput<K> input) const {
    const internal::ColumnView& column = batch_.columns_[input.position];
    if (!column.Valid(row_)) return {};
    const double* values = static_cast<const double*>(column.values);
    return {values + column.offsets[row_], values + column.offsets[row_ + 1]};
  }

  // days(P), the asked period's length in days.
  Number period_days() const { return batch_.question_.days; }
  // S and E in seconds since 1970, to compare with unix_seconds(...) inputs.
  Number period_from_seconds() const { return static_cast<double>(batch_.question_.from_us) / 1e6; }
  Number period_to_seconds() const { return static_cast<double>(batch_.question_.to_us) / 1e6; }
  SubjectKind subject() const { return batch_.question_.subject; }
  // What Fit found, by the name in K::kParameters; the same in every row.
  double Parameter(ParameterName<K> parameter) const {
    return batch_.context_->parameters[parameter.position];
  }

 private:
  const BatchOf<K>& batch_;
  std::size_t row_;
};

// Where a row's details go, by the names in K::kDetails; one that is not set, or not finite, is
// absent.
template <class K>
class DetailsOf {
 public:
  // `details` as in ks_output_batch; null where the host takes none.
  DetailsOf(double* details, std::size_t row, std::size_t rows)
      : details_(details), row_(row), rows_(rows) {}

  double& operator[](DetailName<K> detail) {
    return details_ == nullptr ? unwanted_ : details_[detail.position * rows_ + row_];
  }
  // Makes what is not finite absent, as the contract wants it.
  void LeaveOutWhatIsNotFinite() {
    if (details_ == nullptr) return;
    for (std::size_t detail = 0; detail < internal::Details<K>().size(); ++detail) {
      double& figure = details_[detail * rows_ + row_];
      if (!std::isfinite(figure)) figure = std::numeric_limits<double>::quiet_NaN();
    }
  }

 private:
  double* details_;
  std::size_t row_;
  std::size_t rows_;
  double unwanted_ = 0;
};

// Where Fit writes the parameters, by the names in K::kParameters; all must be set.
template <class K>
class ParametersOf {
 public:
  explicit ParametersOf(double* parameters) : parameters_(parameters) {}

  double& operator[](ParameterName<K> parameter) { return parameters_[parameter.position]; }

 private:
  double* parameters_;
};

// Where results go.
class Output {
 public:
  explicit Output(const ks_output_batch& batch) : batch_(batch) {}

  // Writes row `row`, below the batch's size. A value, weight or sample size that the contract
  // forbids makes it an ERROR row; an interval that is not finite and ordered is left out.
  void Set(std::size_t row, const Result& result) {
    State state = result.state;
    if (state == State::kValue && !(std::isfinite(result.value) && std::isfinite(result.weight) &&
                                    result.weight >= 0 && result.sample_size >= 0)) {
      state = State::kError;
    }
    const bool has_value = state == State::kValue;
    const bool has_interval = has_value && std::isfinite(result.low) &&
                              std::isfinite(result.high) && result.low <= result.high;
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    batch_.value[row] = has_value ? result.value : 0;
    batch_.sample_size[row] = has_value ? result.sample_size : 0;
    batch_.weight[row] = has_value ? result.weight : 1;
    batch_.low[row] = has_interval ? result.low : kNone;
    batch_.high[row] = has_interval ? result.high : kNone;
    batch_.state[row] = static_cast<uint8_t>(state);
  }

 private:
  ks_output_batch batch_;
};

}  // namespace keyscore::sdk
