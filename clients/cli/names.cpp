// Names from the command line.
#include "cli/names.h"

#include <array>

#include <fmt/format.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "cli/exit_code.h"
#include "cli/text/nearest.h"

namespace keyscore::cli {

absl::StatusOr<std::string> ParseSubject(const std::string& text) {
  static const std::vector<std::string> kCollections = {"managers", "accounts", "teams"};
  if (text == "organization") return text;
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() == 2 && !parts[1].empty()) {
    for (const std::string& collection : kCollections) {
      if (parts[0] == collection) return text;
    }
    const std::string nearest = Nearest(parts[0], kCollections);
    if (!nearest.empty()) {
      return UsageError(
          fmt::format("there is no subject '{}'; did you mean '{}/{}'?", text, nearest, parts[1]));
    }
  }
  const std::string example = parts.size() == 1 && !text.empty() ? text : "anna-snelling";
  if (Nearest(text, {"organization"}) == "organization") {
    return UsageError(fmt::format("there is no subject '{}'; did you mean 'organization'?", text));
  }
  return UsageError(
      fmt::format("'{}' is no subject; give managers/{}, accounts/ID, teams/ID or organization",
                  text, example));
}

absl::StatusOr<std::string> ParsePeriod(const std::string& text) {
  if (text.empty() || absl::StrContains(text, "/") || absl::StrContains(text, " ")) {
    return UsageError(
        fmt::format("'{}' is no period; give 2017-Q3, 2017-09, 2017, 2017-07-01..2017-10-01 or "
                    "trailing-90d@2017-10-01",
                    text));
  }
  return text;
}

absl::StatusOr<std::string> ScorecardName(const std::string& subject, const std::string& period) {
  const absl::StatusOr<std::string> whom = ParseSubject(subject);
  if (!whom.ok()) return whom.status();
  const absl::StatusOr<std::string> when = ParsePeriod(period);
  if (!when.ok()) return when.status();
  return fmt::format("{}/scorecards/{}", *whom, *when);
}

std::string InCollection(const std::string& id, const std::string& collection) {
  return absl::StartsWith(id, collection + "/") ? id : collection + "/" + id;
}

std::vector<std::string> InCollection(const std::vector<std::string>& ids,
                                      const std::string& collection) {
  std::vector<std::string> names;
  names.reserve(ids.size());
  for (const std::string& id : ids) names.push_back(InCollection(id, collection));
  return names;
}

absl::StatusOr<google::protobuf::Timestamp> ParseInstant(const std::string& text,
                                                         Context& context) {
  absl::Time time;
  absl::CivilDay day;
  std::string fault;
  if (absl::ParseCivilTime(text, &day)) {
    absl::StatusOr<client::Client*> client = context.Connection();
    if (!client.ok()) return client.status();
    v1::GetOrganizationRequest request;
    request.set_name("organization");
    const auto organization = (*client)->GetOrganization(request);
    if (!organization.ok()) return organization.status();
    absl::TimeZone zone;
    if (!absl::LoadTimeZone(organization->calendar().time_zone(), &zone)) {
      return UsageError(fmt::format(
          "the server's time zone '{}' is not known here; give the instant as {}T00:00:00Z",
          organization->calendar().time_zone(), text));
    }
    time = absl::FromCivil(day, zone);
  } else if (!absl::ParseTime(absl::RFC3339_full, text, &time, &fault)) {
    return UsageError(
        fmt::format("'{}' is no instant; give 2017-10-01 or 2017-10-01T12:00:00Z", text));
  }
  google::protobuf::Timestamp instant;
  instant.set_seconds(absl::ToUnixSeconds(time));
  instant.set_nanos(static_cast<int32_t>((time - absl::FromUnixSeconds(instant.seconds())) /
                                         absl::Nanoseconds(1)));
  return instant;
}

}  // namespace keyscore::cli
