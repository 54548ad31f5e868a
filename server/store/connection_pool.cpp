// Lending and waiting.
#include "store/connection_pool.h"

#include "absl/time/time.h"

namespace keyscore::store {
namespace {

// How often a caller that waits for a connection asks whether it should stop.
constexpr absl::Duration kPoll = absl::Milliseconds(20);

}  // namespace

absl::Status BeginReading(Connection& connection) {
  connection.Execute("ROLLBACK").IgnoreError();  // fails where there is none
  return connection.Execute("BEGIN TRANSACTION READ ONLY");
}

absl::StatusOr<ConnectionPool::Loan> ConnectionPool::Borrow(const StopRequested& stop) {
  std::unique_ptr<Connection> connection;
  std::shared_ptr<Database> database;
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      const auto available = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
        return closed_ || lent_ < max_connections_;
      };
      const bool ready = mutex_.AwaitWithTimeout(absl::Condition(&available), kPoll);
      if (closed_) return absl::UnavailableError("the store is closed");
      if (ready) {
        ++lent_;
        if (!idle_.empty()) {
          connection = std::move(idle_.back());
          idle_.pop_back();
        }
        database = database_;
        break;
      }
    }
    if (stop && stop()) return absl::CancelledError("stopped while waiting for the store");
  }
  return Lend(std::move(connection), std::move(database));
}

ConnectionPool::Loan ConnectionPool::TryBorrow() {
  std::unique_ptr<Connection> connection;
  std::shared_ptr<Database> database;
  {
    absl::MutexLock lock(&mutex_);
    if (closed_ || lent_ >= max_connections_) return nullptr;
    ++lent_;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
    database = database_;
  }
  absl::StatusOr<Loan> loan = Lend(std::move(connection), std::move(database));
  return loan.ok() ? *std::move(loan) : nullptr;
}

absl::StatusOr<ConnectionPool::Loan> ConnectionPool::Lend(std::unique_ptr<Connection> connection,
                                                          std::shared_ptr<Database> database) {
  if (connection == nullptr) {
    absl::StatusOr<std::unique_ptr<Connection>> opened = Connection::Open(std::move(database));
    if (!opened.ok()) {
      absl::MutexLock lock(&mutex_);
      --lent_;
      return opened.status();
    }
    connection = *std::move(opened);
  }
  return Loan(connection.release(), [this](Connection* lent) { GiveBack(lent); });
}

void ConnectionPool::GiveBack(Connection* connection) {
  connection->Execute("ROLLBACK").IgnoreError();
  absl::MutexLock lock(&mutex_);
  idle_.emplace_back(connection);
  --lent_;
}

void ConnectionPool::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
  mutex_.Await(absl::Condition(
      +[](size_t* lent) { return *lent == 0; }, &lent_));
  idle_.clear();
  database_.reset();
}

}  // namespace keyscore::store
