// Reads the published weight profiles from the store.
#include "weighting/profile_store.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "weighting/profile_proto.h"

namespace keyscore::weighting {
namespace {

absl::StatusOr<WeightProfile> Read(const store::ConfigRevision& revision) {
  const auto fault = [&revision](absl::string_view phrase) {
    return absl::DataLossError(absl::StrCat("weightProfiles/", revision.id, " revision ",
                                            revision.revision, " as stored: ", phrase));
  };
  v1::WeightProfile message;
  if (!message.ParseFromString(revision.payload)) return fault("it can't be read");
  message.set_name(absl::StrCat("weightProfiles/", revision.id));
  absl::StatusOr<WeightProfile> profile = FromProto(message);
  if (!profile.ok()) return fault(profile.status().message());
  profile->revision = revision.revision;
  profile->author = revision.author;
  profile->create_time = revision.created_at;
  if (const absl::Status valid = ValidateProfile(*profile); !valid.ok()) {
    return fault(valid.message());
  }
  return profile;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const std::vector<WeightProfile>>> LoadProfiles(
    store::Store& store) {
  const absl::StatusOr<std::vector<store::ConfigRevision>> revisions =
      store.ListConfig(std::string(kProfileKind));
  if (!revisions.ok()) return revisions.status();

  std::vector<WeightProfile> profiles;
  for (const store::ConfigRevision& revision : *revisions) {
    absl::StatusOr<WeightProfile> profile = Read(revision);
    if (!profile.ok()) return profile.status();
    profiles.push_back(*std::move(profile));
  }
  WeightProfile built_in = DefaultProfile();
  const auto is_default = [&built_in](const WeightProfile& profile) {
    return profile.id == built_in.id;
  };
  if (std::none_of(profiles.begin(), profiles.end(), is_default)) {
    profiles.push_back(std::move(built_in));
  }
  std::sort(profiles.begin(), profiles.end(),
            [](const WeightProfile& a, const WeightProfile& b) { return a.id < b.id; });
  if (const absl::Status ties = CheckProfiles(profiles); !ties.ok()) {
    return absl::DataLossError(absl::StrCat("weight profiles as stored: ", ties.message()));
  }
  return std::make_shared<const std::vector<WeightProfile>>(std::move(profiles));
}

}  // namespace keyscore::weighting
