// From gRPC's callbacks to handlers on the pool and back: deadlines, cancellation, exceptions,
// errors.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "rpc/work_pool.h"
#include "store/store.h"

namespace keyscore::rpc {

// What a handler knows of its call. Valid until the call is finished.
class Call {
 public:
  // `deadline` replaces the client's if it is earlier.
  Call(grpc::CallbackServerContext* context, absl::Time deadline);
  // Stands for several calls that wait for the same answer: `stopped` says when none does any more.
  explicit Call(store::StopFn stopped);

  // True once nobody waits for the answer any more.
  bool Stopped() const;
  store::StopFn stop() const;
  // CANCELLED or DEADLINE_EXCEEDED, for a call that is stopped.
  absl::Status StopStatus() const;

 private:
  grpc::CallbackServerContext* context_ = nullptr;
  absl::Time deadline_ = absl::InfiniteFuture();
  store::StopFn stopped_;  // where there is no context
};

using Handler = absl::AnyInvocable<absl::Status(const Call&)>;

// The status of `step`; what it throws is logged and becomes INTERNAL, or RESOURCE_EXHAUSTED for
// want of memory. `method` is for the log.
absl::Status Guarded(const char* method, absl::FunctionRef<absl::Status()> step);

// Writes down how a call went that began at `start`: as an error where that was our fault, else for
// debugging.
void LogCall(const char* method, const absl::Status& status, absl::Time start);

// Runs a handler where the caller stands. What it throws is logged and becomes INTERNAL; whatever
// error it returns once the call is stopped becomes StopStatus(). `method` is for the log.
absl::Status RunGuarded(const char* method, const Call& call, Handler& handler);

// RESOURCE_EXHAUSTED with a delay to retry after: what a call gets that finds the queue full.
absl::Status Overloaded();

// Starts calls.
class CallRunner {
 public:
  CallRunner(WorkPool& pool, absl::Duration default_deadline)
      : pool_(pool), default_deadline_(default_deadline) {}

  // To be returned by a unary callback method. The handler reads the request and fills the response
  // that the method was given; both live until it returns.
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, const char* method,
                                  Handler handler);
  // The same for work that takes long by nature: `limit` stands in for the default deadline.
  grpc::ServerUnaryReactor* UnaryWithin(absl::Duration limit, grpc::CallbackServerContext* context,
                                        const char* method, Handler handler);

  WorkPool& pool() { return pool_; }
  // When a call ends that begins now and whose client sets no earlier deadline.
  absl::Time Deadline() const;

 private:
  WorkPool& pool_;
  const absl::Duration default_deadline_;
};

}  // namespace keyscore::rpc
