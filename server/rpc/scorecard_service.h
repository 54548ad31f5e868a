// keyscore.v1.ScorecardService.
#pragma once

#include "absl/time/clock.h"
#include "keyscore/v1/scorecard_service.grpc.pb.h"
#include "rpc/answers.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

// Bytes in, bytes out: an answer that is kept is sent as it is, its request unparsed.
using RawScorecardService = v1::ScorecardService::WithRawCallbackMethod_GetScorecard<
    v1::ScorecardService::WithRawCallbackMethod_BatchGetScorecards<
        v1::ScorecardService::WithRawCallbackMethod_ListScorecards<
            v1::ScorecardService::WithRawCallbackMethod_ExplainKpiResult<
                v1::ScorecardService::Service>>>>;

class ScorecardService final : public RawScorecardService {
 public:
  // `clock` says which day it is.
  explicit ScorecardService(Backend& backend, Answers::Clock clock = absl::Now)
      : backend_(backend), answers_(backend, std::move(clock)) {}

  grpc::ServerUnaryReactor* GetScorecard(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchGetScorecards(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListScorecards(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ExplainKpiResult(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response) override;

 private:
  template <typename Request>
  grpc::ServerUnaryReactor* Serve(AnswerKind kind, const char* method,
                                  grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer& request, grpc::ByteBuffer* response);

  Backend& backend_;
  Answers answers_;
};

}  // namespace keyscore::rpc
