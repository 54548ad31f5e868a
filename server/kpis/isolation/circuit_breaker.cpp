// Pauses that double.
#include "kpis/isolation/circuit_breaker.h"

#include <algorithm>

#include "fmt/format.h"
#include "kpis/failure.h"

namespace keyscore::kpis {
namespace {

// `first` doubled `times` times, at most `limit`.
absl::Duration Doubled(absl::Duration first, int times, absl::Duration limit) {
  absl::Duration pause = first;
  for (int i = 0; i < times && pause < limit; ++i) pause *= 2;
  return std::min(pause, limit);
}

}  // namespace

absl::Status CircuitBreaker::Admit(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (stats_.consecutive_failures == 0) return absl::OkStatus();
  const bool open = stats_.state != BreakerState::kClosed;
  if (now >= stats_.retry_time && !(open && trying_)) {
    if (open) {
      stats_.state = BreakerState::kHalfOpen;
      trying_ = true;
    }
    return absl::OkStatus();
  }
  const absl::Duration left = std::max(stats_.retry_time - now, absl::ZeroDuration());
  return PluginFailure(
      absl::StatusCode::kUnavailable, kPluginUnavailable,
      fmt::format("it is not called, {}; the last failure: {}",
                  left == absl::ZeroDuration()
                      ? "for another call is trying whether it works again"
                      : fmt::format("having failed {} {}, and is tried again in {}",
                                    stats_.consecutive_failures,
                                    stats_.consecutive_failures == 1 ? "time" : "times in a row",
                                    absl::FormatDuration(absl::Trunc(left, absl::Milliseconds(1)) +
                                                         absl::Milliseconds(1))),
                  stats_.last_failure));
}

bool CircuitBreaker::Succeeded() {
  absl::MutexLock lock(&mutex_);
  const bool closes = stats_.state != BreakerState::kClosed;
  stats_.state = BreakerState::kClosed;
  stats_.consecutive_failures = 0;
  stats_.retry_time = absl::InfinitePast();
  trying_ = false;
  return closes;
}

bool CircuitBreaker::Failed(absl::Time now, const std::string& failure) {
  absl::MutexLock lock(&mutex_);
  ++stats_.consecutive_failures;
  stats_.last_failure = failure;
  stats_.last_failure_time = now;
  trying_ = false;
  const int beyond = stats_.consecutive_failures - options_.failures_to_open;
  if (beyond < 0) {
    stats_.retry_time =
        now + Doubled(options_.first_pause, stats_.consecutive_failures - 1, options_.cooldown);
    return false;
  }
  stats_.retry_time = now + Doubled(options_.cooldown, beyond, options_.max_cooldown);
  const bool opens = stats_.state == BreakerState::kClosed;
  stats_.state = BreakerState::kOpen;
  return opens;
}

void CircuitBreaker::Abandoned() {
  absl::MutexLock lock(&mutex_);
  if (stats_.state == BreakerState::kHalfOpen) stats_.state = BreakerState::kOpen;
  trying_ = false;
}

BreakerStats CircuitBreaker::Stats() const {
  absl::MutexLock lock(&mutex_);
  return stats_;
}

}  // namespace keyscore::kpis
