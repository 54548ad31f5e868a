// One message in flight a stream.
#include "rpc/upload_reactor.h"

#include <fmt/format.h>

#include <utility>

#include "absl/time/time.h"
#include "rpc/error.h"
#include "rpc/fault.h"

namespace keyscore::rpc {

UploadReactor::UploadReactor(CallRunner& calls, const char* method,
                             grpc::CallbackServerContext* context, grpc::ByteBuffer* response)
    : pool_(calls.pool()),
      method_(method),
      call_(context, absl::InfiniteFuture()),
      response_(response) {}

void UploadReactor::OnReadDone(bool ok) {
  Handler step;
  if (ok) {
    step = [this](const Call&) { return Take(message_); };
  } else {
    step = [this](const Call&) { return End(); };
  }
  WorkPool::Job job = [this, ok, step = std::move(step)]() mutable { Work(std::move(step), !ok); };
  if (!pool_.TryRun(job)) Finish(ToGrpcStatus(Described(Overloaded())));
}

absl::Status UploadReactor::Malformed(const std::string& expected) {
  return WithReason(
      absl::InvalidArgumentError(fmt::format(
          "the message is no {}; send it as the API's .proto files describe it", expected)),
      "MALFORMED_MESSAGE");
}

void UploadReactor::Work(Handler step, bool last) {
  const absl::Status status = RunGuarded(method_, call_, step);
  // Either line may end the life of this object.
  if (last || !status.ok()) {
    Finish(ToGrpcStatus(status));
  } else {
    StartRead(&message_);
  }
}

}  // namespace keyscore::rpc
