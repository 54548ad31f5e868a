// Single values of the configuration file: text to value, or what is wrong with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "config/config.h"

namespace keyscore::config {

// Each parses `text` into `out` and returns what is wrong (how to mend it included), or nothing.
using Fault = std::optional<std::string>;

Fault ParseBool(const std::string& text, bool& out);
Fault ParseInteger(const std::string& text, int64_t low, int64_t high, int64_t& out);
// Bytes: a whole number, with KiB, MiB or GiB if need be.
Fault ParseBytes(const std::string& text, int64_t low, int64_t high, int64_t& out);
// "250ms", "30s", "2m".
Fault ParseSpan(const std::string& text, absl::Duration low, absl::Duration high,
                absl::Duration& out);
// "monday" … "sunday".
Fault ParseWeekday(const std::string& text, int& out);
// "january" … "december", or 1 to 12.
Fault ParseMonth(const std::string& text, int& out);
Fault ParseTimeZone(const std::string& text, std::string& out);
Fault ParseLogLevel(const std::string& text, LogLevel& out);
Fault ParseLogFormat(const std::string& text, LogFormat& out);
Fault ParseConformance(const std::string& text, Conformance& out);
// 64 hex digits; `out` gets them in lower case.
Fault ParseSha256(const std::string& text, std::string& out);
// host:port, [v6]:port or unix:path.
Fault CheckAddress(const std::string& text);

}  // namespace keyscore::config
