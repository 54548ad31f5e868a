// Whether somebody vouches for a file, by its digest or a signature. Signatures are Ed25519 (RFC
// 8032) over the file's bytes, as `openssl pkeyutl -sign -rawin` makes them.
#include "kpis/plugins/trust.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"

namespace keyscore::kpis {
namespace {

constexpr size_t kSignatureBytes = 64;

// OpenSSL's queue of errors is one for the thread: what is left in it, somebody else would report.
class ErrorMark {
 public:
  ErrorMark() { ERR_set_mark(); }
  ErrorMark(const ErrorMark&) = delete;
  ~ErrorMark() { ERR_pop_to_mark(); }
};

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key ReadKey(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  return {text == nullptr ? nullptr : PEM_read_bio_PUBKEY(text.get(), nullptr, nullptr, nullptr),
          &EVP_PKEY_free};
}

absl::StatusOr<Key> ReadEd25519(const std::string& pem) {
  constexpr char kMake[] =
      "make one with `openssl genpkey -algorithm ed25519 -out private.pem` and `openssl pkey "
      "-in private.pem -pubout -out public.pem`, and name public.pem";
  if (absl::StrContains(pem, "PRIVATE KEY-----")) {
    return absl::InvalidArgumentError(
        "has a private key in it, which belongs on the signer's machine alone: name the public "
        "key, `openssl pkey -in private.pem -pubout -out public.pem`");
  }
  Key key = ReadKey(pem);
  if (key == nullptr) {
    return absl::InvalidArgumentError(fmt::format("is no public key in PEM: {}", kMake));
  }
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) {
    const char* const type = EVP_PKEY_get0_type_name(key.get());
    return absl::InvalidArgumentError(fmt::format("is a key of type {}, not an Ed25519 one: {}",
                                                  type == nullptr ? "unknown" : type, kMake));
  }
  return key;
}

bool Verifies(EVP_PKEY* key, std::string_view content, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  return context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(content),
                          content.size()) == 1;
}

std::string SignatureFault(const std::vector<std::string>& keys, const std::string& content,
                           const std::string& signature) {
  if (signature.empty()) {
    return "it has no signature, and plugins.trusted_keys asks for one: make it with `openssl "
           "pkeyutl -sign -rawin -inkey private.pem -in FILE.so -out FILE.so.sig`";
  }
  if (signature.size() != kSignatureBytes) {
    return fmt::format(
        "its signature has {} bytes, an Ed25519 signature has {}: pass the file that `openssl "
        "pkeyutl -sign -rawin` writes, not hex or Base64 of it",
        signature.size(), kSignatureBytes);
  }
  for (const std::string& pem : keys) {
    const absl::StatusOr<Key> key = ReadEd25519(pem);
    if (key.ok() && Verifies(key->get(), content, signature)) return "";
  }
  return "its signature is by no key of plugins.trusted_keys, or of other content: sign this very "
         "file with the private key of one of them";
}

}  // namespace

absl::Status CheckTrust(const TrustOptions& options, const std::string& sha256,
                        const std::string& content, const std::string& signature) {
  const ErrorMark mark;
  std::vector<std::string> faults;
  if (!options.allowed_sha256.empty() &&
      std::none_of(options.allowed_sha256.begin(), options.allowed_sha256.end(),
                   [&](const std::string& allowed) {
                     return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(allowed), sha256);
                   })) {
    faults.push_back(fmt::format(
        "its digest is not on the list plugins.allowed_sha256: once you know whose file it is, "
        "add {}",
        sha256));
  }
  if (!options.trusted_keys.empty()) {
    std::string fault = SignatureFault(options.trusted_keys, content, signature);
    if (!fault.empty()) faults.push_back(std::move(fault));
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrJoin(faults, "\n"));
}

absl::Status CheckPublicKey(const std::string& pem) {
  const ErrorMark mark;
  return ReadEd25519(pem).status();
}

}  // namespace keyscore::kpis
