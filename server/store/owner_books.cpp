// Reading ownership, keeping what was read, and the function.
#include "store/owner_books.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "store/current_rows.h"

namespace keyscore::store {
namespace {

// Replays of earlier figures read as of a handful of watermarks.
constexpr size_t kKept = 4;
constexpr char kOwnership[] = "ownership";

using SharedBooks = std::shared_ptr<OwnerBooks>;

absl::StatusOr<Owners> ReadOwners(const Catalog& catalog, int64_t watermark,
                                  Connection& connection) {
  auto sql = CurrentRowsSql({catalog, watermark}, kOwnership,
                            {"fact_id", "account_id", "manager_id", "occurred_at", "until"}, "");
  if (!sql.ok()) return sql.status();
  absl::StatusOr<Result> result = connection.Query(*sql);
  if (!result.ok()) return result.status();
  std::vector<OwnershipRow> rows;
  result->ForEachChunk([&rows](const Chunk& chunk) {
    for (size_t row = 0; row < chunk.size(); ++row) {
      rows.push_back({.fact_id = std::string(chunk.String(0, row)),
                      .account_id = std::string(chunk.String(1, row)),
                      .manager_id = std::string(chunk.String(2, row)),
                      .from = chunk.Int64(3, row),
                      .until = chunk.IsNull(4, row) ? OwnershipRow::kOpen : chunk.Int64(4, row)});
    }
  });
  return Owners(std::move(rows));
}

// Inputs are flat; of a row with a null, the result is replaced by null.
void OwnerAt(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const auto& books = *static_cast<SharedBooks*>(duckdb_scalar_function_get_extra_info(info));
  const Chunk rows(input, Chunk::kBorrowed);
  if (rows.size() == 0) return;
  const std::shared_ptr<const OwnerBooks::Book> book = books->ByNumber(rows.Int64(0, 0));
  if (book == nullptr) {
    duckdb_scalar_function_set_error(info, "the statement's ownership is gone");
    return;
  }
  duckdb_vector_ensure_validity_writable(output);
  uint64_t* validity = duckdb_vector_get_validity(output);
  for (size_t row = 0; row < rows.size(); ++row) {
    std::optional<std::string_view> owner;
    if (!rows.IsNull(1, row) && !rows.IsNull(2, row)) {
      owner = book->owners.At(rows.String(1, row), rows.Int64(2, row));
    }
    if (owner.has_value()) {
      duckdb_vector_assign_string_element_len(output, row, owner->data(), owner->size());
    } else {
      duckdb_validity_set_row_invalid(validity, row);
    }
  }
}

}  // namespace

std::shared_ptr<const OwnerBooks::Book> OwnerBooks::Find(int64_t watermark) const {
  absl::MutexLock lock(&mutex_);
  for (const auto& book : kept_) {
    if (book->watermark == watermark) return book;
  }
  return nullptr;
}

std::shared_ptr<const OwnerBooks::Book> OwnerBooks::ByNumber(int64_t number) const {
  absl::MutexLock lock(&mutex_);
  const auto book = by_number_.find(number);
  return book == by_number_.end() ? nullptr : book->second.lock();
}

std::shared_ptr<const OwnerBooks::Book> OwnerBooks::Add(int64_t watermark, Owners owners) {
  std::shared_ptr<const Book> dropped;  // freed when the lock is gone
  absl::MutexLock lock(&mutex_);
  auto book = std::make_shared<const Book>(Book{++last_number_, watermark, std::move(owners)});
  absl::erase_if(by_number_, [](const auto& entry) { return entry.second.expired(); });
  by_number_[book->number] = book;
  kept_.push_front(book);
  if (kept_.size() > kKept) {
    dropped = std::move(kept_.back());
    kept_.pop_back();
  }
  return book;
}

absl::StatusOr<int64_t> OwnerReader::BookAt(const Catalog& catalog, int64_t watermark) {
  // What no batch has changed since is the same as of all later watermarks.
  watermark = std::min(watermark, catalog.Find(kOwnership)->watermark);
  std::shared_ptr<const OwnerBooks::Book> book = books_.Find(watermark);
  if (book == nullptr) {
    absl::StatusOr<Owners> owners = ReadOwners(catalog, watermark, connection_);
    if (!owners.ok()) return owners.status();
    book = books_.Add(watermark, *std::move(owners));
  }
  held_.push_back(std::move(book));
  return held_.back()->number;
}

absl::Status RegisterOwnerAt(Connection& connection, std::shared_ptr<OwnerBooks> books) {
  duckdb_scalar_function function = duckdb_create_scalar_function();
  duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
  duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
  duckdb_logical_type timestamp = duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP);
  const absl::Cleanup destroy = [&] {
    duckdb_destroy_logical_type(&number);
    duckdb_destroy_logical_type(&text);
    duckdb_destroy_logical_type(&timestamp);
    duckdb_destroy_scalar_function(&function);
  };
  duckdb_scalar_function_set_name(function, "owner_at");
  for (duckdb_logical_type type : {number, text, timestamp}) {
    duckdb_scalar_function_add_parameter(function, type);
  }
  duckdb_scalar_function_set_return_type(function, text);
  duckdb_scalar_function_set_function(function, OwnerAt);
  duckdb_scalar_function_set_extra_info(function, new SharedBooks(std::move(books)),
                                        [](void* held) { delete static_cast<SharedBooks*>(held); });
  if (duckdb_register_scalar_function(connection.handle(), function) == DuckDBError) {
    return absl::InternalError("the engine refused the function owner_at");
  }
  return absl::OkStatus();
}

}  // namespace keyscore::store
