// spdlog behind the log's small interface. Ours is spdlog's default logger too, so what other rooms
// hand to spdlog directly comes out the same way.
#include "telemetry/log.h"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <memory>
#include <string>

#include "telemetry/log_line.h"

namespace keyscore::telemetry {
namespace {

constexpr std::array<spdlog::level::level_enum, 4> kLevels = {
    spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};

class LineFormatter : public spdlog::formatter {
 public:
  explicit LineFormatter(Format format) : format_(format) {}

  void format(const spdlog::details::log_msg& event, spdlog::memory_buf_t& out) override {
    const absl::Time time = absl::FromChrono(event.time);
    const auto name = spdlog::level::to_string_view(event.level);
    const std::string_view level(name.data(), name.size());
    const std::string_view message(event.payload.data(), event.payload.size());
    const std::string_view plugin =
        PluginOfLogger({event.logger_name.data(), event.logger_name.size()});
    const std::string line = format_ == Format::kJson ? JsonLine(time, level, plugin, message)
                                                      : TextLine(time, level, plugin, message);
    out.append(line.data(), line.data() + line.size());
    out.push_back('\n');
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(format_);
  }

 private:
  const Format format_;
};

}  // namespace

void InitLog(Level level, Format format) {
  auto logger = std::make_shared<spdlog::logger>("keyscored",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(kLevels[static_cast<size_t>(level)]);
  logger->set_formatter(std::make_unique<LineFormatter>(format));
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
}

bool Enabled(Level level) { return spdlog::should_log(kLevels[static_cast<size_t>(level)]); }

void Log(Level level, std::string_view message) {
  spdlog::default_logger_raw()->log(kLevels[static_cast<size_t>(level)],
                                    spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace keyscore::telemetry
