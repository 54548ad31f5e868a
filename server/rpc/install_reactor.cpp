// One message in flight a stream.
#include "rpc/install_reactor.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <utility>

#include "keyscore/v1/plugin_service.pb.h"
#include "rpc/error.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

constexpr char kMethod[] = "InstallPlugin";

}  // namespace

InstallReactor::InstallReactor(Backend& backend, PluginChanges& changes,
                               grpc::CallbackServerContext* context, grpc::ByteBuffer* response)
    : backend_(backend),
      // Checking a library takes as long as it takes: no default deadline.
      call_(context, absl::InfiniteFuture()),
      response_(response),
      session_(backend.plugins, changes, CallerOf(*context),
               backend.config.plugins.max_library_bytes) {
  StartRead(&message_);
}

void InstallReactor::OnReadDone(bool ok) {
  Handler step;
  if (ok) {
    step = [this](const Call&) { return Take(); };
  } else {  // the client is done, or gone
    step = [this](const Call&) { return End(); };
  }
  WorkPool::Job job = [this, ok, step = std::move(step)]() mutable { Work(std::move(step), !ok); };
  if (!backend_.calls.pool().TryRun(job)) Finish(ToGrpcStatus(Overloaded()));
}

absl::Status InstallReactor::Take() {
  v1::InstallPluginRequest request;
  if (!grpc::SerializationTraits<v1::InstallPluginRequest>::Deserialize(&message_, &request).ok()) {
    return WithReason(
        absl::InvalidArgumentError("the message is no InstallPluginRequest; send it "
                                   "as keyscore/v1/plugin_service.proto describes it"),
        "MALFORMED_MESSAGE");
  }
  return session_.Take(request);
}

absl::Status InstallReactor::End() {
  const auto response = session_.Finish(call_.stop());
  if (!response.ok()) return response.status();
  bool own_buffer = false;
  grpc::SerializationTraits<v1::InstallPluginResponse>::Serialize(*response, response_,
                                                                  &own_buffer);
  return absl::OkStatus();
}

void InstallReactor::Work(Handler step, bool last) {
  const absl::Status status = RunGuarded(kMethod, call_, step);
  // Either line may end the life of this object.
  if (last || !status.ok()) {
    Finish(ToGrpcStatus(status));
  } else {
    StartRead(&message_);
  }
}

}  // namespace keyscore::rpc
