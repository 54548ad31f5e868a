// Why a listener could not be opened: gRPC does not tell.
#pragma once

#include "absl/status/status.h"
#include "config/config.h"

namespace keyscore::rpc {

// Tries to bind the address and says what the system said; OK if that works now. For a listener
// with TLS it is the certificate and key then.
absl::Status ListenFault(const config::Listener& listener);

}  // namespace keyscore::rpc
