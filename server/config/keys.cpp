// The table of keys.
#include "config/keys.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace keyscore::config {
namespace {

using Setter = std::function<Fault(const std::string&, Config&)>;

Fault NotEmpty(const std::string& text, std::string& out) {
  if (text.empty()) return "is empty; write a value or leave the key out";
  out = text;
  return std::nullopt;
}

Setter Text(std::string Config::*member) {
  return
      [member](const std::string& text, Config& config) { return NotEmpty(text, config.*member); };
}

Setter Flag(bool Config::*member) {
  return
      [member](const std::string& text, Config& config) { return ParseBool(text, config.*member); };
}

Setter Number(int64_t Limits::*member, int64_t low, int64_t high) {
  return [=](const std::string& text, Config& config) {
    return ParseInteger(text, low, high, config.limits.*member);
  };
}

Setter Bytes(int64_t Limits::*member, int64_t low, int64_t high) {
  return [=](const std::string& text, Config& config) {
    return ParseBytes(text, low, high, config.limits.*member);
  };
}

Setter Span(absl::Duration Limits::*member, absl::Duration low, absl::Duration high) {
  return [=](const std::string& text, Config& config) {
    return ParseSpan(text, low, high, config.limits.*member);
  };
}

Setter TlsFile(std::string Tls::*member) {
  return [member](const std::string& text, Config& config) {
    std::optional<Tls>& tls = config.listeners.back().tls;
    if (!tls.has_value()) tls.emplace();
    return NotEmpty(text, (*tls).*member);
  };
}

Setter PluginText(std::string Plugins::*member) {
  return [member](const std::string& text, Config& config) {
    return NotEmpty(text, config.plugins.*member);
  };
}

Setter PluginNumber(int64_t Plugins::*member, int64_t low, int64_t high) {
  return [=](const std::string& text, Config& config) {
    return ParseInteger(text, low, high, config.plugins.*member);
  };
}

Setter PluginBytes(int64_t Plugins::*member, int64_t low, int64_t high) {
  return [=](const std::string& text, Config& config) {
    return ParseBytes(text, low, high, config.plugins.*member);
  };
}

Setter PluginSpan(absl::Duration Plugins::*member, absl::Duration low, absl::Duration high) {
  return [=](const std::string& text, Config& config) {
    return ParseSpan(text, low, high, config.plugins.*member);
  };
}

Setter PluginWord(std::vector<std::string> Plugins::*member) {
  return [member](const std::string& text, Config& config) -> Fault {
    (config.plugins.*member).push_back(text);
    return std::nullopt;
  };
}

Fault AddSha256(const std::string& text, Config& config) {
  std::string digest;
  if (Fault fault = ParseSha256(text, digest)) return fault;
  config.plugins.allowed_sha256.push_back(std::move(digest));
  return std::nullopt;
}

Fault SetMetricsAddress(const std::string& text, Config& config) {
  if (text.starts_with("unix:")) {
    return absl::StrCat("'", text, "' is a socket of the file system; write host:port");
  }
  if (Fault fault = CheckAddress(text)) return fault;
  config.metrics_address = text;
  return std::nullopt;
}

Fault SetAddress(const std::string& text, Config& config) {
  if (Fault fault = CheckAddress(text)) return fault;
  config.listeners.back().address = text;
  return std::nullopt;
}

}  // namespace

const std::vector<Key>& Keys() {
  constexpr int64_t kKi = 1024, kMi = kKi * kKi, kGi = kMi * kKi;
  static const auto* const keys = new std::vector<Key>{
      {"data_directory", Text(&Config::data_directory)},
      {"builtin_plugin_directory", Text(&Config::builtin_plugin_directory)},
      {"reflection", Flag(&Config::reflection)},
      {"channelz", Flag(&Config::channelz)},
      {"organization.display_name", Text(&Config::organization_display_name)},
      {"listeners[].address", SetAddress},
      {"listeners[].tls.certificate", TlsFile(&Tls::certificate)},
      {"listeners[].tls.key", TlsFile(&Tls::key)},
      {"listeners[].tls.client_ca", TlsFile(&Tls::client_ca)},
      {"calendar.time_zone",
       [](const std::string& text, Config& config) {
         return ParseTimeZone(text, config.calendar.time_zone);
       }},
      {"calendar.week_start",
       [](const std::string& text, Config& config) {
         return ParseWeekday(text, config.calendar.week_start);
       }},
      {"calendar.fiscal_year_start_month",
       [](const std::string& text, Config& config) {
         return ParseMonth(text, config.calendar.fiscal_year_start_month);
       }},
      {"limits.max_batch_rows", Number(&Limits::max_batch_rows, 1, 1'000'000)},
      {"limits.max_message_bytes", Bytes(&Limits::max_message_bytes, 64 * kKi, kGi)},
      {"limits.worker_threads", Number(&Limits::worker_threads, 0, 1'024)},
      {"limits.queue_length", Number(&Limits::queue_length, 1, 100'000)},
      {"limits.default_deadline",
       Span(&Limits::default_deadline, absl::Milliseconds(100), absl::Hours(1))},
      {"limits.drain_timeout",
       Span(&Limits::drain_timeout, absl::ZeroDuration(), absl::Minutes(10))},
      {"limits.max_subjects_per_batch", Number(&Limits::max_subjects_per_batch, 1, 10'000)},
      {"limits.max_listed_subjects", Number(&Limits::max_listed_subjects, 1, 10'000'000)},
      {"limits.store_memory", Bytes(&Limits::store_memory_bytes, 64 * kMi, 1'024 * kGi)},
      {"limits.store_threads", Number(&Limits::store_threads, 0, 1'024)},
      {"limits.measure_memory", Bytes(&Limits::measure_memory_bytes, 0, 16'384 * kGi)},
      {"limits.answer_cache", Bytes(&Limits::answer_cache_bytes, 0, 1'024 * kGi)},
      {"limits.store_readers", Number(&Limits::store_readers, 1, 1'024)},
      {"limits.store_queued_appends", Number(&Limits::store_queued_appends, 1, 100'000)},
      {"plugins.conformance",
       [](const std::string& text, Config& config) {
         return ParseConformance(text, config.plugins.conformance);
       }},
      {"plugins.max_library", PluginBytes(&Plugins::max_library_bytes, 64 * kKi, kGi)},
      {"plugins.worker_program", PluginText(&Plugins::worker_program)},
      {"plugins.check_program", PluginText(&Plugins::check_program)},
      {"plugins.load_timeout",
       PluginSpan(&Plugins::load_timeout, absl::Milliseconds(100), absl::Minutes(5))},
      {"plugins.call_timeout",
       PluginSpan(&Plugins::call_timeout, absl::Milliseconds(10), absl::Minutes(10))},
      {"plugins.memory", PluginBytes(&Plugins::memory_bytes, 64 * kMi, 1'024 * kGi)},
      {"plugins.max_waiting_calls", PluginNumber(&Plugins::max_waiting_calls, 1, 1'000)},
      {"plugins.log_lines_per_second", PluginNumber(&Plugins::log_lines_per_second, 1, 10'000)},
      {"plugins.breaker_failures", PluginNumber(&Plugins::breaker_failures, 1, 1'000)},
      {"plugins.breaker_cooldown",
       PluginSpan(&Plugins::breaker_cooldown, absl::Milliseconds(100), absl::Hours(1))},
      {"weighting.four_eyes",
       [](const std::string& text, Config& config) {
         return ParseBool(text, config.weighting.four_eyes);
       }},
      {"metrics.address", SetMetricsAddress},
      {"log.level", [](const std::string& text,
                       Config& config) { return ParseLogLevel(text, config.log_level); }},
      {"log.format", [](const std::string& text,
                        Config& config) { return ParseLogFormat(text, config.log_format); }},
  };
  return *keys;
}

const std::vector<ListKey>& ListKeys() {
  static const auto* const keys = new std::vector<ListKey>{
      {"plugin_directories",
       [](const std::string& text, Config& config) -> Fault {
         config.plugin_directories.push_back(text);
         return std::nullopt;
       }},
      {"plugins.in_process", PluginWord(&Plugins::in_process)},
      {"plugins.isolated", PluginWord(&Plugins::isolated)},
      {"plugins.allowed_sha256", AddSha256},
      {"plugins.trusted_keys", PluginWord(&Plugins::trusted_keys)},
      {"plugins.admins", PluginWord(&Plugins::admins)},
      {"weighting.admins",
       [](const std::string& text, Config& config) -> Fault {
         config.weighting.admins.push_back(text);
         return std::nullopt;
       }},
  };
  return *keys;
}

std::vector<std::string> KeyPaths() {
  std::vector<std::string> paths = {kKpiSettings, "organization", "listeners", "listeners[].tls",
                                    "calendar",   "limits",       "plugins",   "weighting",
                                    "metrics",    "log"};
  for (const ListKey& key : ListKeys()) paths.push_back(key.path);
  for (const Key& key : Keys()) paths.push_back(key.path);
  return paths;
}

}  // namespace keyscore::config
