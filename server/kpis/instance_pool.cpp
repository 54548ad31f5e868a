// Hands out instances; the library's create runs without the lock.
#include "kpis/instance_pool.h"

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace keyscore::kpis {
namespace {

// How often a waiting caller looks whether it is still wanted.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(10);

}  // namespace

InstancePool::InstancePool(bool shared, void* first, MakeFn make)
    : shared_(shared),
      first_(first),
      limit_(first == nullptr ? 1 : kMaxInstances),
      make_(std::move(make)),
      idle_{first} {}

absl::StatusOr<InstancePool::Lease> InstancePool::Acquire(const store::StopFn& stop) {
  if (shared_) return Lease(nullptr, first_);
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(this, &InstancePool::CanServe), kBetweenLooks);
      if (!idle_.empty()) {
        void* const instance = idle_.back();
        idle_.pop_back();
        return Lease(this, instance);
      }
      if (made_ < limit_) {
        ++made_;
        break;
      }
    }
    if (stop && stop()) return absl::CancelledError("the caller has stopped waiting");
  }
  absl::StatusOr<void*> instance = make_();
  if (instance.ok()) return Lease(this, *instance);
  absl::MutexLock lock(&mutex_);
  --made_;
  return instance.status();
}

std::vector<void*> InstancePool::Drain() {
  absl::MutexLock lock(&mutex_);
  made_ = 0;
  return std::exchange(idle_, {});
}

void InstancePool::Release(void* instance) {
  absl::MutexLock lock(&mutex_);
  idle_.push_back(instance);
}

}  // namespace keyscore::kpis
