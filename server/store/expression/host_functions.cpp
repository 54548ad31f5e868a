// The host's functions as vectorised scalar functions of DuckDB.
#include "store/expression/host_functions.h"

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace keyscore::store {
namespace {

constexpr double kMicrosPerSecond = 1e6;
constexpr int64_t kMicrosPerHour = 3'600'000'000;
constexpr int64_t kMicrosPerDay = 86'400'000'000;

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

template <int64_t kUnit>
void Between(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  const idx_t rows = duckdb_data_chunk_get_size(input);
  const int64_t* from = Instants(input, 0);
  const int64_t* to = Instants(input, 1);
  auto* out = static_cast<double*>(duckdb_vector_get_data(output));
  for (idx_t row = 0; row < rows; ++row)
    out[row] = Difference(from[row], to[row]) / static_cast<double>(kUnit);
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

// The zone is the function's extra information. Rows in time order mostly fall on the day of the
// row before, whose bounds spare the look into the zone's rules.
void CalendarDay(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const auto& zone =
      *static_cast<const absl::TimeZone*>(duckdb_scalar_function_get_extra_info(info));
  const idx_t rows = duckdb_data_chunk_get_size(input);
  const int64_t* instants = Instants(input, 0);
  auto* out = static_cast<double*>(duckdb_vector_get_data(output));
  int64_t begin = 0, end = 0;  // of the day in hand, in microseconds
  double day_number = 0;
  for (idx_t row = 0; row < rows; ++row) {
    if (instants[row] < begin || instants[row] >= end) {
      const absl::CivilDay day = absl::ToCivilDay(absl::FromUnixMicros(instants[row]), zone);
      begin = absl::ToUnixMicros(absl::FromCivil(day, zone));
      end = absl::ToUnixMicros(absl::FromCivil(day + 1, zone));
      day_number = static_cast<double>(day - absl::CivilDay(1970, 1, 1));
    }
    out[row] = day_number;
  }
  CopyNulls(input, 1, output);
}

void DeleteZone(void* zone) { delete static_cast<absl::TimeZone*>(zone); }

absl::Status Register(Connection& connection, const char* name, int parameters,
                      duckdb_scalar_function_t function, absl::TimeZone* zone = nullptr) {
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
  if (zone != nullptr) duckdb_scalar_function_set_extra_info(scalar, zone, &DeleteZone);
  if (duckdb_register_scalar_function(connection.handle(), scalar) == DuckDBError) {
    return absl::InternalError(absl::StrCat("the engine refused the function ", name));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RegisterHostFunctions(Connection& connection, absl::TimeZone zone) {
  absl::Status status = Register(connection, "days_between", 2, &Between<kMicrosPerDay>);
  status.Update(Register(connection, "hours_between", 2, &Between<kMicrosPerHour>));
  status.Update(Register(connection, "unix_seconds", 1, &UnixSeconds));
  status.Update(Register(connection, "calendar_day", 1, &CalendarDay, new absl::TimeZone(zone)));
  return status;
}

}  // namespace keyscore::store
