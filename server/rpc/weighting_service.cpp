// From the API's methods to what they do.
#include "rpc/weighting_service.h"

#include "rpc/weight_lint.h"
#include "rpc/weight_preview.h"
#include "rpc/weighting_methods.h"

namespace keyscore::rpc {
namespace {

// It looks at the figures of everybody.
constexpr absl::Duration kLintLimit = absl::Minutes(5);

}  // namespace

template <typename Request, typename Response>
WeightingService::Reactor* WeightingService::Read(Context* context, const char* method,
                                                  const Request* request, Response* response) {
  return backend_.calls.Unary(context, method, [=, this](const Call& call) {
    if constexpr (requires { Answer(backend_, *request, *response, call); }) {
      return Answer(backend_, *request, *response, call);
    } else {
      return Answer(backend_, *request, *response);
    }
  });
}

template <typename Request, typename Response>
WeightingService::Reactor* WeightingService::Change(Context* context, const char* method,
                                                    const Request* request, Response* response) {
  return backend_.calls.Unary(context, method, [=, this](const Call& call) -> absl::Status {
    const auto change = AllowChange(backend_, CallerOf(*context), *request);
    if (!change.ok()) return change.status();
    if constexpr (requires { Perform(backend_, *request, *change, *response, call.stop()); }) {
      return Perform(backend_, *request, *change, *response, call.stop());
    } else {
      return Perform(backend_, *request, *change, *response);
    }
  });
}

WeightingService::Reactor* WeightingService::GetWeightProfile(
    Context* context, const v1::GetWeightProfileRequest* request, v1::WeightProfile* response) {
  return Read(context, "GetWeightProfile", request, response);
}

WeightingService::Reactor* WeightingService::ListWeightProfiles(
    Context* context, const v1::ListWeightProfilesRequest* request,
    v1::ListWeightProfilesResponse* response) {
  return Read(context, "ListWeightProfiles", request, response);
}

WeightingService::Reactor* WeightingService::ListWeightProfileRevisions(
    Context* context, const v1::ListWeightProfileRevisionsRequest* request,
    v1::ListWeightProfileRevisionsResponse* response) {
  return Read(context, "ListWeightProfileRevisions", request, response);
}

WeightingService::Reactor* WeightingService::CompareWeightProfileRevisions(
    Context* context, const v1::CompareWeightProfileRevisionsRequest* request,
    v1::CompareWeightProfileRevisionsResponse* response) {
  return Read(context, "CompareWeightProfileRevisions", request, response);
}

WeightingService::Reactor* WeightingService::GetTargetSeries(
    Context* context, const v1::GetTargetSeriesRequest* request, v1::TargetSeries* response) {
  return Read(context, "GetTargetSeries", request, response);
}

WeightingService::Reactor* WeightingService::ListTargetSeries(
    Context* context, const v1::ListTargetSeriesRequest* request,
    v1::ListTargetSeriesResponse* response) {
  return Read(context, "ListTargetSeries", request, response);
}

WeightingService::Reactor* WeightingService::ListTargetSeriesRevisions(
    Context* context, const v1::ListTargetSeriesRevisionsRequest* request,
    v1::ListTargetSeriesRevisionsResponse* response) {
  return Read(context, "ListTargetSeriesRevisions", request, response);
}

WeightingService::Reactor* WeightingService::CompareTargetSeriesRevisions(
    Context* context, const v1::CompareTargetSeriesRevisionsRequest* request,
    v1::CompareTargetSeriesRevisionsResponse* response) {
  return Read(context, "CompareTargetSeriesRevisions", request, response);
}

WeightingService::Reactor* WeightingService::GetScoreOverride(
    Context* context, const v1::GetScoreOverrideRequest* request, v1::ScoreOverride* response) {
  return Read(context, "GetScoreOverride", request, response);
}

WeightingService::Reactor* WeightingService::ListScoreOverrides(
    Context* context, const v1::ListScoreOverridesRequest* request,
    v1::ListScoreOverridesResponse* response) {
  return Read(context, "ListScoreOverrides", request, response);
}

WeightingService::Reactor* WeightingService::ResolveWeights(
    Context* context, const v1::ResolveWeightsRequest* request, v1::WeightResolution* response) {
  return Read(context, "ResolveWeights", request, response);
}

WeightingService::Reactor* WeightingService::ExplainResolution(
    Context* context, const v1::ExplainResolutionRequest* request,
    v1::ResolutionExplanation* response) {
  return Read(context, "ExplainResolution", request, response);
}

WeightingService::Reactor* WeightingService::ValidateWeights(
    Context* context, const v1::ValidateWeightsRequest* request,
    v1::ValidateWeightsResponse* response) {
  return Read(context, "ValidateWeights", request, response);
}

WeightingService::Reactor* WeightingService::LintWeights(Context* context,
                                                         const v1::LintWeightsRequest* request,
                                                         v1::LintWeightsResponse* response) {
  return backend_.calls.UnaryWithin(kLintLimit, context, "LintWeights",
                                    [=, this](const Call& call) {
                                      return rpc::LintWeights(backend_, *request, *response, call);
                                    });
}

WeightingService::Reactor* WeightingService::PreviewWeights(
    Context* context, const v1::PreviewWeightsRequest* request,
    google::longrunning::Operation* response) {
  return backend_.calls.Unary(context, "PreviewWeights", [=, this](const Call& call) {
    return StartPreview(backend_, *request, *response, call);
  });
}

WeightingService::Reactor* WeightingService::ExportWeights(Context* context,
                                                           const v1::ExportWeightsRequest* request,
                                                           v1::WeightSet* response) {
  return Read(context, "ExportWeights", request, response);
}

WeightingService::Reactor* WeightingService::CreateWeightProfile(
    Context* context, const v1::CreateWeightProfileRequest* request, v1::WeightProfile* response) {
  return Change(context, "CreateWeightProfile", request, response);
}

WeightingService::Reactor* WeightingService::UpdateWeightProfile(
    Context* context, const v1::UpdateWeightProfileRequest* request, v1::WeightProfile* response) {
  return Change(context, "UpdateWeightProfile", request, response);
}

WeightingService::Reactor* WeightingService::DeleteWeightProfile(
    Context* context, const v1::DeleteWeightProfileRequest* request, v1::WeightProfile* response) {
  return Change(context, "DeleteWeightProfile", request, response);
}

WeightingService::Reactor* WeightingService::ApproveWeightProfile(
    Context* context, const v1::ApproveWeightProfileRequest* request, v1::WeightProfile* response) {
  return Change(context, "ApproveWeightProfile", request, response);
}

WeightingService::Reactor* WeightingService::PublishWeightProfile(
    Context* context, const v1::PublishWeightProfileRequest* request, v1::WeightProfile* response) {
  return Change(context, "PublishWeightProfile", request, response);
}

WeightingService::Reactor* WeightingService::RollbackWeightProfile(
    Context* context, const v1::RollbackWeightProfileRequest* request,
    v1::WeightProfile* response) {
  return Change(context, "RollbackWeightProfile", request, response);
}

WeightingService::Reactor* WeightingService::DiscardWeightDraft(
    Context* context, const v1::DiscardWeightDraftRequest* request, v1::WeightProfile* response) {
  return Change(context, "DiscardWeightDraft", request, response);
}

WeightingService::Reactor* WeightingService::ReviewWeightProfile(
    Context* context, const v1::ReviewWeightProfileRequest* request, v1::WeightProfile* response) {
  return Change(context, "ReviewWeightProfile", request, response);
}

WeightingService::Reactor* WeightingService::CreateTargetSeries(
    Context* context, const v1::CreateTargetSeriesRequest* request, v1::TargetSeries* response) {
  return Change(context, "CreateTargetSeries", request, response);
}

WeightingService::Reactor* WeightingService::UpdateTargetSeries(
    Context* context, const v1::UpdateTargetSeriesRequest* request, v1::TargetSeries* response) {
  return Change(context, "UpdateTargetSeries", request, response);
}

WeightingService::Reactor* WeightingService::DeleteTargetSeries(
    Context* context, const v1::DeleteTargetSeriesRequest* request, v1::TargetSeries* response) {
  return Change(context, "DeleteTargetSeries", request, response);
}

WeightingService::Reactor* WeightingService::ApproveTargetSeries(
    Context* context, const v1::ApproveTargetSeriesRequest* request, v1::TargetSeries* response) {
  return Change(context, "ApproveTargetSeries", request, response);
}

WeightingService::Reactor* WeightingService::CreateScoreOverride(
    Context* context, const v1::CreateScoreOverrideRequest* request, v1::ScoreOverride* response) {
  return Change(context, "CreateScoreOverride", request, response);
}

WeightingService::Reactor* WeightingService::ApproveScoreOverride(
    Context* context, const v1::ApproveScoreOverrideRequest* request, v1::ScoreOverride* response) {
  return Change(context, "ApproveScoreOverride", request, response);
}

WeightingService::Reactor* WeightingService::RevokeScoreOverride(
    Context* context, const v1::RevokeScoreOverrideRequest* request, v1::ScoreOverride* response) {
  return Change(context, "RevokeScoreOverride", request, response);
}

WeightingService::Reactor* WeightingService::ApplyWeights(Context* context,
                                                          const v1::ApplyWeightsRequest* request,
                                                          v1::ApplyWeightsResponse* response) {
  return Change(context, "ApplyWeights", request, response);
}

}  // namespace keyscore::rpc
