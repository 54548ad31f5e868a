// The figures that the server shows to Prometheus.
#pragma once

#include <vector>

#include "kpis/plugin_stats.h"
#include "kpis/plugins/plugin_host.h"
#include "telemetry/metrics.h"

namespace keyscore::rpc {

// keyscore_plugin_…, of the plugins in force.
std::vector<telemetry::MetricFamily> PluginMetrics(const std::vector<kpis::LibraryStats>& plugins);

// These, and those of the registry and the process.
std::vector<telemetry::MetricFamily> ServerMetrics(const kpis::PluginHost& plugins);

}  // namespace keyscore::rpc
