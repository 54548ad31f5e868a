// The gRPC side of InstallPlugin.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "rpc/backend.h"
#include "rpc/install_session.h"

namespace keyscore::rpc {

// As AppendReactor: one message at a time, worked on by the pool; parsed here, because a message
// that gRPC can't parse would look like the end of the file. Deletes itself.
class InstallReactor final : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  InstallReactor(Backend& backend, PluginChanges& changes, grpc::CallbackServerContext* context,
                 grpc::ByteBuffer* response);

  void OnReadDone(bool ok) override;
  void OnDone() override { delete this; }

 private:
  absl::Status Take();
  absl::Status End();
  // On the pool. At any time either a read or one of these is under way, never both.
  void Work(Handler step, bool last);

  Backend& backend_;
  const Call call_;
  grpc::ByteBuffer* const response_;
  InstallSession session_;
  grpc::ByteBuffer message_;
};

}  // namespace keyscore::rpc
