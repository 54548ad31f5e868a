// Counts what goes through a KPI's function.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "kpis/kpi_function.h"
#include "kpis/plugin_stats.h"

namespace keyscore::kpis {

// Shared by a function and those who read its counts. May be used from any thread.
class CallMeter {
 public:
  void Count(int64_t rows, absl::Duration took, const std::string& failure)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // All but the breaker.
  KpiStats Stats(const std::string& kpi_id) const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  mutable absl::Mutex mutex_;
  KpiStats stats_ ABSL_GUARDED_BY(mutex_);
};

// `function` with its calls counted. What was not called, for its breaker is open or too many wait,
// is counted as a failure by its reason, but not as a call.
std::shared_ptr<const KpiFunction> Metered(std::shared_ptr<const KpiFunction> function,
                                           std::shared_ptr<CallMeter> meter);

}  // namespace keyscore::kpis
