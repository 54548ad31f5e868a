// keyscore.v1.ScorecardService.
#pragma once

#include "absl/status/status.h"
#include "keyscore/v1/scorecard_service.grpc.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

class ScorecardService final : public v1::ScorecardService::CallbackService {
 public:
  explicit ScorecardService(Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* GetScorecard(grpc::CallbackServerContext* context,
                                         const v1::GetScorecardRequest* request,
                                         v1::Scorecard* response) override;
  grpc::ServerUnaryReactor* BatchGetScorecards(grpc::CallbackServerContext* context,
                                               const v1::BatchGetScorecardsRequest* request,
                                               v1::BatchGetScorecardsResponse* response) override;
  grpc::ServerUnaryReactor* ListScorecards(grpc::CallbackServerContext* context,
                                           const v1::ListScorecardsRequest* request,
                                           v1::ListScorecardsResponse* response) override;
  grpc::ServerUnaryReactor* ExplainKpiResult(grpc::CallbackServerContext* context,
                                             const v1::ExplainKpiResultRequest* request,
                                             v1::KpiExplanation* response) override;

 private:
  absl::Status Get(const v1::GetScorecardRequest& request, v1::Scorecard& response,
                   const Call& call);
  absl::Status BatchGet(const v1::BatchGetScorecardsRequest& request,
                        v1::BatchGetScorecardsResponse& response, const Call& call);
  absl::Status Explain(const v1::ExplainKpiResultRequest& request, v1::KpiExplanation& response,
                       const Call& call);

  Backend& backend_;
};

// scorecard_list.cpp: ListScorecards.
absl::Status ListScorecards(Backend& backend, const v1::ListScorecardsRequest& request,
                            v1::ListScorecardsResponse& response, const Call& call);

}  // namespace keyscore::rpc
