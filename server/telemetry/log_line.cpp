// Escaping: of control characters for terminals, by RFC 8259 (section 7) for JSON.
#include "telemetry/log_line.h"

#include <fmt/format.h>

#include <cstdint>

namespace keyscore::telemetry {
namespace {

constexpr std::string_view kPluginLogger = "plugin/";

// Length of the well-formed UTF-8 sequence at the start of `text`; 0 if there is none.
size_t SequenceLength(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  const size_t length = lead < 0x80   ? 1
                        : lead < 0xc2 ? 0
                        : lead < 0xe0 ? 2
                        : lead < 0xf0 ? 3
                        : lead < 0xf5 ? 4
                                      : 0;
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if (length == 3 && ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) >= 0xa0))) {
    return 0;  // overlong, or a surrogate
  }
  if (length == 4 && ((lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) >= 0x90))) {
    return 0;  // overlong, or above U+10FFFF
  }
  return length;
}

void AppendEscaped(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    const char c = text[0];
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<uint8_t>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

void AppendPrintable(std::string_view text, std::string& out) {
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
}

std::string Instant(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

}  // namespace

std::string_view PluginOfLogger(std::string_view logger_name) {
  if (!logger_name.starts_with(kPluginLogger)) return "";
  return logger_name.substr(kPluginLogger.size());
}

std::string TextLine(absl::Time time, std::string_view level, std::string_view plugin,
                     std::string_view message) {
  std::string line = fmt::format("{} {} ", Instant(time), level);
  if (!plugin.empty()) {
    line += "plugin ";
    AppendPrintable(plugin, line);
    line += ": ";
  }
  AppendPrintable(message, line);
  return line;
}

std::string JsonLine(absl::Time time, std::string_view level, std::string_view plugin,
                     std::string_view message) {
  std::string line = fmt::format(R"({{"time":"{}","level":"{}",)", Instant(time), level);
  if (!plugin.empty()) {
    line += R"("plugin":")";
    AppendEscaped(plugin, line);
    line += "\",";
  }
  line += R"("message":")";
  AppendEscaped(message, line);
  return line + "\"}";
}

}  // namespace keyscore::telemetry
