// Work that goes on after the call that began it: google.longrunning's Operations, kept in memory.
//
// A few threads do the work, oldest first. What is done can be read for an hour, and is forgotten
// when the server stops. May be used from any thread.
#pragma once

#include <google/protobuf/message.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "google/longrunning/operations.pb.h"
#include "store/store.h"

namespace keyscore::rpc {

struct OperationLimits {
  size_t threads = 1;
  size_t waiting = 16;  // one more is RESOURCE_EXHAUSTED (TOO_MANY_OPERATIONS)
  size_t kept = 100;    // done ones; the oldest goes first
  absl::Duration keep = absl::Hours(1);
};

class Operations {
 public:
  // Says how far the work is; replaces what was said before.
  using Report = std::function<void(const google::protobuf::Message& metadata)>;
  // Returns the response. `stop` turns true when the operation is cancelled or the server stops.
  using Work = absl::AnyInvocable<absl::StatusOr<std::unique_ptr<google::protobuf::Message>>(
      const Report& report, const store::StopFn& stop)>;

  explicit Operations(OperationLimits limits = {});
  ~Operations();  // as Shutdown

  // Queues the work; `metadata` is what stands there until it reports. The operation's name is
  // operations/{kind}-{hex}, not to be guessed.
  absl::StatusOr<google::longrunning::Operation> Start(const std::string& kind,
                                                       const google::protobuf::Message& metadata,
                                                       Work work);

  // NOT_FOUND (OPERATION_NOT_FOUND).
  absl::StatusOr<google::longrunning::Operation> Get(const std::string& name);
  // Blocks until it is done, `deadline` has passed or `stop` says so; then as Get.
  absl::StatusOr<google::longrunning::Operation> Wait(const std::string& name, absl::Time deadline,
                                                      const store::StopFn& stop);
  // Without metadata and result, newest first.
  std::vector<google::longrunning::Operation> List();
  absl::Status Cancel(const std::string& name);
  // FAILED_PRECONDITION (OPERATION_RUNNING) for one that is not done.
  absl::Status Delete(const std::string& name);

  // Cancels everything and waits for the threads. No Start after it.
  void Shutdown();

 private:
  struct Entry;

  void Run();
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> RunOne(Entry& entry);
  void Forget(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const OperationLimits limits_;
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<Entry>> entries_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<Entry>> waiting_ ABSL_GUARDED_BY(mutex_);
  int64_t started_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace keyscore::rpc
