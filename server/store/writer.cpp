// The queue, the transactions, and the publication of what became durable.
#include "store/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace keyscore::store {
namespace {

// Most tasks in one transaction: bounds how long the first waits for the last.
constexpr size_t kMaxGroup = 16;

}  // namespace

absl::StatusOr<FactIndex*> WriteSession::IndexOf(const DatasetState& state) {
  const auto it = indexes_.find(state.schema.id);
  if (it != indexes_.end()) return it->second.get();
  absl::StatusOr<std::unique_ptr<FactIndex>> built =
      FactIndex::Build(connection_, state, max_indexed_facts_);
  if (!built.ok()) return built.status();
  return (indexes_[state.schema.id] = *std::move(built)).get();
}

Writer::Writer(std::unique_ptr<Connection> connection, Catalog catalog, size_t max_queued_appends,
               int64_t max_indexed_facts)
    : connection_(std::move(connection)),
      session_(*connection_, max_indexed_facts),
      max_queued_appends_(max_queued_appends),
      published_(std::make_shared<const Catalog>(std::move(catalog))) {
  thread_ = std::thread([this] { Loop(); });
}

Writer::~Writer() { Close(); }

void Writer::Close() {
  absl::call_once(close_once_, [this] {
    {
      absl::MutexLock lock(&mutex_);
      closing_ = true;
    }
    thread_.join();
    connection_.reset();
  });
}

bool Writer::closed() const {
  absl::MutexLock lock(&mutex_);
  return closing_;
}

std::shared_ptr<const Catalog> Writer::catalog() const {
  absl::MutexLock lock(&mutex_);
  return published_;
}

absl::StatusOr<int64_t> Writer::AwaitWatermark(int64_t after, absl::Duration timeout) const {
  absl::MutexLock lock(&mutex_);
  const auto newer = [this, after]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return closing_ || published_->watermark > after;
  };
  mutex_.AwaitWithTimeout(absl::Condition(&newer), timeout);
  if (closing_) return absl::UnavailableError("the store is closed");
  return published_->watermark;
}

absl::Status Writer::Run(bool is_append, Work work) {
  Task task{.work = std::move(work), .is_append = is_append};
  absl::MutexLock lock(&mutex_);
  if (closing_) return absl::UnavailableError("the store is closed");
  if (is_append && queued_appends_ >= max_queued_appends_) {
    return absl::ResourceExhaustedError(
        fmt::format("{} batches wait to be written already; try again later", queued_appends_));
  }
  queued_appends_ += is_append ? 1 : 0;
  queue_.push_back(&task);
  mutex_.Await(absl::Condition(&task.done));
  return task.status;
}

void Writer::Loop() {
  while (true) {
    std::vector<Task*> group;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(
          +[](Writer* writer) ABSL_NO_THREAD_SAFETY_ANALYSIS {
            return writer->closing_ || !writer->queue_.empty();
          },
          this));
      if (queue_.empty()) return;
      const size_t count = std::min(queue_.size(), kMaxGroup);
      group.assign(queue_.begin(), queue_.begin() + count);
      queue_.erase(queue_.begin(), queue_.begin() + count);
      for (const Task* task : group) queued_appends_ -= task->is_append ? 1 : 0;
    }
    RunTogether(group);
    absl::MutexLock lock(&mutex_);
    for (Task* task : group) task->done = true;
  }
}

void Writer::RunTogether(const std::vector<Task*>& tasks) {
  if (RunTransaction(tasks).ok()) return;
  if (tasks.size() == 1) return;
  // One task must not fail its neighbours.
  for (Task* task : tasks) RunTransaction({task}).IgnoreError();
}

absl::Status Writer::RunTransaction(const std::vector<Task*>& tasks) {
  session_.draft_ = *catalog();
  absl::Status status = connection_->Execute("BEGIN TRANSACTION");
  for (Task* task : tasks) {
    if (!status.ok()) break;
    status = task->work(session_);
  }
  if (status.ok()) status = connection_->Execute("COMMIT");
  if (!status.ok()) {
    // Nothing to do about a failing ROLLBACK: a COMMIT that fails has rolled back already.
    connection_->Execute("ROLLBACK").IgnoreError();
  }
  for (auto& [dataset, index] : session_.indexes_) status.ok() ? index->Keep() : index->Undo();
  if (status.ok()) Publish();
  for (Task* task : tasks) task->status = status;
  return status;
}

void Writer::Publish() {
  auto next = std::make_shared<const Catalog>(std::move(session_.draft_));
  absl::MutexLock lock(&mutex_);
  published_ = std::move(next);
}

}  // namespace keyscore::store
