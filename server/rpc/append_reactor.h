// The gRPC side of AppendFacts.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "keyscore/v1/fact_service.pb.h"
#include "rpc/append_session.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

// Reads a message, hands it to the pool, and reads the next one only when it is done: a client that
// sends faster than the store writes is slowed down by flow control, and a stream holds one
// message. Deletes itself when gRPC is done with it.
class AppendReactor final : public grpc::ServerReadReactor<v1::AppendFactsRequest> {
 public:
  AppendReactor(Backend& backend, grpc::CallbackServerContext* context,
                v1::AppendFactsResponse* response);

  void OnReadDone(bool ok) override;
  void OnDone() override { delete this; }

 private:
  // On the pool. At any time either a read or one of these is under way, never both, so the members
  // need no lock and Finish() is called once.
  void Work(Handler step, bool last);

  Backend& backend_;
  const Call call_;
  v1::AppendFactsResponse* const response_;
  AppendSession session_;
  v1::AppendFactsRequest message_;
};

}  // namespace keyscore::rpc
