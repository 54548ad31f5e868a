// Facts in by streams, facts out by pages.
#include "rpc/fact_service.h"

#include "rpc/append_reactor.h"

namespace keyscore::rpc {

grpc::ServerReadReactor<grpc::ByteBuffer>* FactService::AppendFacts(
    grpc::CallbackServerContext* context, grpc::ByteBuffer* response) {
  return new AppendReactor(backend_, context, response);  // deletes itself
}

grpc::ServerUnaryReactor* FactService::ListFacts(grpc::CallbackServerContext* context,
                                                 const v1::ListFactsRequest* request,
                                                 v1::ListFactsResponse* response) {
  return backend_.calls.Unary(context, "ListFacts", [=, this](const Call& call) {
    return rpc::ListFacts(backend_, *request, *response, call);
  });
}

}  // namespace keyscore::rpc
