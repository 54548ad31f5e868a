// Profiles and targets as a whole: checked, given out, put in force.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "rpc/convert.h"
#include "rpc/convert_time.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"
#include "rpc/weighting_fault.h"
#include "rpc/weighting_methods.h"
#include "weighting/profile_proto.h"

namespace keyscore::rpc {
namespace {

using weighting::Faults;

static_assert(static_cast<int>(weighting::AppliedChange::Action::kCreate) ==
                  v1::WeightChange::ACTION_CREATE &&
              static_cast<int>(weighting::AppliedChange::Action::kUnnamed) ==
                  v1::WeightChange::ACTION_UNNAMED);

constexpr char kSet[] = "set";

void Add(Faults more, Faults& faults) {
  for (weighting::Fault& fault : more) faults.push_back(std::move(fault));
}

// The id of the resource at `field`, which is the path of its message; what is wrong with its name
// goes to `faults`.
std::string ReadId(const std::string& field, const std::string& collection, const std::string& name,
                   Faults& faults) {
  auto id = ParseName(field + ".name", collection, name);
  if (id.ok()) return *std::move(id);
  faults.push_back({field + ".name", fmt::format("'{}' is not of the form {}/{{id}}",
                                                 name.substr(0, 80), collection)});
  return "";
}

struct ReadSet {
  weighting::WeightSet set;
  Faults unread;
};

ReadSet Read(const v1::WeightSet& message, bool normalize, const kpis::RegistrySnapshot& registry) {
  ReadSet read;
  for (int i = 0; i < message.profiles_size(); ++i) {
    const std::string field = fmt::format("profiles[{}]", i);
    weighting::WeightProfile profile;
    profile.id = ReadId(field, "weightProfiles", message.profiles(i).name(), read.unread);
    Faults unread;
    profile.content = weighting::ContentFromProto(message.profiles(i), unread);
    if (normalize) weighting::Normalize(profile.content, registry);
    Add(weighting::Under(field + ".", std::move(unread)), read.unread);
    read.set.profiles.push_back(std::move(profile));
  }
  for (int i = 0; i < message.target_series_size(); ++i) {
    const std::string field = fmt::format("target_series[{}]", i);
    weighting::TargetSeries series;
    series.id = ReadId(field, "targetSeries", message.target_series(i).name(), read.unread);
    Faults unread;
    series.content = weighting::ContentFromProto(message.target_series(i), unread);
    Add(weighting::Under(field + ".", std::move(unread)), read.unread);
    read.set.targets.push_back(std::move(series));
  }
  return read;
}

// Everything that is wrong with the set.
Faults FaultsOfSet(const Backend& backend, const ReadSet& read,
                   const kpis::RegistrySnapshot& registry) {
  return Together(read.unread, backend.weights.Validate(read.set, registry));
}

// Puts the stored profiles that the request names behind those of its set.
absl::Status AddDrafts(const Backend& backend, const v1::ValidateWeightsRequest& request,
                       ReadSet& read) {
  for (int i = 0; i < request.names_size(); ++i) {
    const auto id = ParseName(fmt::format("names[{}]", i), "weightProfiles", request.names(i));
    if (!id.ok()) return id.status();
    auto profile = backend.weights.GetProfile(*id);
    if (!profile.ok()) {
      return LedgerFault(backend.weights, kWeightProfiles, *id, profile.status());
    }
    read.set.profiles.push_back(*std::move(profile));
  }
  return absl::OkStatus();
}

v1::WeightChange ToProto(const weighting::AppliedChange& change) {
  v1::WeightChange message;
  message.set_resource(change.resource);
  if (change.effective_date.has_value()) {
    message.set_effective_date(FormatDay(*change.effective_date));
  }
  message.set_action(static_cast<v1::WeightChange::Action>(change.action));
  for (const weighting::FieldChange& field : change.fields) {
    *message.add_fields() = rpc::ToProto(field);
  }
  message.set_revision(change.revision);
  message.set_draft(change.draft);
  return message;
}

}  // namespace

absl::Status Answer(const Backend& backend, const v1::ValidateWeightsRequest& request,
                    v1::ValidateWeightsResponse& response) {
  const auto registry = backend.plugins.registry().Snapshot();
  ReadSet read = Read(request.set(), request.normalize(), *registry);
  if (absl::Status status = AddDrafts(backend, request, read); !status.ok()) return status;
  for (const weighting::Fault& fault : FaultsOfSet(backend, read, *registry)) {
    v1::WeightFault& message = *response.add_faults();
    message.set_field(fault.field);
    message.set_description(fault.phrase);
  }
  return absl::OkStatus();
}

absl::Status Answer(const Backend& backend, const v1::ExportWeightsRequest& /*request*/,
                    v1::WeightSet& response) {
  const weighting::WeightSet set = backend.weights.Export();
  for (const weighting::WeightProfile& profile : set.profiles) {
    *response.add_profiles() = Served(backend, profile);
  }
  for (const weighting::TargetSeries& series : set.targets) {
    *response.add_target_series() = weighting::ToProto(series);
  }
  response.set_etag(set.etag);
  return absl::OkStatus();
}

absl::Status Perform(const Backend& backend, const v1::ApplyWeightsRequest& request,
                     const Change& change, v1::ApplyWeightsResponse& response) {
  const auto registry = backend.plugins.registry().Snapshot();
  const ReadSet read = Read(request.set(), request.normalize(), *registry);
  if (!read.unread.empty()) return InvalidWeights(FaultsOfSet(backend, read, *registry), kSet);
  const auto applied = backend.weights.Apply(read.set, change, *registry);
  if (!applied.ok()) {
    return LedgerFault(backend.weights, kWeightProfiles, "", applied.status(), kSet);
  }
  for (const weighting::AppliedChange& made : applied->changes) {
    *response.add_changes() = ToProto(made);
  }
  response.set_etag(applied->etag);
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
