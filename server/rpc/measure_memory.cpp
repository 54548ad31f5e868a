// Starts it, follows the registry, counts.
#include "rpc/measure_memory.h"

#include <fmt/format.h>

#include <utility>

#include "measures/engine_source.h"
#include "telemetry/log.h"

namespace keyscore::rpc {
namespace {

using telemetry::MetricFamily;
using telemetry::MetricKind;

constexpr double kMi = 1 << 20;

std::vector<measures::MeasureSpec> InputsOf(const kpis::RegistrySnapshot& registry) {
  std::vector<measures::MeasureSpec> inputs;
  for (const kpis::LoadedKpi* kpi : registry.kpis()) {
    inputs.insert(inputs.end(), kpi->definition.inputs.begin(), kpi->definition.inputs.end());
  }
  return inputs;
}

MetricFamily One(const char* name, const char* help, MetricKind kind, int64_t value) {
  return {name, help, kind, {{.labels = {}, .value = static_cast<double>(value)}}};
}

}  // namespace

absl::StatusOr<std::unique_ptr<MeasureMemory>> MeasureMemory::Start(
    const config::Config& config, store::Store& store, const kpis::PluginHost& plugins) {
  std::unique_ptr<MeasureMemory> memory(new MeasureMemory(plugins));
  if (config.limits.measure_memory_bytes == 0) {
    telemetry::LogInfo("limits.measure_memory is 0: the store computes every measure");
    memory->sources_ = measures::EngineSources(store);
    return memory;
  }
  const auto registry = plugins.registry().Snapshot();
  auto sources =
      measures::MemorySources::Start(store, InputsOf(*registry),
                                     {.max_bytes = config.limits.measure_memory_bytes,
                                      .threads = static_cast<int>(config.limits.store_threads)});
  if (!sources.ok()) return sources.status();
  {
    absl::MutexLock lock(&memory->mutex_);
    memory->generation_ = registry->generation();
  }
  memory->memory_ = sources->get();
  memory->sources_ = *std::move(sources);
  telemetry::LogInfo(Describe(memory->memory_->Report()));
  return memory;
}

void MeasureMemory::RegistryChanged() {
  if (memory_ == nullptr) return;
  const auto registry = plugins_.registry().Snapshot();
  {
    absl::MutexLock lock(&mutex_);
    if (registry->generation() == generation_) return;
    generation_ = registry->generation();
  }
  memory_->SetInputs(InputsOf(*registry));
}

std::vector<MetricFamily> MeasureMemory::Metrics() {
  if (memory_ == nullptr) return {};
  const measures::MemoryReport report = memory_->Report();
  MetricFamily left_out{"keyscore_measure_memory_left_out",
                        "Series that are left to the store: 1 for each", MetricKind::kGauge};
  for (const measures::MemoryReport::Dataset& dataset : report.datasets) {
    if (dataset.left_out.empty()) continue;
    left_out.samples.push_back({.labels = {{"series", dataset.name}}, .value = 1});
  }
  MetricFamily questions{"keyscore_measures_total", "Measures computed, by what computed them",
                         MetricKind::kCounter};
  questions.samples.push_back(
      {.labels = {{"by", "memory"}}, .value = static_cast<double>(report.from_memory)});
  questions.samples.push_back(
      {.labels = {{"by", "store"}}, .value = static_cast<double>(report.from_engine)});
  return {One("keyscore_measure_memory_bytes", "Memory of the measures in memory",
              MetricKind::kGauge, report.bytes),
          One("keyscore_measure_memory_limit_bytes", "limits.measure_memory", MetricKind::kGauge,
              report.max_bytes),
          One("keyscore_measure_memory_events",
              "Events in memory; a fact is one in each of its dataset's series", MetricKind::kGauge,
              report.events),
          One("keyscore_measure_memory_series_days",
              "Days with an event, summed over measures and managers", MetricKind::kGauge,
              memory_->CountSeriesDays()),
          One("keyscore_measure_memory_watermark", "Newest batch that is taken up",
              MetricKind::kGauge, report.watermark),
          One("keyscore_measure_memory_builds_total", "Times that series were built from the store",
              MetricKind::kCounter, report.builds),
          One("keyscore_measure_memory_updates_total",
              "Times that batches were taken up by what they changed", MetricKind::kCounter,
              report.batches),
          std::move(questions),
          std::move(left_out)};
}

std::string Describe(const measures::MemoryReport& report) {
  size_t kept = 0, all = 0;
  std::string left_out;
  for (const measures::MemoryReport::Dataset& dataset : report.datasets) {
    all += dataset.measures;
    if (dataset.left_out.empty()) {
      kept += dataset.measures;
    } else {
      left_out += fmt::format("; left to the store: {} ({})", dataset.name, dataset.left_out);
    }
  }
  return fmt::format("measures in memory: {} of {}, {} events in {:.1f} of {:.0f} MiB{}", kept, all,
                     report.events, static_cast<double>(report.bytes) / kMi,
                     static_cast<double>(report.max_bytes) / kMi, left_out);
}

}  // namespace keyscore::rpc
