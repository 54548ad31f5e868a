// Lines of a worker's log on their way to the server: those that the library logged carry their
// level, others are what it printed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fmt/format.h"
#include "keyscore/kpi_abi.h"

namespace keyscore::kpis {

inline constexpr size_t kMaxLogLineBytes = 2'000;  // under PIPE_BUF, with the mark

struct LogLine {
  uint32_t level = KS_LOG_WARNING;  // ks_log_level, or whatever the library gave
  std::string_view text;
};

inline std::string MarkedLine(uint32_t level, std::string_view text) {
  return fmt::format("\x01{}\x01{}\n", level, text);
}

// A line without its end.
inline LogLine ReadLine(std::string_view line) {
  if (line.size() < 3 || line[0] != '\x01') return {.text = line};
  const size_t end = line.find('\x01', 1);
  if (end == std::string_view::npos || end > 3) return {.text = line};
  uint32_t level = 0;
  for (const char digit : line.substr(1, end - 1)) {
    if (digit < '0' || digit > '9') return {.text = line};
    level = level * 10 + static_cast<uint32_t>(digit - '0');
  }
  return {.level = level, .text = line.substr(end + 1)};
}

}  // namespace keyscore::kpis
