// One change at a time: who wants to make one waits for its turn, and holds no lock while it has
// it.
#pragma once

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "store/store.h"

namespace keyscore::kpis {

class Turns {
 public:
  // Ends the turn when it goes.
  class Turn {
   public:
    explicit Turn(Turns* turns) : turns_(turns) {}
    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->Give();
    }

   private:
    Turns* turns_;
  };

  // CANCELLED when `stop` says so before its turn comes.
  absl::StatusOr<Turn> Take(const store::StopFn& stop) ABSL_LOCKS_EXCLUDED(mutex_) {
    constexpr absl::Duration kLook = absl::Milliseconds(50);
    absl::MutexLock lock(&mutex_);
    const absl::Condition free(
        +[](bool* taken) { return !*taken; }, &taken_);
    while (!mutex_.AwaitWithTimeout(free, kLook)) {
      if (stop && stop()) {
        return absl::CancelledError("given up while another change of the plugins was under way");
      }
    }
    taken_ = true;
    return Turn(this);
  }

 private:
  void Give() ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    taken_ = false;
  }

  absl::Mutex mutex_;
  bool taken_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace keyscore::kpis
