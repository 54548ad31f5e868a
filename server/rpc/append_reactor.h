// The gRPC side of AppendFacts.
#pragma once

#include "absl/status/status.h"
#include "rpc/append_session.h"
#include "rpc/backend.h"
#include "rpc/upload_reactor.h"

namespace keyscore::rpc {

class AppendReactor final : public UploadReactor {
 public:
  AppendReactor(Backend& backend, grpc::CallbackServerContext* context, grpc::ByteBuffer* response);

 private:
  absl::Status Take(grpc::ByteBuffer& message) override;
  absl::Status End() override;
  absl::Status Described(const absl::Status& status) const override {
    return session_.InBatch(status);
  }
  absl::Status Settled(const absl::Status& status) override { return session_.Fail(status); }

  AppendSession session_;
};

}  // namespace keyscore::rpc
