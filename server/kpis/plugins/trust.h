// Whether a library file may be considered at all: whose it is, and who vouches for it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace keyscore::kpis {

// Each requirement that is set must be met; they don't stand in for one another.
struct TrustOptions {
  std::vector<std::string> allowed_sha256;  // hex; empty = any
  std::vector<std::string> trusted_keys;    // PEM text of Ed25519 public keys; empty = no signature
};

// The file of a plugin directory, and the directory, must belong to root or to this process's user
// and be writable by nobody else. FAILED_PRECONDITION names what is wrong and the command to mend
// it.
absl::Status CheckOwnership(const std::string& path);

// Digest (hex) on the list and a good signature (64 bytes over `content`), where asked for.
// FAILED_PRECONDITION lists what is missing, one a line.
absl::Status CheckTrust(const TrustOptions& options, const std::string& sha256,
                        const std::string& content, const std::string& signature);

// INVALID_ARGUMENT for text that is no Ed25519 public key in PEM.
absl::Status CheckPublicKey(const std::string& pem);

}  // namespace keyscore::kpis
