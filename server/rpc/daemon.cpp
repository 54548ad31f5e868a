// Start-up and shutdown in order.
#include "rpc/daemon.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

#include "config/version.h"
#include "rpc/backend.h"
#include "rpc/measure_memory.h"
#include "rpc/plugin_directories.h"
#include "rpc/plugin_options.h"
#include "rpc/rpc_server.h"
#include "rpc/server_metrics.h"
#include "rpc/shutdown_signal.h"
#include "security/listener_credentials.h"
#include "store/duckdb_store.h"
#include "telemetry/log.h"
#include "telemetry/metrics_listener.h"
#include "weighting/ledger.h"

namespace keyscore::rpc {
namespace {

namespace fs = std::filesystem;

absl::Status MakePrivateDirectory(const fs::path& path) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (mkdir(path.c_str(), 0700) == 0) return absl::OkStatus();
  if (errno == EEXIST && fs::is_directory(path, error)) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, fmt::format("can't make the data directory {}", path.string()));
}

store::DuckDbOptions StoreOptions(const config::Config& config) {
  store::DuckDbOptions options;
  options.time_zone = config.calendar.time_zone;
  options.path = (fs::path(config.data_directory) / "keyscore.duckdb").string();
  options.threads = static_cast<int>(config.limits.store_threads);
  options.memory_limit_bytes = config.limits.store_memory_bytes;
  options.max_readers = static_cast<size_t>(config.limits.store_readers);
  options.max_queued_appends = static_cast<size_t>(config.limits.store_queued_appends);
  return options;
}

size_t WorkerThreads(const config::Limits& limits) {
  if (limits.worker_threads > 0) return static_cast<size_t>(limits.worker_threads);
  // A call that waits for a hanging plugin holds a thread; the others must find one.
  return std::max(16U, 4 * std::thread::hardware_concurrency());
}

absl::StatusOr<measures::Calendar> MakeCalendar(const config::Calendar& calendar) {
  return measures::MakeCalendar(calendar.time_zone, calendar.week_start,
                                calendar.fiscal_year_start_month);
}

std::string Executable() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).string();
}

absl::StatusOr<std::unique_ptr<kpis::PluginHost>> StartPlugins(const config::Config& config,
                                                               const measures::Calendar& calendar,
                                                               store::Store& store) {
  const std::string executable = Executable();
  auto directories = PluginDirectories(config, executable);
  if (!directories.ok()) return directories.status();
  auto options = PluginOptions(config, calendar, executable);
  if (!options.ok()) return options.status();
  options->directories = *std::move(directories);
  return kpis::PluginHost::Start(*std::move(options), store);
}

// None where no address is configured.
absl::StatusOr<std::unique_ptr<telemetry::MetricsListener>> ShowMetrics(
    const config::Config& config, const kpis::PluginHost& plugins, MeasureMemory& memory,
    const AnswerCache& answers, const WorkPool& pool) {
  if (config.metrics_address.empty()) return nullptr;
  auto listener = telemetry::MetricsListener::Start(
      config.metrics_address, [&plugins, &memory, &answers, &pool] {
        std::vector<telemetry::MetricFamily> families =
            ServerMetrics(plugins, answers.Stats(), pool.waiting());
        for (telemetry::MetricFamily& family : memory.Metrics()) {
          families.push_back(std::move(family));
        }
        return families;
      });
  if (listener.ok()) {
    telemetry::LogInfo(fmt::format("metrics on http://{}/metrics", (*listener)->address()));
  }
  return listener;
}

// All that serves, from the opened store to the last answered call. What is made first ends last:
// the plugins outlive the calls and operations that use them, and the store outlives the plugins.
absl::Status Serve(const config::Config& config, const measures::Calendar& calendar,
                   store::Store& store, ShutdownSignal& shutdown) {
  DatasetCatalog datasets(store);
  if (absl::Status status = datasets.Load(); !status.ok()) return status;
  const auto plugins = StartPlugins(config, calendar, store);
  if (!plugins.ok()) return plugins.status();
  datasets.AddFromPlugins(*(*plugins)->registry().Snapshot());
  const auto weights = weighting::Ledger::Open(
      store, {.time_zone = calendar.time_zone, .four_eyes = config.weighting.four_eyes});
  if (!weights.ok()) return weights.status();
  DirectoryCache directory(store);
  WorkPool pool(WorkerThreads(config.limits), static_cast<size_t>(config.limits.queue_length));
  CallRunner calls(pool, config.limits.default_deadline);
  Operations operations;
  auto started = MeasureMemory::Start(config, store, **plugins);
  if (!started.ok()) return started.status();
  // The plugin host outlives it and may still have changes to tell.
  const std::shared_ptr<MeasureMemory> memory = *std::move(started);
  AnswerCache answers(config.limits.answer_cache_bytes);
  Backend backend{config,
                  calendar,
                  store,
                  memory->sources(),
                  **plugins,
                  **weights,
                  datasets,
                  directory,
                  calls,
                  operations,
                  answers,
                  [follower = std::weak_ptr(memory)] {
                    if (const auto memory = follower.lock()) memory->RegistryChanged();
                  }};
  const auto metrics = ShowMetrics(config, **plugins, *memory, answers, pool);
  if (!metrics.ok()) return metrics.status();
  const auto server = RpcServer::Start(backend);
  if (!server.ok()) return server.status();

  const std::string addresses = fmt::format("{}", fmt::join((*server)->addresses(), " "));
  telemetry::LogInfo(fmt::format("keyscored {} serves {} KPIs on {}", config::kVersion,
                                 (*plugins)->registry().Snapshot()->kpis().size(), addresses));
  std::printf("keyscored ready on %s\n", addresses.c_str());
  std::fflush(stdout);

  shutdown.Wait();
  telemetry::LogInfo("stopping: no new calls, running ones are finished");
  // First, or those who wait for an operation would hold the draining up.
  operations.Shutdown();
  (*server)->Drain(config.limits.drain_timeout);
  pool.Shutdown();
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckConfig(const config::Config& config) {
  for (const config::Listener& listener : config.listeners) {
    const auto credentials = security::ListenerCredentials(listener);
    if (!credentials.ok()) return credentials.status();
  }
  if (!config.metrics_address.empty()) {
    absl::Status status = telemetry::CheckMetricsAddress(config.metrics_address);
    if (!status.ok()) return status;
  }
  const auto calendar = MakeCalendar(config.calendar);
  if (!calendar.ok()) return calendar.status();
  return PluginOptions(config, *calendar, Executable()).status();
}

absl::Status RunDaemon(const config::Config& config) {
  ShutdownSignal shutdown;  // before any thread
  telemetry::InitLog(static_cast<telemetry::Level>(config.log_level),
                     static_cast<telemetry::Format>(config.log_format));
  const auto calendar = MakeCalendar(config.calendar);
  if (!calendar.ok()) return calendar.status();
  if (absl::Status status = MakePrivateDirectory(config.data_directory); !status.ok()) {
    return status;
  }
  const auto store = store::OpenDuckDbStore(StoreOptions(config));
  if (!store.ok()) return store.status();
  const absl::Status served = Serve(config, *calendar, **store, shutdown);
  const absl::Status closed = (*store)->Close();
  if (!closed.ok()) telemetry::LogError(fmt::format("closing the store: {}", closed.ToString()));
  telemetry::LogInfo("stopped");
  return served.ok() ? closed : served;
}

}  // namespace keyscore::rpc
