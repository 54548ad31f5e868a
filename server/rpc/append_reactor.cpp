// One message in flight a stream.
#include "rpc/append_reactor.h"

#include <utility>

#include "rpc/error.h"

namespace keyscore::rpc {
namespace {

constexpr char kMethod[] = "AppendFacts";

}  // namespace

AppendReactor::AppendReactor(Backend& backend, grpc::CallbackServerContext* context,
                             v1::AppendFactsResponse* response)
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
    step = [this](const Call&) { return session_.Take(message_); };
  } else {  // the client is done, or gone
    step = [this](const Call&) -> absl::Status {
      auto response = session_.Finish();
      if (response.ok()) *response_ = *std::move(response);
      return response.status();
    };
  }
  WorkPool::Job job = [this, ok, step = std::move(step)]() mutable { Work(std::move(step), !ok); };
  if (!backend_.calls.pool().TryRun(job)) Finish(ToGrpcStatus(session_.InBatch(Overloaded())));
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
