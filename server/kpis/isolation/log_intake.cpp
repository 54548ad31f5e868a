// A bucket of tokens, one a line.
#include "kpis/isolation/log_intake.h"

#include <algorithm>

#include "fmt/format.h"
#include "keyscore/kpi_abi.h"
#include "kpis/isolation/log_line.h"
#include "kpis/text.h"
#include "spdlog/spdlog.h"

namespace keyscore::kpis {
namespace {

constexpr double kBurstSeconds = 10;
constexpr absl::Duration kBetweenReports = absl::Seconds(10);

}  // namespace

spdlog::level::level_enum LogLevelOf(uint32_t level) {
  switch (level) {
    case KS_LOG_DEBUG:
      return spdlog::level::debug;
    case KS_LOG_INFO:
      return spdlog::level::info;
    case KS_LOG_WARNING:
      return spdlog::level::warn;
    default:
      return spdlog::level::err;
  }
}

std::shared_ptr<spdlog::logger> PluginLogger(const std::string& plugin_id) {
  return spdlog::default_logger()->clone("plugin/" + SafeText(plugin_id, 80));
}

LogIntake::LogIntake(const std::string& plugin_id, int lines_per_second)
    : logger_(PluginLogger(plugin_id)),
      rate_(lines_per_second),
      tokens_(kBurstSeconds * lines_per_second) {}

void LogIntake::Take(std::string_view bytes, absl::Time now) {
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (!skipping_) partial_ += piece.substr(0, kMaxLogLineBytes + 16);
    if (partial_.size() > kMaxLogLineBytes + 16) {
      TakeLine(partial_, now);
      partial_.clear();
      skipping_ = true;
    }
    if (end == std::string_view::npos) return;
    if (!skipping_ && !partial_.empty()) TakeLine(partial_, now);
    partial_.clear();
    skipping_ = false;
    bytes.remove_prefix(end + 1);
  }
}

void LogIntake::TakeLine(std::string_view line, absl::Time now) {
  if (filled_ != absl::InfinitePast()) {
    tokens_ += rate_ * absl::ToDoubleSeconds(now - filled_);
    tokens_ = std::min(tokens_, kBurstSeconds * rate_);
  }
  filled_ = now;
  if (tokens_ < 1) {
    ++suppressed_;
    return;
  }
  tokens_ -= 1;
  const LogLine read = ReadLine(line);
  logger_->log(LogLevelOf(read.level), SafeText(read.text, kMaxLogLineBytes));
}

void LogIntake::Tick(absl::Time now) {
  const int64_t suppressed = suppressed_;
  if (suppressed == reported_ || now < reported_at_ + kBetweenReports) return;
  logger_->warn(fmt::format("{} lines of its log were left out, for there were too many",
                            suppressed - reported_));
  reported_ = suppressed;
  reported_at_ = now;
}

}  // namespace keyscore::kpis
