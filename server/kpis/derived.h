// What is worked out once for a generation of the registry and kept as long as that lives: plans of
// evaluations, weights, the parts of messages that never change. Whoever works it out decides what
// it is; a type stands for it.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace keyscore::kpis {

// May be used from any thread, as must whatever is kept in it.
class Derived {
 public:
  // The one T, made without arguments when it is first asked for.
  template <typename T>
  T& Get() {
    {
      absl::ReaderMutexLock lock(&mutex_);
      if (void* const known = Find(&kKey<T>)) return *static_cast<T*>(known);
    }
    absl::MutexLock lock(&mutex_);
    if (void* const known = Find(&kKey<T>)) return *static_cast<T*>(known);
    kept_.emplace_back(&kKey<T>, std::make_shared<T>());
    return *static_cast<T*>(kept_.back().second.get());
  }

 private:
  // Its address is the type's key.
  template <typename T>
  static inline const char kKey = 0;

  void* Find(const char* key) const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    for (const auto& [known, kept] : kept_) {
      if (known == key) return kept.get();
    }
    return nullptr;
  }

  mutable absl::Mutex mutex_;
  std::vector<std::pair<const char*, std::shared_ptr<void>>> kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::kpis
