// The threads that do the work of calls: a fixed number, with a bounded queue in front.
//
// gRPC's own callback threads must never block, so every handler runs here. The bound is what keeps
// an overloaded server answering: who comes too late is told so at once.
#pragma once

#include <cstddef>
#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"

namespace keyscore::rpc {

class WorkPool {
 public:
  using Job = absl::AnyInvocable<void()>;

  WorkPool(size_t threads, size_t queue_length);
  ~WorkPool();  // as Shutdown()
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  // Takes the job unless queue_length jobs wait already or the pool is shut down: then false, and
  // the job is left untouched. Never blocks on a job.
  bool TryRun(Job& job);

  // Jobs that no thread has taken yet.
  size_t waiting() const;

  // Takes no more, runs what waits, and joins the threads. May be called twice.
  void Shutdown();

 private:
  void Work();

  const size_t queue_length_;
  mutable absl::Mutex mutex_;
  absl::CondVar wake_;  // one is woken for a job, all are for the end
  std::deque<Job> queue_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace keyscore::rpc
