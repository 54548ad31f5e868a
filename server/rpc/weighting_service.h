// keyscore.v1.WeightingService. What the methods do is in weighting_methods.h.
#pragma once

#include "keyscore/v1/weighting_service.grpc.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

class WeightingService final : public v1::WeightingService::CallbackService {
 public:
  explicit WeightingService(Backend& backend) : backend_(backend) {}

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  // Reading is free for all.
  Reactor* GetWeightProfile(Context* context, const v1::GetWeightProfileRequest* request,
                            v1::WeightProfile* response) override;
  Reactor* ListWeightProfiles(Context* context, const v1::ListWeightProfilesRequest* request,
                              v1::ListWeightProfilesResponse* response) override;
  Reactor* ListWeightProfileRevisions(Context* context,
                                      const v1::ListWeightProfileRevisionsRequest* request,
                                      v1::ListWeightProfileRevisionsResponse* response) override;
  Reactor* CompareWeightProfileRevisions(
      Context* context, const v1::CompareWeightProfileRevisionsRequest* request,
      v1::CompareWeightProfileRevisionsResponse* response) override;
  Reactor* GetTargetSeries(Context* context, const v1::GetTargetSeriesRequest* request,
                           v1::TargetSeries* response) override;
  Reactor* ListTargetSeries(Context* context, const v1::ListTargetSeriesRequest* request,
                            v1::ListTargetSeriesResponse* response) override;
  Reactor* ListTargetSeriesRevisions(Context* context,
                                     const v1::ListTargetSeriesRevisionsRequest* request,
                                     v1::ListTargetSeriesRevisionsResponse* response) override;
  Reactor* CompareTargetSeriesRevisions(
      Context* context, const v1::CompareTargetSeriesRevisionsRequest* request,
      v1::CompareTargetSeriesRevisionsResponse* response) override;
  Reactor* GetScoreOverride(Context* context, const v1::GetScoreOverrideRequest* request,
                            v1::ScoreOverride* response) override;
  Reactor* ListScoreOverrides(Context* context, const v1::ListScoreOverridesRequest* request,
                              v1::ListScoreOverridesResponse* response) override;
  Reactor* ResolveWeights(Context* context, const v1::ResolveWeightsRequest* request,
                          v1::WeightResolution* response) override;
  Reactor* ExplainResolution(Context* context, const v1::ExplainResolutionRequest* request,
                             v1::ResolutionExplanation* response) override;
  Reactor* ValidateWeights(Context* context, const v1::ValidateWeightsRequest* request,
                           v1::ValidateWeightsResponse* response) override;
  Reactor* LintWeights(Context* context, const v1::LintWeightsRequest* request,
                       v1::LintWeightsResponse* response) override;
  Reactor* PreviewWeights(Context* context, const v1::PreviewWeightsRequest* request,
                          google::longrunning::Operation* response) override;
  Reactor* ExportWeights(Context* context, const v1::ExportWeightsRequest* request,
                         v1::WeightSet* response) override;

  // Changes are for admins.
  Reactor* CreateWeightProfile(Context* context, const v1::CreateWeightProfileRequest* request,
                               v1::WeightProfile* response) override;
  Reactor* UpdateWeightProfile(Context* context, const v1::UpdateWeightProfileRequest* request,
                               v1::WeightProfile* response) override;
  Reactor* DeleteWeightProfile(Context* context, const v1::DeleteWeightProfileRequest* request,
                               v1::WeightProfile* response) override;
  Reactor* ApproveWeightProfile(Context* context, const v1::ApproveWeightProfileRequest* request,
                                v1::WeightProfile* response) override;
  Reactor* PublishWeightProfile(Context* context, const v1::PublishWeightProfileRequest* request,
                                v1::WeightProfile* response) override;
  Reactor* RollbackWeightProfile(Context* context, const v1::RollbackWeightProfileRequest* request,
                                 v1::WeightProfile* response) override;
  Reactor* DiscardWeightDraft(Context* context, const v1::DiscardWeightDraftRequest* request,
                              v1::WeightProfile* response) override;
  Reactor* ReviewWeightProfile(Context* context, const v1::ReviewWeightProfileRequest* request,
                               v1::WeightProfile* response) override;
  Reactor* CreateTargetSeries(Context* context, const v1::CreateTargetSeriesRequest* request,
                              v1::TargetSeries* response) override;
  Reactor* UpdateTargetSeries(Context* context, const v1::UpdateTargetSeriesRequest* request,
                              v1::TargetSeries* response) override;
  Reactor* DeleteTargetSeries(Context* context, const v1::DeleteTargetSeriesRequest* request,
                              v1::TargetSeries* response) override;
  Reactor* ApproveTargetSeries(Context* context, const v1::ApproveTargetSeriesRequest* request,
                               v1::TargetSeries* response) override;
  Reactor* CreateScoreOverride(Context* context, const v1::CreateScoreOverrideRequest* request,
                               v1::ScoreOverride* response) override;
  Reactor* ApproveScoreOverride(Context* context, const v1::ApproveScoreOverrideRequest* request,
                                v1::ScoreOverride* response) override;
  Reactor* RevokeScoreOverride(Context* context, const v1::RevokeScoreOverrideRequest* request,
                               v1::ScoreOverride* response) override;
  Reactor* ApplyWeights(Context* context, const v1::ApplyWeightsRequest* request,
                        v1::ApplyWeightsResponse* response) override;

 private:
  template <typename Request, typename Response>
  Reactor* Read(Context* context, const char* method, const Request* request, Response* response);
  template <typename Request, typename Response>
  Reactor* Change(Context* context, const char* method, const Request* request, Response* response);

  Backend& backend_;
};

}  // namespace keyscore::rpc
