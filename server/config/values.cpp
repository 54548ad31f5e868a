// Single values of the configuration file.
#include "config/values.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace keyscore::config {
namespace {

constexpr std::array<const char*, 7> kWeekdays = {"monday", "tuesday",  "wednesday", "thursday",
                                                  "friday", "saturday", "sunday"};
constexpr std::array<const char*, 12> kMonths = {"january",   "february", "march",    "april",
                                                 "may",       "june",     "july",     "august",
                                                 "september", "october",  "november", "december"};

// The position of `text` among `words`, or a fault that lists them.
template <size_t kSize>
Fault Choose(const std::string& text, const std::array<const char*, kSize>& words, int& out) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (absl::EqualsIgnoreCase(text, words[i])) {
      out = static_cast<int>(i);
      return std::nullopt;
    }
  }
  return absl::StrCat("'", text, "' is not one of ", absl::StrJoin(words, ", "));
}

}  // namespace

Fault ParseBool(const std::string& text, bool& out) {
  if (text == "true" || text == "false") {
    out = text == "true";
    return std::nullopt;
  }
  return absl::StrCat("'", text, "' is no truth value; write true or false");
}

Fault ParseInteger(const std::string& text, int64_t low, int64_t high, int64_t& out) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) {
    return absl::StrCat("'", text, "' is no whole number; write one from ", low, " to ", high);
  }
  if (value < low || value > high) {
    return absl::StrCat(value, " is out of range; write a number from ", low, " to ", high);
  }
  out = value;
  return std::nullopt;
}

Fault ParseBytes(const std::string& text, int64_t low, int64_t high, int64_t& out) {
  constexpr std::pair<const char*, int> kUnits[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
  absl::string_view digits = text;
  int shift = 0;
  for (const auto& [unit, bits] : kUnits) {
    if (absl::ConsumeSuffix(&digits, unit)) shift = bits;
  }
  int64_t value = 0;
  if (!absl::SimpleAtoi(absl::StripAsciiWhitespace(digits), &value) || value < 0) {
    return absl::StrCat("'", text, "' is no size; write bytes, or a number with KiB, MiB or GiB");
  }
  if (value > (high >> shift) || (value << shift) < low) {
    return absl::StrCat("'", text, "' is out of range; write a size from ", low, " to ", high,
                        " bytes");
  }
  out = value << shift;
  return std::nullopt;
}

Fault ParseSpan(const std::string& text, absl::Duration low, absl::Duration high,
                absl::Duration& out) {
  absl::Duration value;
  if (!absl::ParseDuration(text, &value)) {
    return absl::StrCat("'", text, "' is no duration; write for example 250ms, 30s or 2m");
  }
  if (value < low || value > high) {
    return absl::StrCat("'", text, "' is out of range; write a duration from ",
                        absl::FormatDuration(low), " to ", absl::FormatDuration(high));
  }
  out = value;
  return std::nullopt;
}

Fault ParseWeekday(const std::string& text, int& out) {
  int index = 0;
  if (Fault fault = Choose(text, kWeekdays, index)) return fault;
  out = index + 1;
  return std::nullopt;
}

Fault ParseMonth(const std::string& text, int& out) {
  int index = 0;
  if (absl::SimpleAtoi(text, &index) && index >= 1 && index <= 12) {
    out = index;
    return std::nullopt;
  }
  if (Fault fault = Choose(text, kMonths, index)) return absl::StrCat(*fault, ", or 1 to 12");
  out = index + 1;
  return std::nullopt;
}

Fault ParseTimeZone(const std::string& text, std::string& out) {
  absl::TimeZone zone;
  if (text.empty() || !absl::LoadTimeZone(text, &zone)) {
    return absl::StrCat("'", text,
                        "' is no known time zone; write an IANA name such as "
                        "Europe/Berlin (and see that the time zone data is installed)");
  }
  out = text;
  return std::nullopt;
}

Fault ParseLogLevel(const std::string& text, LogLevel& out) {
  constexpr std::array<const char*, 4> kLevels = {"debug", "info", "warning", "error"};
  int index = 0;
  if (Fault fault = Choose(text, kLevels, index)) return fault;
  out = static_cast<LogLevel>(index);
  return std::nullopt;
}

Fault ParseLogFormat(const std::string& text, LogFormat& out) {
  constexpr std::array<const char*, 2> kFormats = {"text", "json"};
  int index = 0;
  if (Fault fault = Choose(text, kFormats, index)) return fault;
  out = static_cast<LogFormat>(index);
  return std::nullopt;
}

Fault ParseConformance(const std::string& text, Conformance& out) {
  constexpr std::array<const char*, 3> kModes = {"required", "advised", "off"};
  int index = 0;
  if (Fault fault = Choose(text, kModes, index)) return fault;
  out = static_cast<Conformance>(index);
  return std::nullopt;
}

Fault ParseSha256(const std::string& text, std::string& out) {
  if (text.size() != 64 || !std::all_of(text.begin(), text.end(), absl::ascii_isxdigit)) {
    return absl::StrCat("'", text, "' is no SHA-256; write its 64 hex digits, as sha256sum does");
  }
  out = absl::AsciiStrToLower(text);
  return std::nullopt;
}

Fault CheckAddress(const std::string& text) {
  if (absl::StartsWith(text, "unix:") && text.size() > 5) return std::nullopt;
  const size_t colon = text.rfind(':');
  int port = 0;
  const std::string host = colon == text.npos ? "" : text.substr(0, colon);
  const bool bare_v6 = absl::StrContains(host, ':') && !absl::StartsWith(host, "[");
  if (host.empty() || bare_v6 || !absl::SimpleAtoi(text.substr(colon + 1), &port) || port < 0 ||
      port > 65535) {
    return absl::StrCat("'", text,
                        "' is no address; write host:port, for example 127.0.0.1:7443 "
                        "or [::1]:7443, port 0 to 65535 (0 picks a free one)");
  }
  return std::nullopt;
}

}  // namespace keyscore::config
