// The functions a KPI shows to the host: they check what the host passed, turn it into C++, call
// the author's code, and let no exception out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <new>
#include <string_view>

#include "keyscore/kpi_abi.h"
#include "keyscore/sdk/failure.h"
#include "keyscore/sdk/kpi_base.h"

namespace keyscore::sdk::internal {

// Rows between two looks at whether the caller has gone: often enough to stop within a millisecond,
// rarely enough to cost nothing.
inline constexpr std::size_t kRowsBetweenChecks = 4096;

// Sizes of the host's structs in version 1.0: no host passes less, a newer one may pass more.
inline constexpr uint32_t kConfigValueSize = 32;
inline constexpr uint32_t kContextSize = 48;
inline constexpr uint32_t kColumnSize = 32;
inline constexpr uint32_t kInputBatchSize = 32;
inline constexpr uint32_t kOutputBatchSize = 64;
// … and in 1.1, where the KPI makes use of what is new.
inline constexpr uint32_t kContextSizeWithParameters = 64;
inline constexpr uint32_t kOutputBatchSizeWithDetails = 80;

// Element `index` of an array whose elements may be longer than this SDK knows.
template <class Struct>
const Struct& At(const Struct* array, std::size_t index, std::size_t stride) {
  return *reinterpret_cast<const Struct*>(reinterpret_cast<const char*>(array) + index * stride);
}

template <class K>
std::string_view Id() {
  return K::kDefinition.id;
}

// Reads the settings in the order of the definition; each must be there and within its bounds.
template <class K>
int32_t ReadSettings(const ks_config_value* values, uint32_t count, uint32_t stride,
                     std::array<double, SettingsOf<K>::kCount + 1>& out, ks_error* error) noexcept {
  constexpr const SettingList& kSettings = K::kDefinition.settings;
  if (count != kSettings.count || (count > 0 && (values == nullptr || stride < kConfigValueSize))) {
    char numbers[64];
    std::snprintf(numbers, sizeof numbers, "%u settings expected, got %u", kSettings.count, count);
    return Fail(error, Code::kInvalidArgument, {Id<K>(), ": ", numbers});
  }
  for (uint32_t i = 0; i < count; ++i) {
    const Setting& setting = kSettings.items[i];
    const ks_config_value& given = At(values, i, stride);
    if (given.struct_size < kConfigValueSize || FromAbi(given.name) != setting.name) {
      return Fail(
          error, Code::kInvalidArgument,
          {Id<K>(), ": setting '", setting.name, "' expected in its place, got '",
           given.struct_size < kConfigValueSize ? std::string_view() : FromAbi(given.name), "'"});
    }
    if (!(given.value >= setting.minimum && given.value <= setting.maximum)) {
      char range[96];
      std::snprintf(range, sizeof range, "' is %g, it must lie between %g and %g", given.value,
                    setting.minimum, setting.maximum);
      return Fail(error, Code::kInvalidArgument, {Id<K>(), ": setting '", setting.name, range});
    }
    out[i] = given.value;
  }
  return 0;
}

template <class K>
int32_t Create(const ks_host* host, const ks_config_value* values, uint32_t count, uint32_t stride,
               void** instance, ks_error* error) noexcept {
  if (instance == nullptr) {
    return Fail(error, Code::kInvalidArgument,
                {Id<K>(), ": create needs a place for its instance"});
  }
  *instance = nullptr;
  std::array<double, SettingsOf<K>::kCount + 1> settings{};
  if (const int32_t code = ReadSettings<K>(values, count, stride, settings, error); code != 0) {
    return code;
  }
  try {
    if constexpr (std::is_constructible_v<K, const SettingsOf<K>&>) {
      *instance = new K(SettingsOf<K>(settings, Host(host)));
    } else if constexpr (!Stateless<K>) {
      *instance = new K();
    }
    return 0;
  } catch (...) {
    return FailFromException(error, "create: ");
  }
}

template <class K>
void Destroy(void* instance) noexcept {
  delete static_cast<K*>(instance);
}

// Gathers the input columns, in the order of K::kInputs, and checks what reading them relies on.
template <class K>
int32_t ReadColumns(const ks_input_batch& input, ColumnView* columns, ks_error* error) noexcept {
  for (std::size_t i = 0; i < BatchOf<K>::kColumns; ++i) {
    constexpr const auto& kInputs = K::kInputs;
    const ks_column& column = At(input.columns, i, input.column_stride);
    const uint32_t type = kInputs[i].IsList()    ? KS_TYPE_LIST_DOUBLE
                          : kInputs[i].IsCount() ? KS_TYPE_INT64
                                                 : KS_TYPE_DOUBLE;
    if (column.struct_size < kColumnSize || column.type != type) {
      return Fail(error, Code::kInvalidArgument,
                  {Id<K>(), ": input '", kInputs[i].name, "' has another type than declared"});
    }
    const bool list = type == KS_TYPE_LIST_DOUBLE;
    // A list column whose lists are all empty may come without values.
    if (input.row_count > 0 && (list ? column.offsets == nullptr : column.values == nullptr)) {
      return Fail(error, Code::kInvalidArgument,
                  {Id<K>(), ": input '", kInputs[i].name, "' has no values"});
    }
    columns[i] = {column.values, column.validity, column.offsets};
  }
  return 0;
}

inline bool IsWhole(const ks_context* context) noexcept {
  return context != nullptr && context->struct_size >= kContextSize;
}

inline bool IsWhole(const ks_input_batch* input) noexcept {
  return input != nullptr && input->struct_size >= kInputBatchSize;
}

// The context holds the parameters of K, if it has any.
template <class K>
bool HasParameters(const ks_context& context) noexcept {
  if constexpr (Fits<K>) {
    return context.struct_size >= kContextSizeWithParameters && context.parameters != nullptr &&
           context.parameter_count == Parameters<K>().size();
  }
  return true;
}

// Where the details of K go; null where K has none or the host takes none.
template <class K>
double* DetailColumns(const ks_output_batch& output) noexcept {
  return output.struct_size >= kOutputBatchSizeWithDetails &&
                 output.detail_count == Details<K>().size()
             ? output.details
             : nullptr;
}

template <class K>
BatchOf<K> AsBatch(const ks_context& context, const ks_input_batch& input,
                   const ColumnView* columns) {
  return BatchOf<K>(columns, input.row_count,
                    {.subject = static_cast<SubjectKind>(context.subject_kind),
                     .from_us = context.period_from_us,
                     .to_us = context.period_to_us,
                     .days = context.period_days},
                    &context);
}

// What a KPI with settings or state was created as.
template <class K>
inline constexpr bool kNeedsInstance =
    std::is_constructible_v<K, const SettingsOf<K>&> || !Stateless<K>;

// Calls `run` with the KPI.
template <class K, class Run>
int32_t WithKpi(void* instance, Run run) {
  if constexpr (kNeedsInstance<K>) {
    return run(*static_cast<const K*>(instance));
  } else {
    return run(K{});
  }
}

template <class K>
int32_t Evaluate(void* instance, const ks_context* context, const ks_input_batch* input,
                 ks_output_batch* output, ks_error* error) noexcept {
  if (!IsWhole(context) || !IsWhole(input) || output == nullptr ||
      output->struct_size < kOutputBatchSize) {
    return Fail(error, Code::kInvalidArgument,
                {Id<K>(), ": the host passed a struct shorter than ABI 1.0 defines"});
  }
  if (input->column_count != BatchOf<K>::kColumns || input->columns == nullptr ||
      input->column_stride < kColumnSize || output->row_count != input->row_count) {
    return Fail(error, Code::kInvalidArgument,
                {Id<K>(), ": columns or rows do not match the declared inputs"});
  }
  if (output->row_count > 0 &&
      (output->state == nullptr || output->value == nullptr || output->sample_size == nullptr ||
       output->weight == nullptr || output->low == nullptr || output->high == nullptr)) {
    return Fail(error, Code::kInvalidArgument, {Id<K>(), ": an output column is missing"});
  }
  if (kNeedsInstance<K> && instance == nullptr) {
    return Fail(error, Code::kInvalidArgument, {Id<K>(), ": evaluate needs an instance"});
  }
  if (!HasParameters<K>(*context)) {
    return Fail(error, Code::kInvalidArgument, {Id<K>(), ": the fitted parameters are missing"});
  }
  ColumnView columns[BatchOf<K>::kColumns];
  if (const int32_t code = ReadColumns<K>(*input, columns, error); code != 0) return code;

  const BatchOf<K> batch = AsBatch<K>(*context, *input, columns);
  double* const detail_columns = DetailColumns<K>(*output);
  Output results(*output);
  std::size_t row = 0;
  const auto run = [&](const K& kpi) -> int32_t {
    if constexpr (EvaluatesBatches<K>) {
      kpi.EvaluateBatch(batch, results);
      if (batch.Cancelled()) return Fail(error, Code::kCancelled, {Id<K>(), ": cancelled"});
    } else {
      while (row < batch.size()) {
        if (batch.Cancelled()) return Fail(error, Code::kCancelled, {Id<K>(), ": cancelled"});
        const std::size_t rest = batch.size() - row;
        const std::size_t stop = row + (rest < kRowsBetweenChecks ? rest : kRowsBetweenChecks);
        for (; row < stop; ++row) {
          if constexpr (EvaluatesDetailedRows<K>) {
            DetailsOf<K> details(detail_columns, row, batch.size());
            results.Set(row, kpi.Evaluate(batch[row], details));
            details.LeaveOutWhatIsNotFinite();
          } else {
            results.Set(row, kpi.Evaluate(batch[row]));
          }
        }
      }
    }
    return 0;
  };
  try {
    return WithKpi<K>(instance, run);
  } catch (...) {
    char where[160];
    std::snprintf(where, sizeof where, "%.*s, row %zu: ", static_cast<int>(Id<K>().size()),
                  Id<K>().data(), row);
    return FailFromException(error, where);
  }
}

template <class K>
int32_t Fit(void* instance, const ks_context* context, const ks_input_batch* population,
            double* parameters, uint32_t count, ks_error* error) noexcept {
  if (!IsWhole(context) || !IsWhole(population) || parameters == nullptr ||
      count != Parameters<K>().size() || population->column_count != BatchOf<K>::kColumns ||
      population->columns == nullptr || population->column_stride < kColumnSize) {
    return Fail(error, Code::kInvalidArgument,
                {Id<K>(), ": fit: columns or parameters do not match what is declared"});
  }
  if (kNeedsInstance<K> && instance == nullptr) {
    return Fail(error, Code::kInvalidArgument, {Id<K>(), ": fit needs an instance"});
  }
  ColumnView columns[BatchOf<K>::kColumns];
  if (const int32_t code = ReadColumns<K>(*population, columns, error); code != 0) return code;
  const BatchOf<K> batch = AsBatch<K>(*context, *population, columns);
  try {
    return WithKpi<K>(instance, [&](const K& kpi) -> int32_t {
      ParametersOf<K> fitted(parameters);
      kpi.Fit(batch, fitted);
      if (batch.Cancelled()) return Fail(error, Code::kCancelled, {Id<K>(), ": cancelled"});
      return 0;
    });
  } catch (...) {
    return FailFromException(error, "");
  }
}

}  // namespace keyscore::sdk::internal
