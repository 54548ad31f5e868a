// What the methods of WeightingService do, without gRPC around them: Answer for those that read,
// Perform for those that change. weighting_service.h puts them behind the API.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "keyscore/v1/weighting_service.pb.h"
#include "rpc/backend.h"
#include "rpc/caller.h"
#include "weighting/ledger.h"

namespace keyscore::rpc {

// The change that `request` asks for, in the caller's name. PERMISSION_DENIED (NOT_AN_ADMIN), or
// INVALID_ARGUMENT for a reason that can't be kept.
template <typename Request>
absl::StatusOr<weighting::Change> AllowChange(const Backend& backend, const Caller& caller,
                                              const Request& request) {
  absl::Status status =
      MayAdminister(caller, backend.config.weighting.admins, "weightings", "weighting.admins");
  if (!status.ok()) return status;
  weighting::Change change;
  change.author = AuthorOf(caller);
  if constexpr (requires { request.reason(); }) change.reason = request.reason();
  if constexpr (requires { request.etag(); }) change.etag = request.etag();
  if constexpr (requires { request.validate_only(); }) {
    change.validate_only = request.validate_only();
  }
  status = CheckReason("reason", change.reason);
  if (!status.ok()) return status;
  return change;
}

// The current day of the reporting calendar.
absl::CivilDay Today(const Backend& backend);

// The day that `text` names: YYYY-MM-DD or "today". Absent for "".
absl::StatusOr<std::optional<absl::CivilDay>> ParseOptionalDay(const Backend& backend,
                                                               const std::string& field,
                                                               const std::string& text);

// As served: with the output-only fields that take a calendar.
v1::WeightProfile Served(const Backend& backend, const weighting::WeightProfile& profile);
// The same under the name weightProfiles/{id}/revisions/{n}.
v1::WeightProfile ServedRevision(const Backend& backend, const weighting::WeightProfile& profile);

using weighting::Change;

// weighting_profiles.cpp
absl::Status Answer(const Backend& backend, const v1::GetWeightProfileRequest& request,
                    v1::WeightProfile& response);
absl::Status Answer(const Backend& backend, const v1::ListWeightProfilesRequest& request,
                    v1::ListWeightProfilesResponse& response);
absl::Status Perform(const Backend& backend, const v1::CreateWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response);
absl::Status Perform(const Backend& backend, const v1::UpdateWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response);
absl::Status Perform(const Backend& backend, const v1::DeleteWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response);

// weighting_steps.cpp
absl::Status Perform(const Backend& backend, const v1::ApproveWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response);
absl::Status Perform(const Backend& backend, const v1::PublishWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response);
absl::Status Perform(const Backend& backend, const v1::RollbackWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response);
absl::Status Perform(const Backend& backend, const v1::DiscardWeightDraftRequest& request,
                     const Change& change, v1::WeightProfile& response);
absl::Status Perform(const Backend& backend, const v1::ReviewWeightProfileRequest& request,
                     const Change& change, v1::WeightProfile& response);

// weighting_revisions.cpp
absl::Status Answer(const Backend& backend, const v1::ListWeightProfileRevisionsRequest& request,
                    v1::ListWeightProfileRevisionsResponse& response);
absl::Status Answer(const Backend& backend, const v1::CompareWeightProfileRevisionsRequest& request,
                    v1::CompareWeightProfileRevisionsResponse& response);

// weighting_targets.cpp
absl::Status Answer(const Backend& backend, const v1::GetTargetSeriesRequest& request,
                    v1::TargetSeries& response);
absl::Status Answer(const Backend& backend, const v1::ListTargetSeriesRequest& request,
                    v1::ListTargetSeriesResponse& response);
absl::Status Answer(const Backend& backend, const v1::ListTargetSeriesRevisionsRequest& request,
                    v1::ListTargetSeriesRevisionsResponse& response);
absl::Status Answer(const Backend& backend, const v1::CompareTargetSeriesRevisionsRequest& request,
                    v1::CompareTargetSeriesRevisionsResponse& response);
absl::Status Perform(const Backend& backend, const v1::CreateTargetSeriesRequest& request,
                     const Change& change, v1::TargetSeries& response);
absl::Status Perform(const Backend& backend, const v1::UpdateTargetSeriesRequest& request,
                     const Change& change, v1::TargetSeries& response);
absl::Status Perform(const Backend& backend, const v1::DeleteTargetSeriesRequest& request,
                     const Change& change, v1::TargetSeries& response);
absl::Status Perform(const Backend& backend, const v1::ApproveTargetSeriesRequest& request,
                     const Change& change, v1::TargetSeries& response);

// weighting_overrides.cpp
absl::Status Answer(const Backend& backend, const v1::GetScoreOverrideRequest& request,
                    v1::ScoreOverride& response);
absl::Status Answer(const Backend& backend, const v1::ListScoreOverridesRequest& request,
                    v1::ListScoreOverridesResponse& response);
absl::Status Perform(const Backend& backend, const v1::CreateScoreOverrideRequest& request,
                     const Change& change, v1::ScoreOverride& response,
                     const store::StopFn& stop = {});
absl::Status Perform(const Backend& backend, const v1::ApproveScoreOverrideRequest& request,
                     const Change& change, v1::ScoreOverride& response);
absl::Status Perform(const Backend& backend, const v1::RevokeScoreOverrideRequest& request,
                     const Change& change, v1::ScoreOverride& response);

// weighting_sets.cpp
absl::Status Answer(const Backend& backend, const v1::ValidateWeightsRequest& request,
                    v1::ValidateWeightsResponse& response);
absl::Status Answer(const Backend& backend, const v1::ExportWeightsRequest& request,
                    v1::WeightSet& response);
absl::Status Perform(const Backend& backend, const v1::ApplyWeightsRequest& request,
                     const Change& change, v1::ApplyWeightsResponse& response);

// weighting_resolution.cpp
absl::Status Answer(const Backend& backend, const v1::ResolveWeightsRequest& request,
                    v1::WeightResolution& response, const Call& call);
absl::Status Answer(const Backend& backend, const v1::ExplainResolutionRequest& request,
                    v1::ResolutionExplanation& response, const Call& call);

}  // namespace keyscore::rpc
