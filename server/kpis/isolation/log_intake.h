// Takes what a worker writes to its log into the server's, line by line, and no more of it than a
// reader can bear.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "spdlog/logger.h"

namespace keyscore::kpis {

// spdlog's level for one of the ABI's; an unknown one is worth a look.
spdlog::level::level_enum LogLevelOf(uint32_t level);

// The server's log under the plugin's name.
std::shared_ptr<spdlog::logger> PluginLogger(const std::string& plugin_id);

// Take() and Tick() are for one thread, the keeper's.
class LogIntake {
 public:
  // Lets `lines_per_second` through in the long run, bursts of ten times as many.
  LogIntake(const std::string& plugin_id, int lines_per_second);

  // Some bytes of the worker's log; a line may come in pieces.
  void Take(std::string_view bytes, absl::Time now);
  // Says how many lines were left out since the last time, at most once in ten seconds.
  void Tick(absl::Time now);

  int64_t suppressed() const { return suppressed_; }
  // Lines that didn't even fit the pipe, as the worker counts them.
  void AddLost(int64_t lines) { suppressed_ += lines; }

 private:
  void TakeLine(std::string_view line, absl::Time now);

  const std::shared_ptr<spdlog::logger> logger_;
  const double rate_;
  double tokens_;
  absl::Time filled_ = absl::InfinitePast();
  std::string partial_;
  bool skipping_ = false;  // the rest of a line that is too long
  std::atomic<int64_t> suppressed_{0};
  int64_t reported_ = 0;
  absl::Time reported_at_ = absl::InfinitePast();
};

}  // namespace keyscore::kpis
