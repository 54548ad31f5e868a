// From certificates and addresses to names and decisions.
#include "rpc/caller.h"

#include <fmt/format.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_replace.h"
#include "facts/utf8.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

constexpr char kUserKey[] = "keyscore-user";
constexpr size_t kMaxNameBytes = 150;
constexpr size_t kMaxReasonBytes = 1'000;

std::string Property(const grpc::AuthContext& context, const char* name) {
  const auto values = context.FindPropertyValues(name);
  return values.empty() ? "" : std::string(values[0].data(), values[0].size());
}

// Names come from outside: what is no text, or could play with a reader's terminal, is left out.
std::string Clean(std::string name) {
  if (name.size() > kMaxNameBytes || !facts::IsStorableUtf8(name)) return "";
  const bool control = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return control ? "" : name;
}

}  // namespace

bool IsLocalPeer(std::string_view peer) {
  if (peer.starts_with("unix:") || peer.starts_with("unix-abstract:")) return true;
  if (peer.starts_with("ipv4:127.")) return true;
  // Newer versions of gRPC escape the brackets.
  const std::string plain = absl::StrReplaceAll(std::string(peer), {{"%5B", "["}, {"%5D", "]"}});
  return plain.starts_with("ipv6:[::1]:") || plain.starts_with("ipv6:[::ffff:127.");
}

Caller CallerOf(const grpc::ServerContextBase& context) {
  Caller caller;
  if (const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
      auth != nullptr && auth->IsPeerAuthenticated()) {
    caller.certified = true;
    caller.common_name = Property(*auth, GRPC_X509_CN_PROPERTY_NAME);
    caller.alternative_name = Property(*auth, GRPC_X509_SAN_PROPERTY_NAME);
  }
  caller.local = IsLocalPeer(context.peer());
  const auto& metadata = context.client_metadata();
  if (const auto user = metadata.find(kUserKey); user != metadata.end()) {
    caller.claimed = std::string(user->second.data(), user->second.size());
  }
  return caller;
}

std::string AuthorOf(const Caller& caller) {
  if (caller.certified) {
    for (const std::string& name : {caller.common_name, caller.alternative_name}) {
      if (std::string clean = Clean(name); !clean.empty()) return clean;
    }
    return "a certificate without a name";
  }
  const std::string claimed = Clean(caller.claimed);
  return claimed.empty() ? "anonymous" : fmt::format("{} (unverified)", claimed);
}

absl::Status MayAdminister(const Caller& caller, const std::vector<std::string>& admins,
                           std::string_view what, std::string_view key) {
  const bool named = caller.certified && !caller.common_name.empty() &&
                     std::find(admins.begin(), admins.end(), caller.common_name) != admins.end();
  if (admins.empty() ? caller.certified || caller.local : named) return absl::OkStatus();
  const std::string needed =
      admins.empty()
          ? "connect from the server's own machine, or show a client certificate to a listener "
            "that asks for one (tls.client_ca)"
          : fmt::format(
                "show a client certificate whose common name the server's configuration "
                "lists under {}",
                key);
  return WithReason(absl::PermissionDeniedError(
                        fmt::format("{} may not change {}; {}", AuthorOf(caller), what, needed)),
                    "NOT_AN_ADMIN");
}

absl::Status CheckReason(const std::string& field, const std::string& reason) {
  if (reason.size() > kMaxReasonBytes) {
    return InvalidField(
        field, fmt::format("has {} bytes, at most {} are kept", reason.size(), kMaxReasonBytes));
  }
  if (!facts::IsStorableUtf8(reason)) return InvalidField(field, "is no valid UTF-8");
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
