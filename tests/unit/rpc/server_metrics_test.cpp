// The families of metrics and their samples.
#include "rpc/server_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/version.h"
#include "unit/rpc/fake_plugin_host.h"

namespace keyscore::rpc {
namespace {

using telemetry::MetricFamily;
using telemetry::MetricSample;
using testing::ElementsAre;
using testing::Pair;

kpis::LibraryStats Acme() {
  kpis::KpiStats kpi{.kpi_id = "acme.churn",
                     .calls = 7,
                     .rows = 900,
                     .failures = {{"PLUGIN_CRASHED", 2}, {"PLUGIN_TIMEOUT", 1}},
                     .breaker = {.state = kpis::BreakerState::kOpen}};
  kpi.latency.counts[1] = 6;
  kpi.latency.counts[14] = 1;
  kpi.latency.sum_seconds = 6.5;
  return {.plugin_id = "acme",
          .version = "1.2.3",
          .sha256 = "abcd",
          .isolated = true,
          .worker = {.resident_bytes = 4'096, .restarts = 3, .suppressed_log_lines = 11},
          .kpis = {kpi}};
}

MetricFamily Family(const std::vector<MetricFamily>& families, const std::string& name) {
  for (const MetricFamily& family : families) {
    if (family.name == name) return family;
  }
  ADD_FAILURE() << "no family " << name;
  return {};
}

double Value(const std::vector<MetricFamily>& families, const std::string& name) {
  const MetricFamily family = Family(families, name);
  EXPECT_EQ(family.samples.size(), 1u) << name;
  return family.samples.empty() ? -1 : family.samples[0].value;
}

TEST(PluginMetricsTest, CountsStandUnderPluginAndKpi) {
  const auto families = PluginMetrics({Acme()});
  const MetricFamily calls = Family(families, "keyscore_plugin_calls_total");
  EXPECT_EQ(calls.kind, telemetry::MetricKind::kCounter);
  ASSERT_EQ(calls.samples.size(), 1u);
  EXPECT_EQ(calls.samples[0].value, 7);
  EXPECT_THAT(calls.samples[0].labels,
              ElementsAre(Pair("plugin", "acme"), Pair("kpi", "acme.churn")));
  EXPECT_EQ(Value(families, "keyscore_plugin_rows_total"), 900);
  EXPECT_EQ(Value(families, "keyscore_plugin_worker_restarts_total"), 3);
  EXPECT_EQ(Value(families, "keyscore_plugin_worker_resident_bytes"), 4'096);
  EXPECT_EQ(Value(families, "keyscore_plugin_log_lines_suppressed_total"), 11);
  EXPECT_EQ(Value(families, "keyscore_plugin_breaker_state"), 2);
}

TEST(PluginMetricsTest, FailuresStandUnderTheirReason) {
  const auto failures = Family(PluginMetrics({Acme()}), "keyscore_plugin_failures_total");
  ASSERT_EQ(failures.samples.size(), 2u);
  EXPECT_THAT(failures.samples[0].labels,
              ElementsAre(Pair("plugin", "acme"), Pair("kpi", "acme.churn"),
                          Pair("reason", "PLUGIN_CRASHED")));
  EXPECT_EQ(failures.samples[0].value, 2);
  EXPECT_EQ(failures.samples[1].value, 1);
}

TEST(PluginMetricsTest, LatenciesKeepTheirBuckets) {
  const auto seconds = Family(PluginMetrics({Acme()}), "keyscore_plugin_call_seconds");
  ASSERT_EQ(seconds.samples.size(), 1u);
  EXPECT_EQ(seconds.kind, telemetry::MetricKind::kHistogram);
  EXPECT_EQ(seconds.samples[0].bounds.size(), 14u);
  EXPECT_EQ(seconds.samples[0].counts.size(), 15u);
  EXPECT_EQ(seconds.samples[0].counts[1], 6);
  EXPECT_EQ(seconds.samples[0].sum, 6.5);
}

TEST(PluginMetricsTest, APluginInTheServersProcessHasNoWorker) {
  kpis::LibraryStats own = Acme();
  own.isolated = false;
  const auto families = PluginMetrics({own});
  EXPECT_TRUE(Family(families, "keyscore_plugin_worker_resident_bytes").samples.empty());
  const MetricFamily info = Family(families, "keyscore_plugin_info");
  EXPECT_THAT(info.samples[0].labels,
              ElementsAre(Pair("plugin", "acme"), Pair("version", "1.2.3"), Pair("sha256", "abcd"),
                          Pair("isolated", "false")));
}

TEST(ServerMetricsTest, TellsOfRegistryAndProcess) {
  kpis::FakePluginHost host;
  host.published.Publish({}, {});
  const auto pinned = host.published.Snapshot();
  host.published.Publish({}, {});
  const auto families = ServerMetrics(host, {.hits = 5}, 6);
  EXPECT_EQ(Value(families, "keyscore_registry_generation"), 2);
  EXPECT_EQ(Value(families, "keyscore_registry_generations_draining"), 1);
  EXPECT_EQ(Value(families, "keyscore_libraries_open"), 0);
  EXPECT_EQ(Value(families, "keyscore_answer_hits_total"), 5);
  EXPECT_EQ(Value(families, "keyscore_calls_waiting"), 6);
  EXPECT_GT(Value(families, "keyscore_process_resident_bytes"), 1'000'000);
  EXPECT_THAT(Family(families, "keyscore_build_info").samples[0].labels,
              ElementsAre(Pair("version", config::kVersion)));
}

TEST(AnswerMetricsTest, EachFigureHasAFamily) {
  const auto families = AnswerMetrics({.hits = 90,
                                       .misses = 12,
                                       .stale = 7,
                                       .shared = 3,
                                       .abandoned = 6,
                                       .evictions = 2,
                                       .answers = 4,
                                       .bytes = 20'000,
                                       .max_bytes = 1'000'000});
  EXPECT_EQ(Value(families, "keyscore_answer_hits_total"), 90);
  EXPECT_EQ(Value(families, "keyscore_answer_misses_total"), 12);
  EXPECT_EQ(Value(families, "keyscore_answer_stale_total"), 7);
  EXPECT_EQ(Value(families, "keyscore_answer_shared_total"), 3);
  EXPECT_EQ(Value(families, "keyscore_answer_abandoned_total"), 6);
  EXPECT_EQ(Value(families, "keyscore_answer_evictions_total"), 2);
  EXPECT_EQ(Value(families, "keyscore_answers"), 4);
  EXPECT_EQ(Value(families, "keyscore_answer_bytes"), 20'000);
  EXPECT_EQ(Value(families, "keyscore_answer_max_bytes"), 1'000'000);
  EXPECT_EQ(Family(families, "keyscore_answer_hits_total").kind, telemetry::MetricKind::kCounter);
  EXPECT_EQ(Family(families, "keyscore_answer_bytes").kind, telemetry::MetricKind::kGauge);
}

}  // namespace
}  // namespace keyscore::rpc
