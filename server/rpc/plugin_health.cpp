// Looks without the lock, publishes under it.
#include "rpc/plugin_health.h"

#include <algorithm>
#include <utility>

#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

bool IsClosed(const kpis::PluginView& plugin, const std::string& kpi_id) {
  if (!plugin.stats.has_value()) return true;
  const auto& kpis = plugin.stats->kpis;
  const auto found = std::find_if(kpis.begin(), kpis.end(),
                                  [&](const kpis::KpiStats& kpi) { return kpi.kpi_id == kpi_id; });
  return found == kpis.end() || found->breaker.state == kpis::BreakerState::kClosed;
}

}  // namespace

std::map<std::string, bool> PluginHealthOf(const std::vector<kpis::PluginView>& plugins) {
  std::map<std::string, bool> names;
  for (const kpis::PluginView& plugin : plugins) {
    const bool active = plugin.state == kpis::PluginState::kActive;
    bool any = active && plugin.kpi_ids.empty();
    for (const std::string& id : plugin.kpi_ids) {
      const bool serves = active && IsClosed(plugin, id);
      any |= serves;
      names[MakeName("kpis", id)] |= serves;  // another plugin may have taken the KPI over
    }
    names[MakeName("plugins", plugin.id)] |= any;  // of two files with one id, either
  }
  return names;
}

void PluginHealth::Start(grpc::HealthCheckServiceInterface* health) {
  {
    absl::MutexLock lock(&mutex_);
    health_ = health;
  }
  Update();
}

void PluginHealth::Stop() {
  absl::MutexLock lock(&mutex_);
  if (health_ != nullptr) health_->Shutdown();
  health_ = nullptr;
}

void PluginHealth::Update() {
  {
    absl::MutexLock lock(&mutex_);
    ++asked_;
    if (health_ == nullptr || running_) return;
    running_ = true;
  }
  while (true) {
    int64_t seen = 0;
    {
      absl::MutexLock lock(&mutex_);
      seen = asked_;
    }
    std::map<std::string, bool> names = PluginHealthOf(plugins_.List());
    absl::MutexLock lock(&mutex_);
    Publish(std::move(names));
    if (asked_ != seen) continue;
    running_ = false;
    return;
  }
}

void PluginHealth::Publish(std::map<std::string, bool> names) {
  if (health_ == nullptr) return;
  // What is gone does not serve; the health service forgets no name.
  for (const auto& [name, serves] : published_) names.emplace(name, false);
  for (const auto& [name, serves] : names) {
    const auto known = published_.find(name);
    if (known == published_.end() || known->second != serves) {
      health_->SetServingStatus(name, serves);
    }
  }
  published_ = std::move(names);
}

}  // namespace keyscore::rpc
