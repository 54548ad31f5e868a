// Reads PEM files and turns them into gRPC credentials.
#include "security/listener_credentials.h"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace keyscore::security {
namespace {

absl::StatusOr<std::string> ReadPem(const std::string& path, const char* what) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return absl::ErrnoToStatus(errno == 0 ? EIO : errno,
                               absl::StrCat("the ", what, " ", path, " can't be read"));
  }
  if (!absl::StrContains(text.str(), "-----BEGIN ")) {
    return absl::InvalidArgumentError(absl::StrCat("the ", what, " ", path, " holds no PEM block"));
  }
  return text.str();
}

}  // namespace

bool IsLoopback(std::string_view address) {
  if (address.starts_with("unix:")) return true;
  const std::string_view host = address.substr(0, address.rfind(':'));
  if (host == "localhost" || host == "[::1]") return true;
  const std::vector<std::string> parts = absl::StrSplit(std::string(host), '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  for (const std::string& part : parts) {
    int octet = 0;
    if (!absl::SimpleAtoi(part, &octet) || octet < 0 || octet > 255) return false;
  }
  return true;
}

absl::Status CheckKeyFile(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("the TLS key ", path, " can't be read"));
  }
  if ((info.st_mode & (S_IRWXO | S_IWGRP)) == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat(
      "the TLS key ", path, " is open to others than its owner and group; run chmod 640 on it"));
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ListenerCredentials(
    const config::Listener& listener) {
  if (!listener.tls.has_value()) {
    if (IsLoopback(listener.address)) return grpc::InsecureServerCredentials();
    return absl::FailedPreconditionError(absl::StrCat(
        "refusing to listen on ", listener.address,
        " without TLS: whoever reaches the port could "
        "read and write every fact. Give this listener tls.certificate and tls.key in the "
        "configuration file, or listen on 127.0.0.1"));
  }
  const config::Tls& tls = *listener.tls;
  if (absl::Status status = CheckKeyFile(tls.key); !status.ok()) return status;
  absl::StatusOr<std::string> certificate = ReadPem(tls.certificate, "TLS certificate");
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<std::string> key = ReadPem(tls.key, "TLS key");
  if (!key.ok()) return key.status();

  grpc::SslServerCredentialsOptions options(
      tls.client_ca.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                            : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_key_cert_pairs.push_back({*std::move(key), *std::move(certificate)});
  if (!tls.client_ca.empty()) {
    absl::StatusOr<std::string> roots = ReadPem(tls.client_ca, "TLS client CA");
    if (!roots.ok()) return roots.status();
    options.pem_root_certs = *std::move(roots);
  }
  return grpc::SslServerCredentials(options);
}

}  // namespace keyscore::security
