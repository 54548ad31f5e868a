// The RAII layer: opening, running statements, and mapping errors.
#include "store/expression/connection.h"

#include <chrono>
#include <thread>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace keyscore::store {

absl::Status StatusFromDuckDb(duckdb_error_type type, const char* message) {
  std::string text = message == nullptr ? "unknown error of the engine" : message;
  if (const size_t trace = text.find("\n\nStack Trace"); trace != std::string::npos) {
    text.resize(trace);
  }
  switch (type) {
    case DUCKDB_ERROR_INTERRUPT:
      return absl::CancelledError("the query was stopped");
    case DUCKDB_ERROR_OUT_OF_MEMORY:
      return absl::ResourceExhaustedError(text);
    case DUCKDB_ERROR_IO:
      return absl::UnavailableError(text);
    case DUCKDB_ERROR_OUT_OF_RANGE:
    case DUCKDB_ERROR_CONVERSION:
    case DUCKDB_ERROR_DECIMAL:
    case DUCKDB_ERROR_MISMATCH_TYPE:
    case DUCKDB_ERROR_DIVIDE_BY_ZERO:
    case DUCKDB_ERROR_INVALID_TYPE:
    case DUCKDB_ERROR_EXPRESSION:
    case DUCKDB_ERROR_CATALOG:
    case DUCKDB_ERROR_PARSER:
    case DUCKDB_ERROR_SYNTAX:
    case DUCKDB_ERROR_BINDER:
    case DUCKDB_ERROR_INVALID_INPUT:
    case DUCKDB_ERROR_PERMISSION:
    case DUCKDB_ERROR_PARAMETER_NOT_RESOLVED:
    case DUCKDB_ERROR_PARAMETER_NOT_ALLOWED:
      return absl::InvalidArgumentError(text);
    default:
      return absl::InternalError(text);
  }
}

namespace {

// A statement that can't be prepared has a message but no error type; most are faults of the SQL.
absl::Status PrepareError(const char* message) {
  const std::string text = message == nullptr ? "" : message;
  duckdb_error_type type = DUCKDB_ERROR_BINDER;
  if (absl::StartsWith(text, "IO Error")) type = DUCKDB_ERROR_IO;
  if (absl::StartsWith(text, "Out of Memory Error")) type = DUCKDB_ERROR_OUT_OF_MEMORY;
  if (absl::StartsWith(text, "INTERRUPT")) type = DUCKDB_ERROR_INTERRUPT;
  if (absl::StartsWith(text, "INTERNAL") || absl::StartsWith(text, "FATAL") ||
      absl::StartsWith(text, "TransactionContext")) {
    type = DUCKDB_ERROR_INTERNAL;
  }
  return StatusFromDuckDb(type, message);
}

}  // namespace

absl::StatusOr<std::shared_ptr<Database>> Database::Open(
    const std::string& path, const std::vector<std::pair<std::string, std::string>>& settings) {
  duckdb_config config = nullptr;
  if (duckdb_create_config(&config) == DuckDBError) {
    return absl::ResourceExhaustedError("no memory for the engine's configuration");
  }
  const absl::Cleanup destroy = [&config] { duckdb_destroy_config(&config); };
  for (const auto& [name, value] : settings) {
    if (duckdb_set_config(config, name.c_str(), value.c_str()) == DuckDBError) {
      return absl::InternalError(absl::StrCat("the engine has no setting ", name, " = ", value));
    }
  }
  std::shared_ptr<Database> database(new Database);
  char* error = nullptr;
  if (duckdb_open_ext(path.c_str(), &database->handle_, config, &error) == DuckDBError) {
    absl::Status status = absl::UnavailableError(error == nullptr ? "cannot be opened" : error);
    duckdb_free(error);
    return status;
  }
  return database;
}

Database::~Database() { duckdb_close(&handle_); }

Chunk::Chunk(duckdb_data_chunk handle, Ownership ownership)
    : handle_(handle), ownership_(ownership), size_(duckdb_data_chunk_get_size(handle)) {
  const size_t columns = duckdb_data_chunk_get_column_count(handle);
  for (size_t i = 0; i < columns; ++i) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(handle, i);
    data_.push_back(duckdb_vector_get_data(vector));
    validity_.push_back(duckdb_vector_get_validity(vector));
  }
}

Chunk::Chunk(Chunk&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      ownership_(other.ownership_),
      size_(other.size_),
      data_(std::move(other.data_)),
      validity_(std::move(other.validity_)) {}

Chunk::~Chunk() {
  if (handle_ != nullptr && ownership_ == kOwned) duckdb_destroy_data_chunk(&handle_);
}

duckdb_type Chunk::Type(size_t column) const {
  duckdb_logical_type logical =
      duckdb_vector_get_column_type(duckdb_data_chunk_get_vector(handle_, column));
  const absl::Cleanup destroy = [&logical] { duckdb_destroy_logical_type(&logical); };
  const duckdb_type type = duckdb_get_type_id(logical);
  return type == DUCKDB_TYPE_DECIMAL ? duckdb_decimal_internal_type(logical) : type;
}

std::vector<double> Chunk::DoubleList(size_t column, size_t row) const {
  const duckdb_list_entry entry = Data<duckdb_list_entry>(column)[row];
  duckdb_vector child = duckdb_list_vector_get_child(duckdb_data_chunk_get_vector(handle_, column));
  const auto* values = static_cast<const double*>(duckdb_vector_get_data(child)) + entry.offset;
  return std::vector<double>(values, values + entry.length);
}

void Result::ForEachChunk(const std::function<void(const Chunk&)>& visit) {
  while (duckdb_data_chunk handle = duckdb_fetch_chunk(result_)) {
    const Chunk chunk(handle);
    if (chunk.size() == 0) return;
    visit(chunk);
  }
}

int64_t Result::FirstInt64() {
  duckdb_data_chunk handle = duckdb_fetch_chunk(result_);
  if (handle == nullptr) return 0;
  const Chunk chunk(handle);
  return chunk.size() == 0 || chunk.IsNull(0, 0) ? 0 : chunk.Int64(0, 0);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(std::shared_ptr<Database> database) {
  std::unique_ptr<Connection> connection(new Connection);
  if (duckdb_connect(database->handle(), &connection->handle_) == DuckDBError) {
    return absl::ResourceExhaustedError("the engine refused another connection");
  }
  connection->database_ = std::move(database);
  return connection;
}

Connection::~Connection() {
  if (handle_ != nullptr) duckdb_disconnect(&handle_);
}

absl::Status Connection::Execute(const std::string& sql) {
  duckdb_result result;
  const duckdb_state state = duckdb_query(handle_, sql.c_str(), &result);
  const absl::Cleanup destroy = [&result] { duckdb_destroy_result(&result); };
  if (state == DuckDBSuccess) return absl::OkStatus();
  return StatusFromDuckDb(duckdb_result_error_type(&result), duckdb_result_error(&result));
}

namespace {

absl::Status Bind(duckdb_prepared_statement statement, const std::vector<Parameter>& parameters) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    const duckdb_state state = std::visit(
        [&](const auto& value) {
          using T = std::decay_t<decltype(value)>;
          if constexpr (std::is_same_v<T, bool>) {
            return duckdb_bind_boolean(statement, i + 1, value);
          } else if constexpr (std::is_same_v<T, int64_t>) {
            return duckdb_bind_int64(statement, i + 1, value);
          } else if constexpr (std::is_same_v<T, double>) {
            return duckdb_bind_double(statement, i + 1, value);
          } else if constexpr (std::is_same_v<T, std::string>) {
            return duckdb_bind_varchar_length(statement, i + 1, value.data(), value.size());
          } else {
            return duckdb_bind_null(statement, i + 1);
          }
        },
        parameters[i]);
    if (state == DuckDBError) {
      return absl::InternalError(absl::StrCat("parameter ", i + 1, " could not be bound"));
    }
  }
  return absl::OkStatus();
}

// Runs the statement's tasks on this thread (the engine's own threads help), asking `stop` before
// each; a task is a fraction of a second of work at most.
absl::Status RunTasks(duckdb_connection connection, duckdb_pending_result pending,
                      const StopRequested& stop) {
  while (true) {
    if (stop()) {
      duckdb_interrupt(connection);
      return absl::CancelledError("the query was stopped");
    }
    const duckdb_pending_state state = duckdb_pending_execute_task(pending);
    if (duckdb_pending_execution_is_finished(state)) return absl::OkStatus();
    if (state == DUCKDB_PENDING_NO_TASKS_AVAILABLE) {
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  }
}

}  // namespace

absl::StatusOr<Result> Connection::Query(const std::string& sql,
                                         const std::vector<Parameter>& parameters,
                                         const StopRequested& stop) {
  duckdb_prepared_statement statement = nullptr;
  const absl::Cleanup destroy = [&statement] { duckdb_destroy_prepare(&statement); };
  if (duckdb_prepare(handle_, sql.c_str(), &statement) == DuckDBError) {
    return PrepareError(duckdb_prepare_error(statement));
  }
  if (absl::Status bound = Bind(statement, parameters); !bound.ok()) return bound;

  duckdb_result raw{};
  duckdb_state state = DuckDBError;
  if (!stop) {
    state = duckdb_execute_prepared(statement, &raw);
  } else {
    duckdb_pending_result pending = nullptr;
    const absl::Cleanup drop = [&pending] { duckdb_destroy_pending(&pending); };
    if (duckdb_pending_prepared(statement, &pending) == DuckDBError) {
      return PrepareError(duckdb_pending_error(pending));
    }
    if (absl::Status ran = RunTasks(handle_, pending, stop); !ran.ok()) return ran;
    state = duckdb_execute_pending(pending, &raw);
  }
  Result result(raw);
  if (state == DuckDBError) {
    return StatusFromDuckDb(duckdb_result_error_type(&raw), duckdb_result_error(&raw));
  }
  return result;
}

absl::Status Connection::Stream(const std::string& sql,
                                const std::function<absl::Status(const Chunk&)>& visit,
                                const StopRequested& stop) {
  duckdb_prepared_statement statement = nullptr;
  duckdb_pending_result pending = nullptr;
  const absl::Cleanup destroy = [&] {
    duckdb_destroy_pending(&pending);
    duckdb_destroy_prepare(&statement);
  };
  if (duckdb_prepare(handle_, sql.c_str(), &statement) == DuckDBError) {
    return PrepareError(duckdb_prepare_error(statement));
  }
  if (duckdb_pending_prepared_streaming(statement, &pending) == DuckDBError) {
    return PrepareError(duckdb_pending_error(pending));
  }
  duckdb_result raw{};
  const duckdb_state state = duckdb_execute_pending(pending, &raw);
  Result result(raw);
  if (state == DuckDBError) {
    return StatusFromDuckDb(duckdb_result_error_type(&raw), duckdb_result_error(&raw));
  }
  while (true) {
    if (stop && stop()) {
      duckdb_interrupt(handle_);
      return absl::CancelledError("the query was stopped");
    }
    duckdb_data_chunk handle = duckdb_fetch_chunk(raw);
    if (handle == nullptr) break;
    const Chunk chunk(handle);
    if (chunk.size() == 0) break;
    if (absl::Status visited = visit(chunk); !visited.ok()) {
      duckdb_interrupt(handle_);
      return visited;
    }
  }
  if (const char* error = duckdb_result_error(&raw); error != nullptr) {
    return StatusFromDuckDb(duckdb_result_error_type(&raw), error);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<duckdb_type>> Connection::DescribeTypes(const std::string& sql) {
  duckdb_prepared_statement statement = nullptr;
  const absl::Cleanup destroy = [&statement] { duckdb_destroy_prepare(&statement); };
  if (duckdb_prepare(handle_, sql.c_str(), &statement) == DuckDBError) {
    return PrepareError(duckdb_prepare_error(statement));
  }
  std::vector<duckdb_type> types;
  const size_t columns = duckdb_prepared_statement_column_count(statement);
  for (size_t i = 0; i < columns; ++i) {
    types.push_back(duckdb_prepared_statement_column_type(statement, i));
  }
  return types;
}

}  // namespace keyscore::store
