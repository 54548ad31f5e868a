// The callbacks between DuckDB's aggregation and ExactSum.
#include "store/exact_sum_function.h"

#include <cmath>

#include "absl/cleanup/cleanup.h"
#include "store/exact_sum.h"

namespace keyscore::store {
namespace {

ExactSum* Sum(duckdb_aggregate_state state) { return reinterpret_cast<ExactSum*>(state); }

idx_t StateSize(duckdb_function_info) { return sizeof(ExactSum); }

void Init(duckdb_function_info, duckdb_aggregate_state state) { Sum(state)->Init(); }

void Update(duckdb_function_info, duckdb_data_chunk input, duckdb_aggregate_state* states) {
  const idx_t rows = duckdb_data_chunk_get_size(input);
  duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
  const auto* values = static_cast<const double*>(duckdb_vector_get_data(vector));
  uint64_t* validity = duckdb_vector_get_validity(vector);
  for (idx_t row = 0; row < rows; ++row) {
    if (validity != nullptr && (validity[row / 64] >> (row % 64) & 1) == 0) continue;
    if (std::isfinite(values[row])) Sum(states[row])->Add(values[row]);
  }
}

void Combine(duckdb_function_info, duckdb_aggregate_state* source, duckdb_aggregate_state* target,
             idx_t count) {
  for (idx_t i = 0; i < count; ++i) Sum(target[i])->Add(*Sum(source[i]));
}

void Finalize(duckdb_function_info, duckdb_aggregate_state* source, duckdb_vector result,
              idx_t count, idx_t offset) {
  auto* sums = static_cast<double*>(duckdb_vector_get_data(result));
  for (idx_t i = 0; i < count; ++i) sums[offset + i] = Sum(source[i])->Round();
}

void Destroy(duckdb_aggregate_state* states, idx_t count) {
  for (idx_t i = 0; i < count; ++i) Sum(states[i])->Clear();
}

}  // namespace

absl::Status RegisterExactSum(Connection& connection) {
  duckdb_aggregate_function function = duckdb_create_aggregate_function();
  duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
  const absl::Cleanup destroy = [&] {
    duckdb_destroy_logical_type(&number);
    duckdb_destroy_aggregate_function(&function);
  };
  duckdb_aggregate_function_set_name(function, "exact_sum");
  duckdb_aggregate_function_add_parameter(function, number);
  duckdb_aggregate_function_set_return_type(function, number);
  duckdb_aggregate_function_set_functions(function, StateSize, Init, Update, Combine, Finalize);
  duckdb_aggregate_function_set_destructor(function, Destroy);
  if (duckdb_register_aggregate_function(connection.handle(), function) == DuckDBError) {
    return absl::InternalError("the engine refused the function exact_sum");
  }
  return absl::OkStatus();
}

}  // namespace keyscore::store
