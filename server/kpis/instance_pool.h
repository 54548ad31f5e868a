// The instances of one KPI, so that a function that may not run concurrently on one instance can
// serve several callers, and no lock is held while the library works.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "store/store.h"

namespace keyscore::kpis {

// Instances of one KPI at most; further callers wait their turn.
inline constexpr size_t kMaxInstances = 8;

class InstancePool {
 public:
  using MakeFn = std::function<absl::StatusOr<void*>()>;

  // One caller's use of an instance.
  class Lease {
   public:
    Lease(InstancePool* pool, void* instance) : pool_(pool), instance_(instance) {}
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), instance_(other.instance_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool_ != nullptr) pool_->Release(instance_);
    }

    void* instance() const { return instance_; }

   private:
    InstancePool* pool_;
    void* instance_;
  };

  // `shared`: the KPI is reentrant and `first` serves all callers at once. A null `first` says that
  // the KPI keeps its state elsewhere, if any; then a second instance would be the same again, so
  // one caller goes at a time.
  InstancePool(bool shared, void* first, MakeFn make);

  // An idle instance, a new one, or the next to be released. CANCELLED when `stop` says so while
  // waiting; the status of `make` if that fails.
  absl::StatusOr<Lease> Acquire(const store::StopFn& stop) ABSL_LOCKS_EXCLUDED(mutex_);

  // All instances, for their destruction; no lease may be out.
  std::vector<void*> Drain() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Release(void* instance) ABSL_LOCKS_EXCLUDED(mutex_);
  bool CanServe() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !idle_.empty() || made_ < limit_;
  }

  const bool shared_;
  void* const first_;
  const size_t limit_;
  const MakeFn make_;
  absl::Mutex mutex_;
  size_t made_ ABSL_GUARDED_BY(mutex_) = 1;
  std::vector<void*> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::kpis
