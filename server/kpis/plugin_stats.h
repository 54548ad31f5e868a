// How plugins do at work: plain numbers for health, metrics and the API. Counted since the library
// was put in force.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace keyscore::kpis {

enum class BreakerState { kClosed = 1, kOpen = 2, kHalfOpen = 3 };

struct BreakerStats {
  BreakerState state = BreakerState::kClosed;
  int consecutive_failures = 0;
  std::string last_failure;  // "PLUGIN_CRASHED: …"; empty = none yet
  absl::Time last_failure_time = absl::InfinitePast();
  absl::Time retry_time = absl::InfinitePast();  // no call is made before
};

// Upper bounds of the latency histogram's buckets, in seconds; one more bucket has no bound.
inline constexpr std::array<double, 14> kLatencyBounds = {
    10e-6, 25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 50e-3, 250e-3, 1, 5};

struct Latency {
  std::array<int64_t, kLatencyBounds.size() + 1> counts{};  // each of its own bucket alone
  double sum_seconds = 0;
};

struct KpiStats {
  std::string kpi_id;
  int64_t calls = 0;  // of evaluate and fit, those refused by the breaker not counted
  int64_t rows = 0;
  std::map<std::string, int64_t> failures;  // by reason, PLUGIN_… of failure.h
  Latency latency;
  BreakerStats breaker;
};

struct WorkerStats {
  int process_id = 0;  // 0 = none runs at the moment
  int64_t resident_bytes = 0;
  int64_t restarts = 0;
  int64_t suppressed_log_lines = 0;
};

struct LibraryStats {
  std::string plugin_id;
  std::string version;
  std::string sha256;
  bool isolated = false;
  WorkerStats worker;  // of an isolated one
  std::vector<KpiStats> kpis;
};

}  // namespace keyscore::kpis
