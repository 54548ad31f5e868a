// The appender and the chunk that is filled again and again.
#include "store/chunk_writer.h"

#include "absl/strings/str_cat.h"

namespace keyscore::store {

ChunkWriter::ChunkWriter(Connection& connection, const std::string& table,
                         const std::vector<duckdb_type>& types)
    : capacity_(duckdb_vector_size()) {
  std::vector<duckdb_logical_type> logical;
  for (const duckdb_type type : types) logical.push_back(duckdb_create_logical_type(type));
  chunk_ = duckdb_create_data_chunk(logical.data(), logical.size());
  for (duckdb_logical_type& type : logical) duckdb_destroy_logical_type(&type);
  vectors_.resize(types.size());
  data_.resize(types.size());
  StartChunk();
  if (duckdb_appender_create(connection.handle(), nullptr, table.c_str(), &appender_) ==
      DuckDBError) {
    const char* error = duckdb_appender_error(appender_);
    status_ = absl::InternalError(absl::StrCat("rows cannot be appended to ", table, ": ",
                                               error == nullptr ? "unknown" : error));
  }
}

ChunkWriter::~ChunkWriter() {
  duckdb_destroy_data_chunk(&chunk_);
  if (appender_ != nullptr) duckdb_appender_destroy(&appender_);
}

void ChunkWriter::StartChunk() {
  duckdb_data_chunk_reset(chunk_);
  rows_ = 0;
  for (size_t i = 0; i < vectors_.size(); ++i) {
    vectors_[i] = duckdb_data_chunk_get_vector(chunk_, i);
    data_[i] = duckdb_vector_get_data(vectors_[i]);
  }
}

void ChunkWriter::SetNull(size_t column, size_t at) {
  duckdb_vector_ensure_validity_writable(vectors_[column]);
  duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vectors_[column]), at);
}

void ChunkWriter::SetNulls(size_t column, size_t rows) {
  constexpr size_t kBits = 64;
  duckdb_vector_ensure_validity_writable(vectors_[column]);
  uint64_t* validity = duckdb_vector_get_validity(vectors_[column]);
  std::fill_n(validity, (rows + kBits - 1) / kBits, uint64_t{0});
}

void ChunkWriter::Flush() {
  if (status_.ok() && rows_ > 0) {
    duckdb_data_chunk_set_size(chunk_, rows_);
    if (duckdb_append_data_chunk(appender_, chunk_) == DuckDBError) {
      status_ = absl::InternalError(duckdb_appender_error(appender_));
    }
  }
  StartChunk();
}

absl::Status ChunkWriter::Close() {
  Flush();
  if (status_.ok() && duckdb_appender_close(appender_) == DuckDBError) {
    status_ = absl::InternalError(duckdb_appender_error(appender_));
  }
  return status_;
}

}  // namespace keyscore::store
