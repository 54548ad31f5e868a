// keyscore.v1.FactService.
#pragma once

#include "absl/status/status.h"
#include "keyscore/v1/fact_service.grpc.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

// AppendFacts takes its messages unparsed: append_reactor.h says why.
class FactService final
    : public v1::FactService::WithRawCallbackMethod_AppendFacts<
          v1::FactService::WithCallbackMethod_ListFacts<v1::FactService::Service>> {
 public:
  explicit FactService(Backend& backend) : backend_(backend) {}

  grpc::ServerReadReactor<grpc::ByteBuffer>* AppendFacts(grpc::CallbackServerContext* context,
                                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListFacts(grpc::CallbackServerContext* context,
                                      const v1::ListFactsRequest* request,
                                      v1::ListFactsResponse* response) override;

 private:
  Backend& backend_;
};

// fact_list.cpp: ListFacts.
absl::Status ListFacts(Backend& backend, const v1::ListFactsRequest& request,
                       v1::ListFactsResponse& response, const Call& call);

}  // namespace keyscore::rpc
