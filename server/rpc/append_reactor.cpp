// A batch a message.
#include "rpc/append_reactor.h"

#include "keyscore/v1/fact_service.pb.h"

namespace keyscore::rpc {

AppendReactor::AppendReactor(Backend& backend, grpc::CallbackServerContext* context,
                             grpc::ByteBuffer* response)
    : UploadReactor(backend.calls, "AppendFacts", context, response),
      session_(backend.store, backend.sources, backend.datasets,
               static_cast<size_t>(backend.config.limits.max_batch_rows)) {
  Start();
}

absl::Status AppendReactor::Take(grpc::ByteBuffer& message) {
  v1::AppendFactsRequest request;
  const absl::Status parsed = Parse(message, request);
  return parsed.ok() ? session_.Take(request) : parsed;
}

absl::Status AppendReactor::End() {
  const auto response = session_.Finish();
  if (!response.ok()) return response.status();
  Reply(*response);
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
