// keyscore.v1.WeightingService.
#pragma once

#include "absl/status/status.h"
#include "keyscore/v1/weighting_service.grpc.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

class WeightingService final : public v1::WeightingService::CallbackService {
 public:
  explicit WeightingService(Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* GetWeightProfile(grpc::CallbackServerContext* context,
                                             const v1::GetWeightProfileRequest* request,
                                             v1::WeightProfile* response) override;
  grpc::ServerUnaryReactor* ListWeightProfiles(grpc::CallbackServerContext* context,
                                               const v1::ListWeightProfilesRequest* request,
                                               v1::ListWeightProfilesResponse* response) override;
  grpc::ServerUnaryReactor* ResolveWeights(grpc::CallbackServerContext* context,
                                           const v1::ResolveWeightsRequest* request,
                                           v1::WeightResolution* response) override;

 private:
  absl::Status Resolve(const v1::ResolveWeightsRequest& request, v1::WeightResolution& response,
                       const Call& call);

  Backend& backend_;
};

}  // namespace keyscore::rpc
