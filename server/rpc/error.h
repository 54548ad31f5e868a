// The one place where an absl::Status becomes a gRPC status with google.rpc details.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace keyscore::rpc {

// Same code and message. Details: always one ErrorInfo (domain "keyscore", an upper-snake reason),
// a BadRequest when the field or fields at fault are known, a RetryInfo when a delay is.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace keyscore::rpc
