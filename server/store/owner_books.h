// Ownership in memory for the statements that ask who owned an account: read once for as long as
// nobody changes it, and looked up by a function of the engine.
//
// A join with the spans of ownership would compute them anew in every statement.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "store/catalog.h"
#include "store/expression/connection.h"
#include "store/owners.h"

namespace keyscore::store {

// What a store keeps. May be used from any thread.
class OwnerBooks {
 public:
  struct Book {
    int64_t number = 0;  // what statements call it
    int64_t watermark = 0;
    Owners owners;
  };

  // Those of a watermark, if they are kept.
  std::shared_ptr<const Book> Find(int64_t watermark) const;
  std::shared_ptr<const Book> Add(int64_t watermark, Owners owners);
  // As long as somebody holds it; else null.
  std::shared_ptr<const Book> ByNumber(int64_t number) const;

 private:
  mutable absl::Mutex mutex_;
  int64_t last_number_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<std::shared_ptr<const Book>> kept_ ABSL_GUARDED_BY(mutex_);  // used last = first
  absl::flat_hash_map<int64_t, std::weak_ptr<const Book>> by_number_ ABSL_GUARDED_BY(mutex_);
};

// Registers, for every connection of the database,
//   owner_at(book BIGINT, account_id VARCHAR, t TIMESTAMP)   the manager_id, or null
absl::Status RegisterOwnerAt(Connection& connection, std::shared_ptr<OwnerBooks> books);

// The books that one read needs; held for as long as it lives.
class OwnerReader {
 public:
  OwnerReader(OwnerBooks& books, Connection& connection) : books_(books), connection_(connection) {}

  // The number of the book as of a watermark. The dataset ownership must be defined.
  absl::StatusOr<int64_t> BookAt(const Catalog& catalog, int64_t watermark);

 private:
  OwnerBooks& books_;
  Connection& connection_;
  std::vector<std::shared_ptr<const OwnerBooks::Book>> held_;
};

}  // namespace keyscore::store
