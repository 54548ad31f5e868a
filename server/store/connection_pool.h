// The reading connections: as many queries at once as there are connections, the rest waits.
//
// A loan comes without a transaction. Readers begin one (BeginReading) after they took a catalog:
// DuckDB plans with the statistics of the transaction that prepares a statement, and a plan that
// dropped `_seq <= 33` because 33 was the greatest would be wrong in the next transaction.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "store/expression/connection.h"

namespace keyscore::store {

// Starts a read-only transaction, after ending the one that is open, if any.
absl::Status BeginReading(Connection& connection);

class ConnectionPool {
 public:
  // A connection on loan; it goes back when the loan ends.
  using Loan = std::unique_ptr<Connection, std::function<void(Connection*)>>;

  ConnectionPool(std::shared_ptr<Database> database, size_t max_connections)
      : database_(std::move(database)), max_connections_(max_connections) {}

  // Waits for a free connection. CANCELLED when `stop` says so meanwhile, UNAVAILABLE after Close.
  absl::StatusOr<Loan> Borrow(const StopRequested& stop);
  // Null where none is free at once: whoever holds one must not wait for another.
  Loan TryBorrow();

  // Refuses further loans and waits for those that are out.
  void Close();

 private:
  // Of a connection that is counted as lent; null = open one.
  absl::StatusOr<Loan> Lend(std::unique_ptr<Connection> connection,
                            std::shared_ptr<Database> database);
  void GiveBack(Connection* connection);

  absl::Mutex mutex_;
  std::shared_ptr<Database> database_ ABSL_GUARDED_BY(mutex_);
  const size_t max_connections_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  size_t lent_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::store
