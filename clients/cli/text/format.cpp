// Figures, shares, dates and bars.
#include "cli/text/format.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "absl/time/civil_time.h"

namespace keyscore::cli {
namespace {

// Puts a comma between thousands of a decimal number's whole part.
std::string Separate(const std::string& digits) {
  const size_t point = std::min(digits.find('.'), digits.size());
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    const bool inside = i > 0 && i < point && digits[i - 1] != '-';
    if (inside && (point - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string Day(absl::CivilDay day, bool with_month, bool with_year) {
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::string text = fmt::format("{}", day.day());
  if (with_month) text += fmt::format(" {}", kMonths[static_cast<size_t>(day.month()) - 1]);
  if (with_year) text += fmt::format(" {}", day.year());
  return text;
}

}  // namespace

std::string FormatNumber(double value) {
  if (!std::isfinite(value)) return fmt::format("{}", value);
  const double size = std::fabs(value);
  const int decimals = size >= 1000 ? 0 : size >= 1 || size == 0 ? 1 : size >= 0.01 ? 3 : 5;
  std::string text = fmt::format("{:.{}f}", value, decimals);
  // No figure rounds to a negative zero.
  if (text.find_first_not_of("-0.") == std::string::npos && text[0] == '-') text = text.substr(1);
  return Separate(text);
}

std::string FormatCount(int64_t value) { return Separate(fmt::format("{}", value)); }

std::string FormatScore(std::optional<double> score) {
  return score.has_value() ? fmt::format("{:.1f}", *score) : "–";
}

std::string FormatShare(double share) {
  const double percent = share * 100;
  const double whole = std::round(percent);
  if (std::fabs(percent - whole) < 0.05) return fmt::format("{:.0f} %", std::fabs(whole));
  return fmt::format("{:.1f} %", percent);
}

std::string Bar(double filled, size_t width) {
  static constexpr std::array<const char*, 8> kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double share = std::isfinite(filled) ? std::clamp(filled, 0.0, 1.0) : 0.0;
  const auto eighths = static_cast<size_t>(std::lround(share * static_cast<double>(width) * 8));
  std::string bar;
  for (size_t i = 0; i < eighths / 8; ++i) bar += "█";
  bar += kEighths[eighths % 8];
  for (size_t i = (eighths + 7) / 8; i < width; ++i) bar += "░";
  return bar;
}

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

std::string FormatSpan(const v1::Period& period) {
  absl::CivilDay first;
  absl::CivilDay end;
  if (!absl::ParseCivilTime(period.start_date(), &first) ||
      !absl::ParseCivilTime(period.end_date(), &end)) {
    return fmt::format("{} to {}", Rfc3339(period.start_time()), Rfc3339(period.end_time()));
  }
  const absl::CivilDay last = end - 1;
  if (first == last) return Day(first, true, true);
  const bool same_year = first.year() == last.year();
  const bool same_month = same_year && first.month() == last.month();
  return fmt::format("{} – {}", Day(first, !same_month, !same_year), Day(last, true, true));
}

std::string FormatInstant(const google::protobuf::Timestamp& time, const std::string& zone) {
  absl::TimeZone in;
  if (zone.empty() || !absl::LoadTimeZone(zone, &in)) in = absl::UTCTimeZone();
  const absl::CivilSecond civil = absl::ToCivilSecond(ToTime(time), in);
  const std::string day =
      fmt::format("{:04}-{:02}-{:02}", civil.year(), civil.month(), civil.day());
  if (absl::CivilSecond(absl::CivilDay(civil)) == civil) return day;
  return fmt::format("{} {:02}:{:02}", day, civil.hour(), civil.minute());
}

std::string FormatWindow(const google::protobuf::Timestamp* from,
                         const google::protobuf::Timestamp* to, const std::string& zone) {
  return fmt::format("[{}, {})", from == nullptr ? "…" : FormatInstant(*from, zone),
                     to == nullptr ? "…" : FormatInstant(*to, zone));
}

std::string Rfc3339(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", ToTime(time), absl::UTCTimeZone());
}

std::string PillarTitle(v1::Pillar pillar) {
  switch (pillar) {
    case v1::PILLAR_RELATIONSHIPS:
      return "Relationships";
    case v1::PILLAR_REVENUE:
      return "Revenue";
    case v1::PILLAR_RETENTION:
      return "Retention";
    case v1::PILLAR_LEARNING:
      return "Learning & development";
    default:
      return "Other";
  }
}

std::string EnumWords(std::string_view name, std::string_view prefix) {
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  std::string words;
  for (const char c : name) {
    words += c == '_' ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return words;
}

std::string IdOf(std::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(slash == std::string_view::npos ? name : name.substr(slash + 1));
}

std::string Plural(int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", FormatCount(count), noun, count == 1 ? "" : "s");
}

}  // namespace keyscore::cli
