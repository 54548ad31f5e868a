// Weight profiles: read, drafted, deleted.
#include <fmt/format.h>

#include <charconv>
#include <set>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "rpc/convert_time.h"
#include "rpc/fault.h"
#include "rpc/field_mask.h"
#include "rpc/page_token.h"
#include "rpc/resource_name.h"
#include "rpc/weighting_fault.h"
#include "rpc/weighting_methods.h"
#include "weighting/profile_proto.h"

namespace keyscore::rpc {
namespace {

constexpr char kCollection[] = "weightProfiles";
constexpr char kMessage[] = "weight_profile";
constexpr std::string_view kRevisions = "/revisions/";

// What an admin writes; everything else in the message is the server's.
const std::set<std::string>& Writable() {
  static const auto* const fields = new std::set<std::string>{
      "display_name", "selector",         "tenure_bands", "untenured_pillars",
      "kpis",         "minimum_coverage", "band_policy",  "effective_date"};
  return *fields;
}

// Every fault that shows in the message alone, where it is not even readable.
absl::StatusOr<weighting::ProfileContent> ReadContent(const std::string& id,
                                                      const v1::WeightProfile& message,
                                                      bool normalize,
                                                      const kpis::RegistrySnapshot& registry) {
  weighting::Faults unread;
  weighting::WeightProfile profile;
  profile.id = id;
  profile.content = weighting::ContentFromProto(message, unread);
  if (normalize) weighting::Normalize(profile.content, registry);
  if (unread.empty()) return profile.content;
  return weighting::ToStatus(
      Together(std::move(unread), weighting::CheckProfile(profile, registry)));
}

// A revision by its name.
absl::Status GetRevision(const Backend& backend, const std::string& name, size_t at,
                         v1::WeightProfile& response) {
  const auto id = ParseName("name", kCollection, name.substr(0, at));
  if (!id.ok()) return id.status();
  const std::string number = name.substr(at + kRevisions.size());
  int64_t revision = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), revision);
  if (error != std::errc() || end != number.data() + number.size() || revision < 1) {
    return InvalidField("name", "is not of the form weightProfiles/{id}/revisions/{number}",
                        "INVALID_RESOURCE_NAME");
  }
  const auto history = backend.weights.ProfileHistory(*id);
  if (!history.ok()) {
    return LedgerFault(backend.weights, kWeightProfiles, *id, history.status());
  }
  for (const weighting::WeightProfile& profile : *history) {
    if (profile.revision != revision) continue;
    response = ServedRevision(backend, profile);
    return absl::OkStatus();
  }
  return NotFound("REVISION_NOT_FOUND", fmt::format("there is no {}; the newest is revision {}",
                                                    name, history->back().revision));
}

}  // namespace

absl::CivilDay Today(const Backend& backend) { return backend.calendar.DayOf(absl::Now()); }

absl::StatusOr<std::optional<absl::CivilDay>> ParseOptionalDay(const Backend& backend,
                                                               const std::string& field,
                                                               const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (text == "today") return Today(backend);
  const auto day = ParseDay(field, text);
  if (!day.ok()) return day.status();
  return *day;
}

v1::WeightProfile Served(const Backend& backend, const weighting::WeightProfile& profile) {
  v1::WeightProfile message = weighting::ToProto(profile);
  if (profile.content.effective_date.has_value()) {
    *message.mutable_effective_time() =
        ToProto(backend.calendar.StartOf(*profile.content.effective_date));
  }
  message.set_published_revision(backend.weights.RevisionOn(profile.id, Today(backend)));
  return message;
}

v1::WeightProfile ServedRevision(const Backend& backend, const weighting::WeightProfile& profile) {
  v1::WeightProfile message = Served(backend, profile);
  message.set_name(fmt::format("{}{}{}", message.name(), kRevisions, profile.revision));
  return message;
}

absl::Status Answer(const Backend& backend, const v1::GetWeightProfileRequest& request,
                    v1::WeightProfile& response) {
  if (const size_t at = request.name().find(kRevisions); at != std::string::npos) {
    return GetRevision(backend, request.name(), at, response);
  }
  const auto id = ParseName("name", kCollection, request.name());
  if (!id.ok()) return id.status();
  const auto profile = backend.weights.GetProfile(*id);
  if (!profile.ok()) {
    return LedgerFault(backend.weights, kWeightProfiles, *id, profile.status());
  }
  response = Served(backend, *profile);
  return absl::OkStatus();
}

absl::Status Answer(const Backend& backend, const v1::ListWeightProfilesRequest& request,
                    v1::ListWeightProfilesResponse& response) {
  const auto profiles = backend.weights.ListProfiles();
  auto page = PageOf(request, request.page_size(), request.page_token(), profiles.size());
  if (!page.ok()) return page.status();
  for (size_t i = page->begin; i < page->end; ++i) {
    *response.add_weight_profiles() = Served(backend, profiles[i]);
  }
  response.set_next_page_token(std::move(page->next_page_token));
  return absl::OkStatus();
}

absl::Status Perform(const Backend& backend, const v1::CreateWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response) {
  const std::string& id = request.weight_profile_id();
  const auto fault = [&](const absl::Status& status) {
    return LedgerFault(backend.weights, kWeightProfiles, id, status, kMessage);
  };
  const auto named = ParseName("weight_profile_id", kCollection, MakeName(kCollection, id));
  if (!named.ok()) return named.status();
  const auto registry = backend.plugins.registry().Snapshot();
  const auto content = ReadContent(id, request.weight_profile(), request.normalize(), *registry);
  if (!content.ok()) return fault(content.status());
  const auto profile =
      backend.weights.CreateProfile(id, *content, change, *backend.plugins.registry().Snapshot());
  if (!profile.ok()) return fault(profile.status());
  response = Served(backend, *profile);
  return absl::OkStatus();
}

absl::Status Perform(const Backend& backend, const v1::UpdateWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response) {
  const auto id = ParseName("weight_profile.name", kCollection, request.weight_profile().name());
  if (!id.ok()) return id.status();
  const auto paths = ResolveMask(request.update_mask(), request.weight_profile(), Writable());
  if (!paths.ok()) return paths.status();
  Change checked = change;
  checked.etag = request.weight_profile().etag();
  const auto registry = backend.plugins.registry().Snapshot();
  const auto edit = [&](const weighting::ProfileContent& content) {
    weighting::WeightProfile present;
    present.content = content;
    v1::WeightProfile message = weighting::ToProto(present);
    Overwrite(request.weight_profile(), *paths, message);
    return ReadContent(*id, message, request.normalize(), *registry);
  };
  const auto profile = backend.weights.UpdateProfile(*id, edit, checked, *registry);
  if (!profile.ok()) {
    return LedgerFault(backend.weights, kWeightProfiles, *id, profile.status(), kMessage);
  }
  response = Served(backend, *profile);
  return absl::OkStatus();
}

absl::Status Perform(const Backend& backend, const v1::DeleteWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response) {
  const auto id = ParseName("name", kCollection, request.name());
  if (!id.ok()) return id.status();
  const auto profile = backend.weights.DeleteProfile(*id, change);
  if (!profile.ok()) {
    return LedgerFault(backend.weights, kWeightProfiles, *id, profile.status());
  }
  response = Served(backend, *profile);
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
