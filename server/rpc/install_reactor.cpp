// A piece of the file a message; the library is tried when it is whole.
#include "rpc/install_reactor.h"

#include "keyscore/v1/plugin_service.pb.h"

namespace keyscore::rpc {

InstallReactor::InstallReactor(Backend& backend, PluginChanges& changes,
                               grpc::CallbackServerContext* context, grpc::ByteBuffer* response)
    : UploadReactor(backend.calls, "InstallPlugin", context, response),
      session_(backend.plugins, changes, CallerOf(*context),
               backend.config.plugins.max_library_bytes) {
  Start();
}

absl::Status InstallReactor::Take(grpc::ByteBuffer& message) {
  v1::InstallPluginRequest request;
  const absl::Status parsed = Parse(message, request);
  return parsed.ok() ? session_.Take(request) : parsed;
}

absl::Status InstallReactor::End() {
  const auto response = session_.Finish(call().stop());
  if (!response.ok()) return response.status();
  Reply(*response);
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
