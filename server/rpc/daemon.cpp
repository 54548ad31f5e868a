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
#include "rpc/plugin_directories.h"
#include "rpc/rpc_server.h"
#include "rpc/shutdown_signal.h"
#include "security/listener_credentials.h"
#include "store/duckdb_store.h"
#include "telemetry/log.h"
#include "weighting/profile_store.h"

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
  return std::max(4U, 2 * std::thread::hardware_concurrency());
}

absl::StatusOr<measures::Calendar> MakeCalendar(const config::Calendar& calendar) {
  return measures::MakeCalendar(calendar.time_zone, calendar.week_start,
                                calendar.fiscal_year_start_month);
}

absl::StatusOr<std::unique_ptr<kpis::Registry>> LoadPlugins(const config::Config& config,
                                                            store::Store& store) {
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  const auto directories = PluginDirectories(config, executable.string());
  if (!directories.ok()) return directories.status();
  const fs::path staging = fs::path(config.data_directory) / "staging";
  return kpis::Registry::Load(*directories, staging.string(), store, config.kpi_settings);
}

// All that serves, from the opened store to the last answered call.
absl::Status Serve(const config::Config& config, const measures::Calendar& calendar,
                   store::Store& store, ShutdownSignal& shutdown) {
  DatasetCatalog datasets(store);
  if (absl::Status status = datasets.Load(); !status.ok()) return status;
  const auto registry = LoadPlugins(config, store);
  if (!registry.ok()) return registry.status();
  datasets.AddFromPlugins(*(*registry)->Snapshot());
  const auto profiles = weighting::LoadProfiles(store);
  if (!profiles.ok()) return profiles.status();
  DirectoryCache directory(store);
  WorkPool pool(WorkerThreads(config.limits), static_cast<size_t>(config.limits.queue_length));
  CallRunner calls(pool, config.limits.default_deadline);
  Backend backend{config, calendar, store, **registry, *profiles, datasets, directory, calls};
  const auto server = RpcServer::Start(backend);
  if (!server.ok()) return server.status();

  const std::string addresses = fmt::format("{}", fmt::join((*server)->addresses(), " "));
  telemetry::LogInfo(fmt::format("keyscored {} serves {} KPIs on {}", config::kVersion,
                                 (*registry)->Snapshot()->kpis().size(), addresses));
  std::printf("keyscored ready on %s\n", addresses.c_str());
  std::fflush(stdout);

  shutdown.Wait();
  telemetry::LogInfo("stopping: no new calls, running ones are finished");
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
  return MakeCalendar(config.calendar).status();
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
