// The gRPC side of AppendFacts.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "rpc/append_session.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

// Reads a message, hands it to the pool, and reads the next one only when it is done: a client that
// sends faster than the store writes is slowed down by flow control, and a stream holds one
// message. Deletes itself when gRPC is done with it.
//
// Messages are parsed here and not by gRPC, for which a message that can't be parsed is the end of
// the stream: what follows it would be lost without a word.
class AppendReactor final : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  AppendReactor(Backend& backend, grpc::CallbackServerContext* context, grpc::ByteBuffer* response);

  void OnReadDone(bool ok) override;
  void OnDone() override { delete this; }

 private:
  absl::Status Take();
  absl::Status End();
  // On the pool. At any time either a read or one of these is under way, never both, so the members
  // need no lock and Finish() is called once.
  void Work(Handler step, bool last);

  Backend& backend_;
  const Call call_;
  grpc::ByteBuffer* const response_;
  AppendSession session_;
  grpc::ByteBuffer message_;
};

}  // namespace keyscore::rpc
