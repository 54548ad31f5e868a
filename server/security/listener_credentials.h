// Who may listen where: loopback in the clear, everything else with TLS only.
#pragma once

#include <memory>
#include <string_view>

#include <grpcpp/security/server_credentials.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "config/config.h"

namespace keyscore::security {

// Whether only processes of this machine can reach the address: 127.0.0.0/8, [::1], localhost or
// unix:path.
bool IsLoopback(std::string_view address);

// OK if the private key's file is kept from strangers: not readable by everyone, not writable by
// group or everyone. PERMISSION_DENIED says which `chmod` mends it.
absl::Status CheckKeyFile(const std::string& path);

// Credentials of a listener. FAILED_PRECONDITION for an address beyond loopback without TLS; other
// codes name the file that can't be read or holds no PEM. No message holds what a file contains.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ListenerCredentials(
    const config::Listener& listener);

}  // namespace keyscore::security
