// The gRPC side of InstallPlugin.
#pragma once

#include "absl/status/status.h"
#include "rpc/backend.h"
#include "rpc/install_session.h"
#include "rpc/upload_reactor.h"

namespace keyscore::rpc {

class InstallReactor final : public UploadReactor {
 public:
  InstallReactor(Backend& backend, PluginChanges& changes, grpc::CallbackServerContext* context,
                 grpc::ByteBuffer* response);

 private:
  absl::Status Take(grpc::ByteBuffer& message) override;
  absl::Status End() override;

  InstallSession session_;
};

}  // namespace keyscore::rpc
