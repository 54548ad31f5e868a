// The thread that keeps the measures in memory up with the log, and the readers that wait for it.
#include "measures/memory_sources.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "measures/engine_source.h"
#include "measures/memory/keeper.h"
#include "measures/memory/memory_source.h"

namespace keyscore::measures {
namespace {

// How often a waiting reader looks whether it is still wanted, and the thread whether it is to end.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(10);
constexpr absl::Duration kIdle = absl::Milliseconds(50);
// After a failure of the engine.
constexpr absl::Duration kBeforeRetry = absl::Milliseconds(500);

class Impl final : public MemorySources {
 public:
  Impl(store::Store& store, const MemoryOptions& options)
      : options_(options), shared_(store), keeper_(shared_, options) {}

  ~Impl() override {
    {
      absl::MutexLock lock(&mutex_);
      closing_ = true;
      published_.SignalAll();
    }
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Begin(const std::vector<MeasureSpec>& inputs) {
    const auto built = keeper_.Build(std::make_shared<Routes>(inputs), {});
    if (!built.ok()) return built.status();
    Publish();
    thread_ = std::thread([this] { Keep(); });
    return absl::OkStatus();
  }

  absl::StatusOr<std::shared_ptr<Source>> Now(const store::StopFn& stop) override {
    const absl::StatusOr<int64_t> newest = shared_.store.Watermark();
    if (!newest.ok()) return newest.status();
    const absl::Time patience = absl::Now() + options_.patience;
    const auto ready = [this, &newest]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return state_->watermark >= *newest || rebuilding_;
    };
    while (true) {
      {
        absl::MutexLock lock(&mutex_);
        mutex_.AwaitWithTimeout(absl::Condition(&ready), kBetweenLooks);
        if (state_->watermark >= *newest) return SourceOf(state_);
        if (rebuilding_) break;
      }
      if (stop && stop()) return absl::CancelledError("stopped while waiting for the measures");
      if (absl::Now() >= patience) break;
    }
    return EngineSource(shared_.store, *newest);
  }

  std::shared_ptr<Source> TryNow() override {
    const int64_t acknowledged = acknowledged_;
    absl::MutexLock lock(&mutex_);
    return state_->watermark >= acknowledged ? SourceOf(state_) : nullptr;
  }

  void Acknowledge(int64_t watermark, bool may_wait) override {
    if (may_wait) {
      const absl::Time patience = absl::Now() + options_.patience;
      absl::MutexLock lock(&mutex_);
      while (state_->watermark < watermark && !rebuilding_ && !closing_) {
        if (published_.WaitWithDeadline(&mutex_, patience)) break;
      }
    }
    int64_t before = acknowledged_;
    while (before < watermark && !acknowledged_.compare_exchange_weak(before, watermark)) {
    }
  }

  absl::StatusOr<std::shared_ptr<Source>> At(int64_t watermark) override {
    {
      absl::MutexLock lock(&mutex_);
      if (state_->watermark == watermark) return SourceOf(state_);
    }
    return EngineSource(shared_.store, watermark);
  }

  void SetInputs(const std::vector<MeasureSpec>& inputs) override {
    absl::MutexLock lock(&mutex_);
    wanted_ = std::make_shared<Routes>(inputs);
  }

  void Settle() override {
    const absl::StatusOr<int64_t> newest = shared_.store.Watermark();
    const int64_t watermark = newest.ok() ? *newest : 0;
    const auto settled = [this, watermark]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return closing_ || (wanted_ == nullptr && !rebuilding_ && state_->watermark >= watermark);
    };
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&settled));
  }

  MemoryReport Report() const override {
    MemoryReport report;
    {
      absl::MutexLock lock(&mutex_);
      report = report_;
    }
    report.from_memory = shared_.from_memory;
    report.from_engine = shared_.from_engine;
    return report;
  }

  int64_t CountSeriesDays() override {
    std::shared_ptr<const MemoryState> state;
    int64_t events = 0;
    {
      absl::MutexLock lock(&mutex_);
      state = state_;
      events = report_.events;
      if (counted_events_ >= 0 && std::abs(events - counted_events_) <= events / 10) {
        return series_days_;
      }
    }
    int64_t days = 0;
    for (const auto& group : state->groups) {
      if (group != nullptr) days += group->CountSeriesDays();
    }
    absl::MutexLock lock(&mutex_);
    counted_events_ = events;
    return series_days_ = days;
  }

 private:
  std::shared_ptr<Source> SourceOf(std::shared_ptr<const MemoryState> state) {
    return std::make_shared<MemorySource>(shared_, std::move(state));
  }

  void Publish() {
    {
      absl::MutexLock lock(&mutex_);
      if (state_ == keeper_.state()) return;
    }
    MemoryReport report = keeper_.Report();
    std::shared_ptr<const MemoryState> before;  // freed without the lock
    absl::MutexLock lock(&mutex_);
    before = std::exchange(state_, keeper_.state());
    report_ = std::move(report);
    published_.SignalAll();
  }

  bool Closing() const {
    absl::MutexLock lock(&mutex_);
    return closing_;
  }

  // The thread's loop. A failing engine changes nothing: readers go to it and hear it themselves.
  void Keep() {
    const store::StopFn stop = [this] { return Closing(); };
    while (!Closing()) {
      std::shared_ptr<const Routes> wanted;
      {
        absl::MutexLock lock(&mutex_);
        wanted = wanted_;
        rebuilding_ = wanted != nullptr;
        if (rebuilding_) published_.SignalAll();
      }
      absl::Status status;
      if (wanted != nullptr) {
        status = keeper_.Build(wanted, stop).status();
      } else {
        const auto newest = shared_.store.AwaitWatermark(keeper_.state()->watermark, kIdle);
        status = newest.status();
        if (newest.ok() && *newest > keeper_.state()->watermark) {
          status = keeper_.TakeUp(stop).status();
        }
      }
      if (status.ok()) Publish();
      absl::MutexLock lock(&mutex_);
      rebuilding_ = false;
      if (status.ok()) {
        if (wanted_ == wanted) wanted_ = nullptr;
        continue;
      }
      mutex_.AwaitWithTimeout(absl::Condition(&closing_), kBeforeRetry);
    }
  }

  const MemoryOptions options_;
  MemoryShared shared_;
  Keeper keeper_;  // the thread's, once it runs

  std::atomic<int64_t> acknowledged_ = 0;

  mutable absl::Mutex mutex_;
  absl::CondVar published_;  // or no use to wait for
  std::shared_ptr<const MemoryState> state_ ABSL_GUARDED_BY(mutex_);
  MemoryReport report_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const Routes> wanted_ ABSL_GUARDED_BY(mutex_);  // to be built; null = none
  int64_t counted_events_ ABSL_GUARDED_BY(mutex_) = -1;           // when series_days_ was
  int64_t series_days_ ABSL_GUARDED_BY(mutex_) = 0;
  bool rebuilding_ ABSL_GUARDED_BY(mutex_) = false;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<MemorySources>> MemorySources::Start(
    store::Store& store, const std::vector<MeasureSpec>& inputs, const MemoryOptions& options) {
  auto sources = std::make_unique<Impl>(store, options);
  if (absl::Status begun = sources->Begin(inputs); !begun.ok()) return begun;
  return sources;
}

}  // namespace keyscore::measures
