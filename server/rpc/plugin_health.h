// Health names of the standard health service: plugins/{id} and kpis/{id}.
#pragma once

#include <grpcpp/health_check_service_interface.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "kpis/plugins/plugin_host.h"

namespace keyscore::rpc {

// By health name, whether it serves. A KPI does while its plugin is active and its breaker closed;
// a plugin does while it is active and one of its KPIs does, or it has none.
std::map<std::string, bool> PluginHealthOf(const std::vector<kpis::PluginView>& plugins);

// Keeps the health service up to date. May be used from any thread.
class PluginHealth {
 public:
  explicit PluginHealth(const kpis::PluginHost& plugins) : plugins_(plugins) {}

  // From now on `health` is told, beginning with how things stand.
  void Start(grpc::HealthCheckServiceInterface* health);
  // Everything is NOT_SERVING, and stays so; `health` isn't used any more once this returns.
  void Stop();

  // Looks at all plugins again. To be called after each change; while another call is at it, that
  // one looks once more, and this one returns.
  void Update() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Publish(std::map<std::string, bool> names) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const kpis::PluginHost& plugins_;
  absl::Mutex mutex_;
  grpc::HealthCheckServiceInterface* health_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::map<std::string, bool> published_ ABSL_GUARDED_BY(mutex_);
  int64_t asked_ ABSL_GUARDED_BY(mutex_) = 0;
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace keyscore::rpc
