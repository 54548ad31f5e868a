// The configuration of keyscored: plain values, filled from a YAML file and from flags that beat
// it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace keyscore::config {

// Paths of PEM files.
struct Tls {
  std::string certificate;  // the server's, followed by its intermediates
  std::string key;
  std::string client_ca;  // empty = clients need no certificate
};

struct Listener {
  std::string address;  // host:port; port 0 picks a free one
  std::optional<Tls> tls;
};

struct Limits {
  int64_t max_batch_rows = 100'000;
  int64_t max_message_bytes = int64_t{64} << 20;
  int64_t worker_threads = 0;  // 0 = four times the cores, at least 16
  int64_t queue_length = 256;
  absl::Duration default_deadline = absl::Seconds(60);  // of calls whose client sets none
  absl::Duration drain_timeout = absl::Seconds(10);
  int64_t max_subjects_per_batch = 1'000;
  int64_t max_listed_subjects = 100'000;
  int64_t store_memory_bytes = int64_t{2} << 30;
  int64_t store_threads = 0;  // 0 = as many as cores
  int64_t store_readers = 16;
  int64_t store_queued_appends = 64;
  int64_t measure_memory_bytes = int64_t{4} << 30;  // of measures kept in memory; 0 = none are
  int64_t answer_cache_bytes = int64_t{128} << 20;  // of answers kept; 0 = none are
};

struct Calendar {
  std::string time_zone = "UTC";
  int week_start = 1;               // 1 = Monday … 7 = Sunday
  int fiscal_year_start_month = 1;  // 1 to 12
};

enum class Conformance { kRequired, kAdvised, kOff };

// The plugins of the organisation: where they run, how far they may go, who may change them.
struct Plugins {
  std::vector<std::string> in_process;  // ids of own plugins that run in the server's process
  std::vector<std::string> isolated;    // ids of built-in plugins that don't
  Conformance conformance = Conformance::kRequired;
  std::vector<std::string> allowed_sha256;  // hex; empty = any
  std::vector<std::string> trusted_keys;    // PEM files of Ed25519 public keys; empty = unsigned
  std::vector<std::string> admins;          // common names of client certificates; empty = see rpc
  int64_t max_library_bytes = int64_t{64} << 20;
  std::string worker_program;  // empty = keyscore-worker beside the program
  std::string check_program;   // empty = keyscore-plugin-check beside the program
  absl::Duration load_timeout = absl::Seconds(10);
  absl::Duration call_timeout = absl::Seconds(2);
  int64_t memory_bytes = int64_t{512} << 20;  // address space of a worker
  int64_t max_waiting_calls = 8;              // of one plugin
  int64_t log_lines_per_second = 20;          // of one plugin
  int64_t breaker_failures = 5;
  absl::Duration breaker_cooldown = absl::Seconds(30);
};

// Who may change weightings, targets and exceptions, and how.
struct Weighting {
  bool four_eyes = false;           // a change counts only once somebody else has approved it
  std::vector<std::string> admins;  // common names of client certificates; empty = see rpc
};

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

struct Config {
  std::string data_directory;
  std::string builtin_plugin_directory;  // empty = beside the program
  std::vector<std::string> plugin_directories;
  // Settings of KPIs in place of their defaults, by KPI and name; the registry checks them.
  std::map<std::string, std::map<std::string, double>> kpi_settings;
  std::string organization_display_name = "Organization";
  std::vector<Listener> listeners;
  Calendar calendar;
  Limits limits;
  Plugins plugins;
  Weighting weighting;
  std::string metrics_address;  // host:port of the Prometheus listener; empty = none
  bool reflection = true;
  bool channelz = true;
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
};

// What the command line says; it beats the file.
struct Flags {
  std::string data_directory;
  std::vector<std::string> listen;
  std::vector<std::string> plugin_directories;
};

// Reads YAML over the defaults. INVALID_ARGUMENT lists every fault, one a line, each with the line
// of `source` (the name shown in messages), the key, what is wrong and how to mend it.
absl::StatusOr<Config> ParseYaml(const std::string& text, const std::string& source);

// ParseYaml of a file; NOT_FOUND or PERMISSION_DENIED when it can't be read.
absl::StatusOr<Config> ReadFile(const std::string& path);

// Lays the flags over the file's values.
void Apply(const Flags& flags, Config& config);

// What only the whole can show: a data directory is given, a listener is there. One fault a line.
absl::Status Validate(const Config& config);

}  // namespace keyscore::config
