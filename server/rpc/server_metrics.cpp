// From the rooms' plain numbers to families of metrics.
#include "rpc/server_metrics.h"

#include <unistd.h>

#include <fstream>
#include <string>
#include <utility>

#include "config/version.h"
#include "kpis/library.h"

namespace keyscore::rpc {
namespace {

using telemetry::MetricFamily;
using telemetry::MetricKind;
using Labels = std::vector<std::pair<std::string, std::string>>;

MetricFamily Gauge(const char* name, const char* help, Labels labels, double value) {
  return {name, help, MetricKind::kGauge, {{.labels = std::move(labels), .value = value}}};
}

MetricFamily Counter(const char* name, const char* help, double value) {
  return {name, help, MetricKind::kCounter, {{.value = value}}};
}

void Add(MetricFamily& family, Labels labels, double value) {
  family.samples.push_back({.labels = std::move(labels), .value = value});
}

double BreakerValue(kpis::BreakerState state) {
  switch (state) {
    case kpis::BreakerState::kOpen:
      return 2;
    case kpis::BreakerState::kHalfOpen:
      return 1;
    case kpis::BreakerState::kClosed:
      break;
  }
  return 0;
}

// Pages of the process that are in memory (statm's second number); 0 where that can't be read.
double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t all = 0, resident = 0;
  if (!(statm >> all >> resident)) return 0;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE));
}

}  // namespace

std::vector<MetricFamily> PluginMetrics(const std::vector<kpis::LibraryStats>& plugins) {
  using Kind = MetricKind;
  MetricFamily calls{"keyscore_plugin_calls_total",
                     "Calls of a KPI's code since its plugin was put in force", Kind::kCounter};
  MetricFamily rows{"keyscore_plugin_rows_total", "Rows of these calls", Kind::kCounter};
  MetricFamily failures{"keyscore_plugin_failures_total", "Calls that failed, by reason",
                        Kind::kCounter};
  MetricFamily seconds{"keyscore_plugin_call_seconds", "Time of a call, queueing included",
                       Kind::kHistogram};
  MetricFamily restarts{"keyscore_plugin_worker_restarts_total",
                        "Worker processes started after the first", Kind::kCounter};
  MetricFamily resident{"keyscore_plugin_worker_resident_bytes",
                        "Memory of a plugin's worker process; 0 = none runs", Kind::kGauge};
  MetricFamily breaker{"keyscore_plugin_breaker_state",
                       "Whether a KPI is called: 0 yes, 1 tried once, 2 no", Kind::kGauge};
  MetricFamily suppressed{"keyscore_plugin_log_lines_suppressed_total",
                          "Lines of a plugin above its rate limit", Kind::kCounter};
  MetricFamily info{"keyscore_plugin_info", "1 for each plugin in force", Kind::kGauge};

  for (const kpis::LibraryStats& plugin : plugins) {
    const Labels of_plugin = {{"plugin", plugin.plugin_id}};
    for (const kpis::KpiStats& kpi : plugin.kpis) {
      const Labels of_kpi = {{"plugin", plugin.plugin_id}, {"kpi", kpi.kpi_id}};
      Add(calls, of_kpi, static_cast<double>(kpi.calls));
      Add(rows, of_kpi, static_cast<double>(kpi.rows));
      for (const auto& [reason, count] : kpi.failures) {
        Labels labels = of_kpi;
        labels.emplace_back("reason", reason);
        Add(failures, std::move(labels), static_cast<double>(count));
      }
      seconds.samples.push_back(
          {.labels = of_kpi,
           .bounds = {kpis::kLatencyBounds.begin(), kpis::kLatencyBounds.end()},
           .counts = {kpi.latency.counts.begin(), kpi.latency.counts.end()},
           .sum = kpi.latency.sum_seconds});
      Add(breaker, of_kpi, BreakerValue(kpi.breaker.state));
    }
    if (plugin.isolated) {
      Add(restarts, of_plugin, static_cast<double>(plugin.worker.restarts));
      Add(resident, of_plugin, static_cast<double>(plugin.worker.resident_bytes));
    }
    Add(suppressed, of_plugin, static_cast<double>(plugin.worker.suppressed_log_lines));
    Add(info,
        {{"plugin", plugin.plugin_id},
         {"version", plugin.version},
         {"sha256", plugin.sha256},
         {"isolated", plugin.isolated ? "true" : "false"}},
        1);
  }
  return {std::move(calls),   std::move(rows),       std::move(failures),
          std::move(seconds), std::move(restarts),   std::move(resident),
          std::move(breaker), std::move(suppressed), std::move(info)};
}

std::vector<MetricFamily> AnswerMetrics(const AnswerStats& answers) {
  const auto value = [](int64_t number) { return static_cast<double>(number); };
  return {
      Counter("keyscore_answer_hits_total", "Calls answered with an answer that was kept",
              value(answers.hits)),
      Counter("keyscore_answer_misses_total",
              "Calls for which no answer was kept, or none that still stood",
              value(answers.misses)),
      Counter("keyscore_answer_stale_total", "Of these: what was kept had been overtaken by facts",
              value(answers.stale)),
      Counter("keyscore_answer_shared_total",
              "Calls answered with what was being made for another call", value(answers.shared)),
      Counter("keyscore_answer_abandoned_total",
              "Calls cancelled, or out of time, before their answer was there",
              value(answers.abandoned)),
      Counter("keyscore_answer_evictions_total", "Answers dropped for want of room",
              value(answers.evictions)),
      Gauge("keyscore_answers", "Answers kept", {}, value(answers.answers)),
      Gauge("keyscore_answer_bytes", "Memory of the answers kept", {}, value(answers.bytes)),
      Gauge("keyscore_answer_max_bytes", "limits.answer_cache; 0 = none are kept", {},
            value(answers.max_bytes))};
}

std::vector<MetricFamily> ServerMetrics(const kpis::PluginHost& plugins, const AnswerStats& answers,
                                        size_t calls_waiting) {
  std::vector<MetricFamily> families = PluginMetrics(plugins.Stats());
  for (MetricFamily& family : AnswerMetrics(answers)) families.push_back(std::move(family));
  families.push_back(Gauge("keyscore_calls_waiting", "Calls that no thread has taken yet", {},
                           static_cast<double>(calls_waiting)));
  const kpis::Registry& registry = plugins.registry();
  families.push_back(Gauge("keyscore_registry_generation",
                           "Number of the set of KPIs in force; each change makes a new one", {},
                           static_cast<double>(registry.Snapshot()->generation())));
  families.push_back(Gauge("keyscore_registry_generations_draining",
                           "Earlier sets that requests under way still use", {},
                           static_cast<double>(registry.DrainingGenerations())));
  families.push_back(Gauge("keyscore_libraries_open",
                           "KPI libraries open in the server's process; none is ever closed", {},
                           static_cast<double>(kpis::OpenLibraryCount())));
  families.push_back(Gauge("keyscore_process_resident_bytes", "Memory of the server's process", {},
                           ResidentBytes()));
  families.push_back(Gauge("keyscore_build_info", "1", {{"version", config::kVersion}}, 1));
  return families;
}

}  // namespace keyscore::rpc
