// Times, days, names and selectors as messages have them.
#include "weighting/proto_fields.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "weighting/checks.h"
#include "weighting/profile_proto.h"

namespace keyscore::weighting {
namespace {

// What google.protobuf.Timestamp may hold: years 1 to 9999.
constexpr int64_t kMinSeconds = -62'135'596'800;
constexpr int64_t kMaxSeconds = 253'402'300'799;
constexpr int kNanosPerSecond = 1'000'000'000;
// "2026-03-01": nothing shorter or longer is a day, though absl reads more.
constexpr size_t kDayLength = 10;

}  // namespace

void WriteTime(absl::Time time, google::protobuf::Timestamp* message) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  message->set_seconds(seconds);
  message->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

absl::Time ReadTime(const google::protobuf::Timestamp& message, absl::string_view field,
                    Faults& faults) {
  if (message.seconds() < kMinSeconds || message.seconds() > kMaxSeconds || message.nanos() < 0 ||
      message.nanos() >= kNanosPerSecond) {
    Add(faults, field, "must lie in the years 1 to 9999");
    return absl::InfinitePast();
  }
  return absl::FromUnixSeconds(message.seconds()) + absl::Nanoseconds(message.nanos());
}

std::string WriteDay(std::optional<absl::CivilDay> day) {
  return day ? absl::FormatCivilTime(*day) : "";
}

std::optional<absl::CivilDay> ReadDay(const std::string& text, absl::string_view field,
                                      Faults& faults) {
  if (text.empty()) return std::nullopt;
  absl::CivilDay day;
  if (text.size() == kDayLength && absl::ParseCivilTime(text, &day) &&
      absl::FormatCivilTime(day) == text) {
    return day;
  }
  Add(faults, field,
      absl::StrCat("\"", absl::CHexEscape(text.substr(0, kMaxNameBytes)),
                   "\" must be a day as YYYY-MM-DD"));
  return std::nullopt;
}

std::string ReadName(absl::string_view name, absl::string_view collection, absl::string_view field,
                     Faults& faults) {
  absl::string_view id = name;
  if (absl::ConsumePrefix(&id, collection) && absl::ConsumePrefix(&id, "/") && !id.empty()) {
    return std::string(id);
  }
  Add(faults, field,
      absl::StrCat("\"", absl::CHexEscape(name.substr(0, kMaxNameBytes)), "\" must be ", collection,
                   "/ and an id"));
  return "";
}

v1::WeightSelector ToProto(const Selector& selector) {
  v1::WeightSelector message;
  switch (selector.kind) {
    case SelectorKind::kEveryone:
      break;
    case SelectorKind::kSegment:
      message.set_segment(selector.id);
      break;
    case SelectorKind::kTeam:
      message.set_team(absl::StrCat("teams/", selector.id));
      break;
    case SelectorKind::kManager:
      message.set_manager(absl::StrCat("managers/", selector.id));
      break;
    case SelectorKind::kAccount:
      message.set_account(absl::StrCat("accounts/", selector.id));
      break;
  }
  return message;
}

Selector ReadSelector(const v1::WeightSelector& message, Faults& faults) {
  switch (message.selector_case()) {
    case v1::WeightSelector::SELECTOR_NOT_SET:
      break;
    case v1::WeightSelector::kSegment:
      return {SelectorKind::kSegment, message.segment()};
    case v1::WeightSelector::kTeam:
      return {SelectorKind::kTeam, ReadName(message.team(), "teams", "selector.team", faults)};
    case v1::WeightSelector::kManager:
      return {SelectorKind::kManager,
              ReadName(message.manager(), "managers", "selector.manager", faults)};
    case v1::WeightSelector::kAccount:
      return {SelectorKind::kAccount,
              ReadName(message.account(), "accounts", "selector.account", faults)};
  }
  return {};
}

absl::Status Unreadable(absl::string_view resource, const Faults& faults) {
  return absl::DataLossError(absl::StrCat(
      resource, " as stored: ", faults.empty() ? "it can't be read" : ToStatus(faults).message()));
}

}  // namespace keyscore::weighting
