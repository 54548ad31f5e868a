// Who is calling, and whether that one may change how the server works.
#pragma once

#include <grpcpp/server_context.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace keyscore::rpc {

struct Caller {
  // Of the client's certificate, which the listener has verified. Both empty = it showed none.
  std::string common_name;
  std::string alternative_name;  // the first of its subject alternative names
  bool certified = false;
  bool local = false;   // connected from loopback or through a socket of the file system
  std::string claimed;  // what it calls itself (metadata keyscore-user); nobody has checked that
};

Caller CallerOf(const grpc::ServerContextBase& context);

// Whether `peer` (as gRPC writes it: ipv4:127.0.0.1:5000, ipv6:[::1]:5000, unix:/path) is on this
// machine.
bool IsLocalPeer(std::string_view peer);

// For the audit log: the certificate's name; else "NAME (unverified)", else "anonymous". One line
// of at most 200 bytes.
std::string AuthorOf(const Caller& caller);

// OK: a caller with a certificate, or a local one; where `admins` isn't empty, one whose
// certificate has one of these common names, and nobody else. PERMISSION_DENIED (NOT_AN_ADMIN) says
// what is needed: `what` may not be changed, `key` is where the configuration names the admins.
absl::Status MayAdminister(const Caller& caller, const std::vector<std::string>& admins,
                           std::string_view what, std::string_view key);

// INVALID_ARGUMENT for the reason of a change that can't be kept.
absl::Status CheckReason(const std::string& field, const std::string& reason);

}  // namespace keyscore::rpc
