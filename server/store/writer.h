// The one thread that writes: takes tasks from a bounded queue, runs those that wait together in
// one transaction, and answers each when the transaction is durable (group commit).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/call_once.h"
#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "store/catalog.h"
#include "store/expression/connection.h"
#include "store/fact_index.h"

namespace keyscore::store {

// What a task works on: the writer's connection inside a transaction, and a draft of the catalog
// that is published if the transaction commits.
class WriteSession {
 public:
  WriteSession(Connection& connection, int64_t max_indexed_facts)
      : connection_(connection), max_indexed_facts_(max_indexed_facts) {}

  Connection& connection() { return connection_; }
  Catalog& catalog() { return draft_; }
  // The index of a dataset's facts; built on first use.
  absl::StatusOr<FactIndex*> IndexOf(const DatasetState& state);

 private:
  friend class Writer;

  Connection& connection_;
  const int64_t max_indexed_facts_;
  Catalog draft_;
  absl::flat_hash_map<std::string, std::unique_ptr<FactIndex>> indexes_;
};

class Writer {
 public:
  // May run more than once, as a transaction that fails is tried again task by task.
  using Work = std::function<absl::Status(WriteSession&)>;

  // `connection` is the writer's alone from here on.
  Writer(std::unique_ptr<Connection> connection, Catalog catalog, size_t max_queued_appends,
         int64_t max_indexed_facts);
  ~Writer();

  // Blocks until the task's transaction is durable or has failed. RESOURCE_EXHAUSTED when
  // `is_append` and too many appends wait; UNAVAILABLE after Close.
  absl::Status Run(bool is_append, Work work);

  // The newest durable state.
  std::shared_ptr<const Catalog> catalog() const;
  // The newest durable batch, waited for until it is after batch `after` or the time is over.
  // UNAVAILABLE when closed.
  absl::StatusOr<int64_t> AwaitWatermark(int64_t after, absl::Duration timeout) const;

  // Finishes what waits; further tasks are refused.
  void Close();
  bool closed() const;

 private:
  struct Task {
    Work work;
    bool is_append = false;
    bool done = false;
    absl::Status status;
  };

  void Loop();
  void RunTogether(const std::vector<Task*>& tasks);
  // One transaction. Sets each task's status and returns OK, or rolls back.
  absl::Status RunTransaction(const std::vector<Task*>& tasks);
  void Publish();

  std::unique_ptr<Connection> connection_;
  WriteSession session_;  // the writer thread's
  const size_t max_queued_appends_;

  mutable absl::Mutex mutex_;
  std::vector<Task*> queue_ ABSL_GUARDED_BY(mutex_);
  size_t queued_appends_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const Catalog> published_ ABSL_GUARDED_BY(mutex_);
  absl::once_flag close_once_;
  std::thread thread_;
};

}  // namespace keyscore::store
