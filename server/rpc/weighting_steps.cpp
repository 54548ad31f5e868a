// From a draft to what counts, and back.
#include <utility>

#include "rpc/fault.h"
#include "rpc/resource_name.h"
#include "rpc/weighting_fault.h"
#include "rpc/weighting_methods.h"

namespace keyscore::rpc {
namespace {

// One step in the life of the profile that `name` names.
template <typename Step>
absl::Status Take(const Backend& backend, const std::string& name, v1::WeightProfile& response,
                  Step step) {
  const auto id = ParseName("name", "weightProfiles", name);
  if (!id.ok()) return id.status();
  const absl::StatusOr<weighting::WeightProfile> profile = step(*id);
  if (!profile.ok()) {
    return LedgerFault(backend.weights, kWeightProfiles, *id, profile.status());
  }
  response = Served(backend, *profile);
  return absl::OkStatus();
}

}  // namespace

absl::Status Perform(const Backend& backend, const v1::ApproveWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response) {
  return Take(backend, request.name(), response, [&](const std::string& id) {
    return backend.weights.ApproveProfile(id, change, *backend.plugins.registry().Snapshot());
  });
}

absl::Status Perform(const Backend& backend, const v1::PublishWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response) {
  const auto date = ParseOptionalDay(backend, "effective_date", request.effective_date());
  if (!date.ok()) return date.status();
  return Take(backend, request.name(), response, [&](const std::string& id) {
    return backend.weights.PublishProfile(id, *date, change,
                                          *backend.plugins.registry().Snapshot());
  });
}

absl::Status Perform(const Backend& backend, const v1::RollbackWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response) {
  if (request.revision() < 0) {
    return InvalidField("revision", "must not be negative; 0 is the one that counted before");
  }
  const auto date = ParseOptionalDay(backend, "effective_date", request.effective_date());
  if (!date.ok()) return date.status();
  return Take(backend, request.name(), response, [&](const std::string& id) {
    return backend.weights.RollbackProfile(id, request.revision(), *date, change);
  });
}

absl::Status Perform(const Backend& backend, const v1::DiscardWeightDraftRequest& request,
                     const Change& change, v1::WeightProfile& response) {
  return Take(backend, request.name(), response,
              [&](const std::string& id) { return backend.weights.DiscardDraft(id, change); });
}

absl::Status Perform(const Backend& backend, const v1::ReviewWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response) {
  return Take(backend, request.name(), response,
              [&](const std::string& id) { return backend.weights.ReviewProfile(id, change); });
}

}  // namespace keyscore::rpc
