// One message in flight a stream.
#include "rpc/append_reactor.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <utility>

#include "keyscore/v1/fact_service.pb.h"
#include "rpc/error.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

constexpr char kMethod[] = "AppendFacts";

}  // namespace

AppendReactor::AppendReactor(Backend& backend, grpc::CallbackServerContext* context,
                             grpc::ByteBuffer* response)
    : backend_(backend),
      // A stream lasts as long as its client has batches: no default deadline.
      call_(context, absl::InfiniteFuture()),
      response_(response),
      session_(backend.store, backend.datasets,
               static_cast<size_t>(backend.config.limits.max_batch_rows)) {
  StartRead(&message_);
}

void AppendReactor::OnReadDone(bool ok) {
  Handler step;
  if (ok) {
    step = [this](const Call&) { return Take(); };
  } else {  // the client is done, or gone
    step = [this](const Call&) { return End(); };
  }
  WorkPool::Job job = [this, ok, step = std::move(step)]() mutable { Work(std::move(step), !ok); };
  if (!backend_.calls.pool().TryRun(job)) Finish(ToGrpcStatus(session_.InBatch(Overloaded())));
}

absl::Status AppendReactor::Take() {
  v1::AppendFactsRequest request;
  if (!grpc::SerializationTraits<v1::AppendFactsRequest>::Deserialize(&message_, &request).ok()) {
    return session_.InBatch(
        WithReason(absl::InvalidArgumentError("the message is no AppendFactsRequest; send it as "
                                              "keyscore/v1/fact_service.proto describes it"),
                   "MALFORMED_MESSAGE"));
  }
  return session_.Take(request);
}

absl::Status AppendReactor::End() {
  const auto response = session_.Finish();
  if (!response.ok()) return response.status();
  bool own_buffer = false;
  grpc::SerializationTraits<v1::AppendFactsResponse>::Serialize(*response, response_, &own_buffer);
  return absl::OkStatus();
}

void AppendReactor::Work(Handler step, bool last) {
  const absl::Status status = RunGuarded(kMethod, call_, step);
  // Either line may end the life of this object.
  if (last || !status.ok()) {
    Finish(ToGrpcStatus(status));
  } else {
    StartRead(&message_);
  }
}

}  // namespace keyscore::rpc
