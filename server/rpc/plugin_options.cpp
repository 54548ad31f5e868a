// Files are looked at here, so that faults are named before anything starts.
#include "rpc/plugin_options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "kpis/plugins/trust.h"

namespace keyscore::rpc {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxKeyBytes = 64 * 1024;

absl::StatusOr<std::string> Program(const std::string& configured, const char* key,
                                    const char* name, const std::string& executable) {
  const fs::path path =
      configured.empty() ? fs::path(executable).parent_path() / name : fs::path(configured);
  std::error_code error;
  if (!fs::is_regular_file(path, error) || access(path.c_str(), X_OK) != 0) {
    return absl::FailedPreconditionError(
        fmt::format("the program {} is not there, or can't be run; install {} beside keyscored, "
                    "or set plugins.{}",
                    path.string(), name, key));
  }
  return fs::absolute(path, error).string();
}

absl::StatusOr<std::string> PublicKey(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::InvalidArgumentError(
        fmt::format("plugins.trusted_keys: {} can't be read; name a PEM file with an Ed25519 "
                    "public key",
                    path));
  }
  std::string pem(kMaxKeyBytes, '\0');
  file.read(pem.data(), static_cast<std::streamsize>(pem.size()));
  pem.resize(static_cast<size_t>(file.gcount()));
  if (const absl::Status status = kpis::CheckPublicKey(pem); !status.ok()) {
    return absl::Status(status.code(), fmt::format("plugins.trusted_keys: {}: {}", path,
                                                   std::string(status.message())));
  }
  return pem;
}

kpis::ConformanceMode ModeOf(config::Conformance conformance) {
  switch (conformance) {
    case config::Conformance::kAdvised:
      return kpis::ConformanceMode::kAdvised;
    case config::Conformance::kOff:
      return kpis::ConformanceMode::kOff;
    case config::Conformance::kRequired:
      break;
  }
  return kpis::ConformanceMode::kRequired;
}

}  // namespace

absl::StatusOr<kpis::PluginHostOptions> PluginOptions(const config::Config& config,
                                                      const measures::Calendar& calendar,
                                                      const std::string& executable) {
  const config::Plugins& plugins = config.plugins;
  kpis::PluginHostOptions options;
  options.data_directory = config.data_directory;
  options.settings = config.kpi_settings;
  options.calendar = calendar;
  options.in_process = {plugins.in_process.begin(), plugins.in_process.end()};
  options.isolated = {plugins.isolated.begin(), plugins.isolated.end()};
  options.max_library_bytes = plugins.max_library_bytes;

  auto worker = Program(plugins.worker_program, "worker_program", "keyscore-worker", executable);
  if (!worker.ok()) return worker.status();
  options.workers.program = *std::move(worker);
  options.workers.load_timeout = plugins.load_timeout;
  options.workers.call_timeout = plugins.call_timeout;
  options.workers.memory_bytes = plugins.memory_bytes;
  options.workers.max_waiting_calls = static_cast<int>(plugins.max_waiting_calls);
  options.workers.log_lines_per_second = static_cast<int>(plugins.log_lines_per_second);
  kpis::BreakerOptions& breaker = options.workers.breaker;
  breaker.failures_to_open = static_cast<int>(plugins.breaker_failures);
  breaker.cooldown = plugins.breaker_cooldown;
  breaker.max_cooldown = std::max(breaker.max_cooldown, breaker.cooldown);

  options.conformance.mode = ModeOf(plugins.conformance);
  if (options.conformance.mode != kpis::ConformanceMode::kOff) {
    auto checker =
        Program(plugins.check_program, "check_program", "keyscore-plugin-check", executable);
    if (!checker.ok()) return checker.status();
    options.conformance.program = *std::move(checker);
  }
  options.trust.allowed_sha256 = plugins.allowed_sha256;
  for (const std::string& path : plugins.trusted_keys) {
    auto pem = PublicKey(path);
    if (!pem.ok()) return pem.status();
    options.trust.trusted_keys.push_back(*std::move(pem));
  }
  return options;
}

}  // namespace keyscore::rpc
