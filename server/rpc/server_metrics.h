// The figures that the server shows to Prometheus.
#pragma once

#include <cstddef>
#include <vector>

#include "kpis/plugin_stats.h"
#include "kpis/plugins/plugin_host.h"
#include "rpc/answer_cache.h"
#include "telemetry/metrics.h"

namespace keyscore::rpc {

// keyscore_plugin_…, of the plugins in force.
std::vector<telemetry::MetricFamily> PluginMetrics(const std::vector<kpis::LibraryStats>& plugins);

// keyscore_answer_…, of the answers that are kept.
std::vector<telemetry::MetricFamily> AnswerMetrics(const AnswerStats& answers);

// These, and those of the registry, the pool and the process.
std::vector<telemetry::MetricFamily> ServerMetrics(const kpis::PluginHost& plugins,
                                                   const AnswerStats& answers,
                                                   size_t calls_waiting);

}  // namespace keyscore::rpc
