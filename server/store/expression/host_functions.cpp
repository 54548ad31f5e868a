// The host's functions as vectorised scalar functions of DuckDB.
#include "store/expression/host_functions.h"

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace keyscore::store {
namespace {

constexpr double kMicrosPerSecond = 1e6;
constexpr double kMicrosPerHour = 3'600e6;
constexpr double kMicrosPerDay = 86'400e6;

// DuckDB hands over flat vectors, skips rows with a null itself only for constants, and leaves the
// value of a null undefined; the result of such a row is replaced by null.
const int64_t* Instants(duckdb_data_chunk input, idx_t column) {
  return static_cast<const int64_t*>(
      duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, column)));
}

void CopyNulls(duckdb_data_chunk input, idx_t columns, duckdb_vector output) {
  const idx_t rows = duckdb_data_chunk_get_size(input);
  for (idx_t column = 0; column < columns; ++column) {
    uint64_t* validity = duckdb_vector_get_validity(duckdb_data_chunk_get_vector(input, column));
    if (validity == nullptr) continue;
    duckdb_vector_ensure_validity_writable(output);
    uint64_t* out = duckdb_vector_get_validity(output);
    for (idx_t row = 0; row < rows; ++row) {
      if (!duckdb_validity_row_is_valid(validity, row)) duckdb_validity_set_row_invalid(out, row);
    }
  }
}

// Years 1900 to 9999 can't overflow; DuckDB's own infinity could.
double Difference(int64_t from, int64_t to) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(to, from, &difference)) {
    return static_cast<double>(to) - static_cast<double>(from);
  }
  return static_cast<double>(difference);
}

template <double kUnit>
void Between(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  const idx_t rows = duckdb_data_chunk_get_size(input);
  const int64_t* from = Instants(input, 0);
  const int64_t* to = Instants(input, 1);
  auto* out = static_cast<double*>(duckdb_vector_get_data(output));
  for (idx_t row = 0; row < rows; ++row) out[row] = Difference(from[row], to[row]) / kUnit;
  CopyNulls(input, 2, output);
}

void UnixSeconds(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  const idx_t rows = duckdb_data_chunk_get_size(input);
  const int64_t* instants = Instants(input, 0);
  auto* out = static_cast<double*>(duckdb_vector_get_data(output));
  for (idx_t row = 0; row < rows; ++row) {
    out[row] = static_cast<double>(instants[row]) / kMicrosPerSecond;
  }
  CopyNulls(input, 1, output);
}

absl::Status Register(Connection& connection, const char* name, int parameters,
                      duckdb_scalar_function_t function) {
  duckdb_scalar_function scalar = duckdb_create_scalar_function();
  duckdb_logical_type timestamp = duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP);
  duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
  const absl::Cleanup destroy = [&] {
    duckdb_destroy_logical_type(&timestamp);
    duckdb_destroy_logical_type(&number);
    duckdb_destroy_scalar_function(&scalar);
  };
  duckdb_scalar_function_set_name(scalar, name);
  for (int i = 0; i < parameters; ++i) duckdb_scalar_function_add_parameter(scalar, timestamp);
  duckdb_scalar_function_set_return_type(scalar, number);
  duckdb_scalar_function_set_function(scalar, function);
  if (duckdb_register_scalar_function(connection.handle(), scalar) == DuckDBError) {
    return absl::InternalError(absl::StrCat("the engine refused the function ", name));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RegisterHostFunctions(Connection& connection) {
  absl::Status status = Register(connection, "days_between", 2, &Between<kMicrosPerDay>);
  status.Update(Register(connection, "hours_between", 2, &Between<kMicrosPerHour>));
  status.Update(Register(connection, "unix_seconds", 1, &UnixSeconds));
  return status;
}

}  // namespace keyscore::store
