// A queue under one lock; jobs run outside of it.
#include "rpc/work_pool.h"

#include <utility>

namespace keyscore::rpc {

WorkPool::WorkPool(size_t threads, size_t queue_length) : queue_length_(queue_length) {
  threads_.reserve(threads);
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkPool::~WorkPool() { Shutdown(); }

bool WorkPool::TryRun(Job& job) {
  {
    absl::MutexLock lock(&mutex_);
    if (closed_ || queue_.size() >= queue_length_) return false;
    queue_.push_back(std::move(job));
  }
  wake_.Signal();
  return true;
}

size_t WorkPool::waiting() const {
  absl::MutexLock lock(&mutex_);
  return queue_.size();
}

void WorkPool::Shutdown() {
  {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }
  wake_.SignalAll();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkPool::Work() {
  while (true) {
    Job job;
    {
      absl::MutexLock lock(&mutex_);
      while (!closed_ && queue_.empty()) wake_.Wait(&mutex_);
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    job();
  }
}

}  // namespace keyscore::rpc
