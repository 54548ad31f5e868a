// Operations over the wire.
#include "rpc/operations_service.h"

#include <algorithm>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "rpc/fault.h"
#include "rpc/page_token.h"

namespace keyscore::rpc {
namespace {

namespace lro = google::longrunning;

constexpr absl::Duration kLongestWait = absl::Seconds(30);
// A call that waits holds a thread of the pool. Where a part of them does already, the next call
// waits just this long: WaitOperation may answer before its time.
constexpr absl::Duration kShortWait = absl::Milliseconds(100);
constexpr int64_t kFewestThreads = 16;  // of the pool, where the configuration names no number
constexpr int64_t kThreadsPerLongWait = 4;

int64_t LongWaits(const config::Limits& limits) {
  const int64_t threads = limits.worker_threads > 0 ? limits.worker_threads : kFewestThreads;
  return threads / kThreadsPerLongWait;
}

absl::StatusOr<absl::Duration> TimeoutOf(const lro::WaitOperationRequest& request) {
  if (!request.has_timeout()) return kLongestWait;
  const auto& timeout = request.timeout();
  const absl::Duration wait = absl::Seconds(timeout.seconds()) + absl::Nanoseconds(timeout.nanos());
  if (wait < absl::ZeroDuration()) {
    return InvalidField("timeout", "must not be negative; leave it out to wait for up to 30 s");
  }
  return std::min(wait, kLongestWait);
}

absl::Status List(Operations& operations, const lro::ListOperationsRequest& request,
                  lro::ListOperationsResponse& response) {
  if (!request.filter().empty()) {
    return InvalidField("filter", "operations can't be filtered; leave it empty");
  }
  if (!request.name().empty() && request.name() != "operations") {
    return InvalidField("name", "is the collection that is listed: operations, or empty");
  }
  const std::vector<lro::Operation> all = operations.List();
  const auto page = PageOf(request, request.page_size(), request.page_token(), all.size());
  if (!page.ok()) return page.status();
  for (size_t i = page->begin; i < page->end; ++i) *response.add_operations() = all[i];
  response.set_next_page_token(page->next_page_token);
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* OperationsService::ListOperations(
    grpc::CallbackServerContext* context, const lro::ListOperationsRequest* request,
    lro::ListOperationsResponse* response) {
  return backend_.calls.Unary(context, "ListOperations", [=, this](const Call&) {
    return List(backend_.operations, *request, *response);
  });
}

grpc::ServerUnaryReactor* OperationsService::GetOperation(grpc::CallbackServerContext* context,
                                                          const lro::GetOperationRequest* request,
                                                          lro::Operation* response) {
  return backend_.calls.Unary(context, "GetOperation", [=, this](const Call&) {
    auto operation = backend_.operations.Get(request->name());
    if (operation.ok()) *response = *std::move(operation);
    return operation.status();
  });
}

grpc::ServerUnaryReactor* OperationsService::DeleteOperation(
    grpc::CallbackServerContext* context, const lro::DeleteOperationRequest* request,
    google::protobuf::Empty*) {
  return backend_.calls.Unary(context, "DeleteOperation", [=, this](const Call&) {
    return backend_.operations.Delete(request->name());
  });
}

grpc::ServerUnaryReactor* OperationsService::CancelOperation(
    grpc::CallbackServerContext* context, const lro::CancelOperationRequest* request,
    google::protobuf::Empty*) {
  return backend_.calls.Unary(context, "CancelOperation", [=, this](const Call&) {
    return backend_.operations.Cancel(request->name());
  });
}

grpc::ServerUnaryReactor* OperationsService::WaitOperation(grpc::CallbackServerContext* context,
                                                           const lro::WaitOperationRequest* request,
                                                           lro::Operation* response) {
  // Longer than the longest wait, so that its end is an answer and no DEADLINE_EXCEEDED.
  return backend_.calls.UnaryWithin(
      2 * kLongestWait, context, "WaitOperation", [=, this](const Call& call) -> absl::Status {
        absl::StatusOr<absl::Duration> wait = TimeoutOf(*request);
        if (!wait.ok()) return wait.status();
        const int64_t others = waits_.fetch_add(1);
        const auto done = absl::MakeCleanup([this] { waits_.fetch_sub(1); });
        if (others >= LongWaits(backend_.config.limits)) *wait = std::min(*wait, kShortWait);
        auto operation =
            backend_.operations.Wait(request->name(), absl::Now() + *wait, call.stop());
        if (operation.ok()) *response = *std::move(operation);
        return operation.status();
      });
}

}  // namespace keyscore::rpc
