// The two forms of a line of the log.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace keyscore::telemetry {

// Lines of a plugin's own come from an spdlog logger named "plugin/{id}": a clone of the default
// logger under that name writes to the same log, and its lines say whose they are. The id of such a
// name; empty for any other.
std::string_view PluginOfLogger(std::string_view logger_name);

// 2024-05-01T12:00:00.000000Z info message, or "… info plugin acme_health: message". Control
// characters of the message, line breaks among them, are escaped as \n or \x1b, so that an event is
// one line and can't play with a terminal.
std::string TextLine(absl::Time time, std::string_view level, std::string_view plugin,
                     std::string_view message);

// {"time":"…","level":"…","message":"…"}, with "plugin":"…" before the message of a plugin's line;
// without a line break. Bytes that are no UTF-8 become
// U+FFFD, so that the line is always valid JSON.
std::string JsonLine(absl::Time time, std::string_view level, std::string_view plugin,
                     std::string_view message);

}  // namespace keyscore::telemetry
