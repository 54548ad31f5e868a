// The edge where a call meets the pool.
#include "rpc/call.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "absl/time/clock.h"
#include "rpc/error.h"
#include "rpc/fault.h"
#include "telemetry/log.h"

namespace keyscore::rpc {
namespace {

constexpr absl::Duration kRetryDelay = absl::Milliseconds(500);

absl::Status Crashed(const char* method, const char* what) {
  telemetry::LogError(fmt::format("{} threw: {}", method, what));
  return WithReason(absl::InternalError("the server failed at this call; its log says more"),
                    "UNEXPECTED_FAILURE");
}

}  // namespace

Call::Call(grpc::CallbackServerContext* context, absl::Time deadline)
    : context_(context), deadline_(std::min(deadline, absl::FromChrono(context->deadline()))) {}

Call::Call(store::StopFn stopped) : stopped_(std::move(stopped)) {}

bool Call::Stopped() const {
  if (context_ == nullptr) return stopped_();
  return context_->IsCancelled() || absl::Now() >= deadline_;
}

store::StopFn Call::stop() const {
  if (context_ == nullptr) return stopped_;
  return [call = *this] { return call.Stopped(); };
}

absl::Status Call::StopStatus() const {
  return absl::Now() >= deadline_
             ? absl::DeadlineExceededError("the call took longer than its deadline allows")
             : absl::CancelledError("the client cancelled the call, or the server is stopping");
}

absl::Status Guarded(const char* method, absl::FunctionRef<absl::Status()> step) {
  try {
    return step();
  } catch (const std::bad_alloc&) {
    return WithReason(absl::ResourceExhaustedError("the call needs more memory than there is"),
                      "OUT_OF_MEMORY");
  } catch (const std::exception& thrown) {
    return Crashed(method, thrown.what());
  } catch (...) {
    return Crashed(method, "something that is no std::exception");
  }
}

void LogCall(const char* method, const absl::Status& status, absl::Time start) {
  const bool ours = absl::IsInternal(status) || absl::IsDataLoss(status) || absl::IsUnknown(status);
  const telemetry::Level level = ours ? telemetry::Level::kError : telemetry::Level::kDebug;
  if (!telemetry::Enabled(level)) return;
  telemetry::Log(
      level, fmt::format("{}: {} in {:.1f} ms{}{}", method, absl::StatusCodeToString(status.code()),
                         absl::ToDoubleMilliseconds(absl::Now() - start), status.ok() ? "" : ": ",
                         std::string(status.message())));
}

absl::Status RunGuarded(const char* method, const Call& call, Handler& handler) {
  const absl::Time start = absl::Now();
  absl::Status status =
      Guarded(method, [&] { return call.Stopped() ? call.StopStatus() : handler(call); });
  if (!status.ok() && call.Stopped()) status = call.StopStatus();
  LogCall(method, status, start);
  return status;
}

absl::Status Overloaded() {
  return WithRetry(WithReason(absl::ResourceExhaustedError(
                                  "the server has more calls waiting than it takes; try again"),
                              "SERVER_OVERLOADED"),
                   kRetryDelay);
}

absl::Time CallRunner::Deadline() const { return absl::Now() + default_deadline_; }

grpc::ServerUnaryReactor* CallRunner::Unary(grpc::CallbackServerContext* context,
                                            const char* method, Handler handler) {
  return UnaryWithin(default_deadline_, context, method, std::move(handler));
}

grpc::ServerUnaryReactor* CallRunner::UnaryWithin(absl::Duration limit,
                                                  grpc::CallbackServerContext* context,
                                                  const char* method, Handler handler) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const Call call(context, absl::Now() + limit);
  WorkPool::Job job = [reactor, call, method, handler = std::move(handler)]() mutable {
    reactor->Finish(ToGrpcStatus(RunGuarded(method, call, handler)));
  };
  if (!pool_.TryRun(job)) reactor->Finish(ToGrpcStatus(Overloaded()));
  return reactor;
}

}  // namespace keyscore::rpc
