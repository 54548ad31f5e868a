// Decides whether something that fails is called again: after each failure a pause that doubles,
// after too many in a row a long one, then a single try that closes it again if it goes well.
#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kpis/plugin_stats.h"

namespace keyscore::kpis {

struct BreakerOptions {
  int failures_to_open = 5;
  absl::Duration first_pause = absl::Milliseconds(100);  // doubles with each further failure
  absl::Duration cooldown = absl::Seconds(30);           // once open; doubles with each failed try
  absl::Duration max_cooldown = absl::Minutes(5);
};

// May be used from any thread.
class CircuitBreaker {
 public:
  explicit CircuitBreaker(BreakerOptions options) : options_(options) {}

  // OK: make the call, and report how it went. Otherwise PLUGIN_UNAVAILABLE with the last failure
  // and when the next call will be made.
  absl::Status Admit(absl::Time now) ABSL_LOCKS_EXCLUDED(mutex_);

  // Each returns whether the breaker opened or closed by that.
  bool Succeeded() ABSL_LOCKS_EXCLUDED(mutex_);
  bool Failed(absl::Time now, const std::string& failure) ABSL_LOCKS_EXCLUDED(mutex_);
  // The call was given up for reasons of the caller's: as if it had not been admitted.
  void Abandoned() ABSL_LOCKS_EXCLUDED(mutex_);

  BreakerStats Stats() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const BreakerOptions options_;
  mutable absl::Mutex mutex_;
  BreakerStats stats_ ABSL_GUARDED_BY(mutex_);
  bool trying_ ABSL_GUARDED_BY(mutex_) = false;  // the one call of a half-open breaker is out
};

}  // namespace keyscore::kpis
