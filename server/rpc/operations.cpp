// Keeps operations, and runs them one after the other on a thread or more.
#include "rpc/operations.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "google/rpc/status.pb.h"
#include "rpc/error.h"
#include "rpc/fault.h"
#include "telemetry/log.h"

namespace keyscore::rpc {
namespace {

using google::longrunning::Operation;

// How often a waiting call looks whether anybody still waits for it.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(50);
constexpr absl::Duration kRetryDelay = absl::Seconds(5);

absl::StatusOr<std::string> RandomHex() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return absl::InternalError("no random bytes for an operation's name");
  }
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

absl::Status Unknown(const std::string& name) {
  return NotFound("OPERATION_NOT_FOUND",
                  fmt::format("there is no {}; what is done is kept for an hour, and nothing "
                              "beyond a restart",
                              name.empty() ? "operation without a name" : name));
}

absl::Status Cancelled() {
  return WithReason(absl::CancelledError("the operation was cancelled, or the server is stopping"),
                    "OPERATION_CANCELLED");
}

// As the details of an error are sent with a call.
google::rpc::Status ErrorOf(const absl::Status& status) {
  google::rpc::Status error;
  if (!error.ParseFromString(ToGrpcStatus(status).error_details())) {
    error.set_code(static_cast<int>(status.code()));
    error.set_message(std::string(status.message()));
  }
  return error;
}

}  // namespace

struct Operations::Entry {
  int64_t number = 0;  // in the order of Start
  std::atomic<bool> cancelled = false;
  Work work;  // taken out by the thread that does it
  // What follows is guarded by the mutex of Operations.
  Operation operation;
  bool running = false;
  absl::Time done_at = absl::InfiniteFuture();

  void Finish(absl::Time now, absl::StatusOr<std::unique_ptr<google::protobuf::Message>> result) {
    operation.set_done(true);
    done_at = now;
    running = false;
    if (result.ok()) {
      operation.mutable_response()->PackFrom(**result);
    } else {
      *operation.mutable_error() = ErrorOf(result.status());
    }
  }
};

Operations::Operations(OperationLimits limits) : limits_(limits) {
  for (size_t i = 0; i < std::max<size_t>(1, limits_.threads); ++i) {
    threads_.emplace_back([this] { Run(); });
  }
}

Operations::~Operations() { Shutdown(); }

absl::StatusOr<Operation> Operations::Start(const std::string& kind,
                                            const google::protobuf::Message& metadata, Work work) {
  const absl::StatusOr<std::string> hex = RandomHex();
  if (!hex.ok()) return hex.status();
  auto entry = std::make_shared<Entry>();
  entry->work = std::move(work);
  entry->operation.set_name(fmt::format("operations/{}-{}", kind, *hex));
  entry->operation.mutable_metadata()->PackFrom(metadata);
  absl::MutexLock lock(&mutex_);
  if (stopping_) {
    return WithReason(absl::UnavailableError("the server is stopping"), "SERVER_STOPPING");
  }
  Forget(absl::Now());
  if (waiting_.size() >= limits_.waiting) {
    return WithRetry(
        WithReason(absl::ResourceExhaustedError(fmt::format(
                       "{} operations wait already; try again when some are done, or cancel one",
                       waiting_.size())),
                   "TOO_MANY_OPERATIONS"),
        kRetryDelay);
  }
  entry->number = ++started_;
  entries_[entry->operation.name()] = entry;
  waiting_.push_back(entry);
  return entry->operation;
}

absl::StatusOr<Operation> Operations::Get(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  Forget(absl::Now());
  const auto found = entries_.find(name);
  if (found == entries_.end()) return Unknown(name);
  return found->second->operation;
}

absl::StatusOr<Operation> Operations::Wait(const std::string& name, absl::Time deadline,
                                           const store::StopFn& stop) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return Unknown(name);
  const std::shared_ptr<Entry> entry = found->second;
  const auto done = [&entry] { return entry->operation.done(); };
  while (!done()) {
    const absl::Time now = absl::Now();
    if (now >= deadline || (stop && stop())) break;
    mutex_.AwaitWithDeadline(absl::Condition(&done), std::min(deadline, now + kBetweenLooks));
  }
  return entry->operation;
}

std::vector<Operation> Operations::List() {
  std::vector<std::pair<int64_t, Operation>> numbered;
  {
    absl::MutexLock lock(&mutex_);
    Forget(absl::Now());
    for (const auto& [name, entry] : entries_) {
      Operation operation;
      operation.set_name(name);
      operation.set_done(entry->operation.done());
      numbered.emplace_back(entry->number, std::move(operation));
    }
  }
  std::sort(numbered.begin(), numbered.end(),
            [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Operation> operations;
  operations.reserve(numbered.size());
  for (auto& entry : numbered) operations.push_back(std::move(entry.second));
  return operations;
}

absl::Status Operations::Cancel(const std::string& name) {
  Work unused;  // what a work holds on to is let go of outside the lock
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return Unknown(name);
  Entry& entry = *found->second;
  entry.cancelled = true;
  if (!entry.running && !entry.operation.done()) {
    std::erase(waiting_, found->second);
    unused = std::move(entry.work);
    entry.Finish(absl::Now(), Cancelled());
  }
  return absl::OkStatus();
}

absl::Status Operations::Delete(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return Unknown(name);
  if (!found->second->operation.done()) {
    return WithReason(
        absl::FailedPreconditionError(fmt::format("{} is not done; cancel it first", name)),
        "OPERATION_RUNNING");
  }
  entries_.erase(found);
  return absl::OkStatus();
}

void Operations::Shutdown() {
  std::vector<std::thread> threads;
  std::deque<std::shared_ptr<Entry>> waiting;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    threads.swap(threads_);
    waiting.swap(waiting_);
    for (const auto& [name, entry] : entries_) entry->cancelled = true;
    for (const auto& entry : waiting) entry->Finish(absl::Now(), Cancelled());
  }
  for (std::thread& thread : threads) thread.join();
}

void Operations::Run() {
  const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !waiting_.empty();
  };
  for (;;) {
    std::shared_ptr<Entry> entry;
    {
      absl::MutexLock lock(&mutex_, absl::Condition(&ready));
      if (waiting_.empty()) return;  // stopping
      entry = std::move(waiting_.front());
      waiting_.pop_front();
      entry->running = true;
    }
    absl::StatusOr<std::unique_ptr<google::protobuf::Message>> result = RunOne(*entry);
    if (!result.ok() && entry->cancelled) result = Cancelled();
    absl::MutexLock lock(&mutex_);
    entry->Finish(absl::Now(), std::move(result));
  }
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Operations::RunOne(Entry& entry) {
  const Report report = [this, &entry](const google::protobuf::Message& metadata) {
    absl::MutexLock lock(&mutex_);
    entry.operation.mutable_metadata()->PackFrom(metadata);
  };
  const store::StopFn stop = [&entry] { return entry.cancelled.load(); };
  Work work = std::move(entry.work);
  std::string thrown = "something that is no std::exception";
  try {
    return work(report, stop);
  } catch (const std::exception& exception) {
    thrown = exception.what();
  } catch (...) {
  }
  telemetry::LogError(fmt::format("an operation threw: {}", thrown));
  return WithReason(absl::InternalError("the server failed at this operation; its log says more"),
                    "UNEXPECTED_FAILURE");
}

void Operations::Forget(absl::Time now) {
  std::vector<std::shared_ptr<Entry>> done;
  for (const auto& entry : entries_) {
    if (entry.second->operation.done()) done.push_back(entry.second);
  }
  std::sort(done.begin(), done.end(), [](const auto& a, const auto& b) {
    return std::pair(a->done_at, a->number) < std::pair(b->done_at, b->number);
  });
  size_t kept = done.size();
  for (const auto& entry : done) {
    if (kept <= limits_.kept && now - entry->done_at < limits_.keep) break;
    entries_.erase(entry->operation.name());
    --kept;
  }
}

}  // namespace keyscore::rpc
