// Instants and days.
#include "rpc/convert_time.h"

#include <fmt/format.h>

#include "absl/strings/str_cat.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, the range of the message.
constexpr int64_t kMinSeconds = -62'135'596'800;
constexpr int64_t kMaxSeconds = 253'402'300'799;

}  // namespace

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  Fill(time, timestamp);
  return timestamp;
}

void Fill(absl::Time time, google::protobuf::Timestamp& timestamp) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

absl::StatusOr<absl::Time> FromProto(const std::string& field,
                                     const google::protobuf::Timestamp& timestamp) {
  if (timestamp.seconds() < kMinSeconds || timestamp.seconds() > kMaxSeconds) {
    return InvalidField(field, "lies outside the years 1 to 9999", "INVALID_TIME");
  }
  if (timestamp.nanos() < 0 || timestamp.nanos() > 999'999'999) {
    return InvalidField(field, "has nanos outside 0 to 999999999", "INVALID_TIME");
  }
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

std::string FormatDay(absl::CivilDay day) {
  // Three of them stand in every card; Abseil goes by way of an instant.
  if (day.year() < 1000 || day.year() > 9999) return absl::FormatCivilTime(day);
  return absl::StrCat(day.year(), "-", absl::Dec(day.month(), absl::kZeroPad2), "-",
                      absl::Dec(day.day(), absl::kZeroPad2));
}

absl::StatusOr<absl::CivilDay> ParseDay(const std::string& field, const std::string& text) {
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) {
    return InvalidField(field, fmt::format("'{}' is no day; write YYYY-MM-DD", text.substr(0, 40)),
                        "INVALID_DATE");
  }
  return day;
}

}  // namespace keyscore::rpc
