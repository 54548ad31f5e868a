// The daemon's measures in memory: started with the inputs of the KPIs in force, kept up with the
// registry, shown in log and metrics.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "config/config.h"
#include "kpis/plugins/plugin_host.h"
#include "measures/memory_sources.h"
#include "telemetry/metrics.h"

namespace keyscore::rpc {

// May be used from any thread.
class MeasureMemory {
 public:
  // Builds; with limits.measure_memory of 0 there is nothing to build, and every measure is the
  // engine's to compute. Store and plugins must outlive it.
  static absl::StatusOr<std::unique_ptr<MeasureMemory>> Start(const config::Config& config,
                                                              store::Store& store,
                                                              const kpis::PluginHost& plugins);

  measures::Sources& sources() { return *sources_; }
  // To be called after each change of the registry.
  void RegistryChanged() ABSL_LOCKS_EXCLUDED(mutex_);
  // keyscore_measure_…; none where nothing is kept.
  std::vector<telemetry::MetricFamily> Metrics() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  explicit MeasureMemory(const kpis::PluginHost& plugins) : plugins_(plugins) {}

  const kpis::PluginHost& plugins_;
  std::unique_ptr<measures::Sources> sources_;
  measures::MemorySources* memory_ = nullptr;  // the same, where measures are kept

  absl::Mutex mutex_;
  int64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;  // whose inputs are kept
};

// For the log: how much is in memory, and what is left to the engine and why.
std::string Describe(const measures::MemoryReport& report);

}  // namespace keyscore::rpc
