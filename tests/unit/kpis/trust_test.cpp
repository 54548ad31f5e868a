// Whose files are taken in: every way in which another than the admin could have written one.
#include "kpis/plugins/trust.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/kpis/test_plugins.h"

namespace keyscore::kpis {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// What it says against the file; empty = nothing.
std::string Fault(const absl::Status& status) {
  if (status.ok()) return "";
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  return std::string(status.message());
}

class OwnershipTest : public ::testing::Test {
 protected:
  OwnershipTest() {
    chmod(folder_.path().c_str(), 0755);
    Allow(0644);
  }
  void Allow(mode_t mode) const { chmod(file_.c_str(), mode); }
  std::string Fault() const { return kpis::Fault(CheckOwnership(file_)); }

  ScratchFolder folder_;
  std::string file_ = folder_.Write("acme.so", "a library");
};

TEST_F(OwnershipTest, TakesWhatOnlyItsOwnerMayChange) {
  for (const mode_t mode : {0400, 0500, 0600, 0644, 0755}) {
    Allow(mode);
    EXPECT_EQ(Fault(), "") << std::oct << mode;
  }
}

TEST_F(OwnershipTest, RefusesAFileThatOthersMayChange) {
  Allow(0664);
  EXPECT_EQ(Fault(), file_ + " may be written to by its group (mode 0664): chmod go-w " + file_);
  Allow(0646);
  EXPECT_THAT(Fault(), HasSubstr("by everybody (mode 0646)"));
  Allow(0666);
  EXPECT_THAT(Fault(), HasSubstr("by its group and everybody (mode 0666)"));
}

TEST_F(OwnershipTest, RefusesAFolderThatOthersMayChange) {
  const std::string folder = folder_.path();
  for (const mode_t mode : {0775, 0757, 01777}) {
    chmod(folder.c_str(), mode);
    EXPECT_THAT(Fault(), AllOf(StartsWith(folder + " may be written to by"),
                               HasSubstr(": chmod go-w " + folder)))
        << std::oct << mode;
  }
}

TEST_F(OwnershipTest, NamesAllFaultsAtOnce) {
  Allow(0666);
  chmod(folder_.path().c_str(), 0777);
  EXPECT_THAT(Fault(), AllOf(HasSubstr("chmod go-w " + file_ + "\n"),
                             HasSubstr("chmod go-w " + folder_.path().string())));
}

TEST_F(OwnershipTest, RefusesWhatBelongsToAnother) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  ASSERT_EQ(chown(file_.c_str(), 12345, 0), 0);
  EXPECT_THAT(Fault(),
              AllOf(StartsWith(file_ + " belongs to user 12345"), HasSubstr(": chown 0 " + file_)));
  ASSERT_EQ(chown(file_.c_str(), 0, 0), 0);
  ASSERT_EQ(chown(folder_.path().c_str(), 12345, 0), 0);
  EXPECT_THAT(Fault(), StartsWith(folder_.path().string() + " belongs to user 12345"));
}

TEST_F(OwnershipTest, RefusesWhatIsNoFile) {
  const std::string link = folder_ / "link.so";
  std::filesystem::create_symlink(file_, link);
  EXPECT_THAT(kpis::Fault(CheckOwnership(link)), HasSubstr("link.so is a symbolic link"));
  const std::string fifo = folder_ / "fifo.so";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(kpis::Fault(CheckOwnership(fifo)), HasSubstr("fifo.so is no regular file"));
  EXPECT_THAT(kpis::Fault(CheckOwnership(folder_ / "none.so")),
              HasSubstr("none.so can't be opened: No such file"));
}

TEST_F(OwnershipTest, QuotesTheNameForAShell) {
  const std::string odd = folder_.Write("it's; $odd.so", "");
  chmod(odd.c_str(), 0666);
  EXPECT_THAT(kpis::Fault(CheckOwnership(odd)),
              HasSubstr("chmod go-w '" + folder_.path().string() + "/it'\\''s; $odd.so'"));
}

constexpr char kDigest[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr char kOther[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(DigestTest, TakesWhatIsOnTheList) {
  EXPECT_EQ(Fault(CheckTrust({}, kDigest, "abc", "")), "");
  EXPECT_EQ(Fault(CheckTrust({.allowed_sha256 = {kOther, kDigest}}, kDigest, "abc", "")), "");
  EXPECT_EQ(
      Fault(CheckTrust({.allowed_sha256 = {absl::AsciiStrToUpper(kDigest)}}, kDigest, "abc", "")),
      "");
}

TEST(DigestTest, RefusesWhatIsNot) {
  EXPECT_THAT(Fault(CheckTrust({.allowed_sha256 = {kOther}}, kDigest, "abc", "")),
              AllOf(HasSubstr("plugins.allowed_sha256"), HasSubstr(kDigest)));
  // The beginning of a digest is none.
  EXPECT_NE(Fault(CheckTrust({.allowed_sha256 = {std::string(kDigest).substr(0, 63)}}, kDigest,
                             "abc", "")),
            "");
}

// A key pair made here.
class Signer {
 public:
  explicit Signer(const char* type = "ED25519")
      : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, type), &EVP_PKEY_free) {}

  std::string Public() const {
    return Text([this](BIO* out) { PEM_write_bio_PUBKEY(out, key_.get()); });
  }
  std::string Private() const {
    return Text([this](BIO* out) {
      PEM_write_bio_PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  std::string Sign(const std::string& content) const {
    std::string signature(64, '\0');
    size_t size = signature.size();
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key_.get());
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                   reinterpret_cast<const unsigned char*>(content.data()), content.size());
    EVP_MD_CTX_free(context);
    signature.resize(size);
    return signature;
  }

 private:
  template <typename Write>
  static std::string Text(const Write& write) {
    BIO* const out = BIO_new(BIO_s_mem());
    write(out);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out, &bytes);
    std::string text(bytes, static_cast<size_t>(size));
    BIO_free(out);
    return text;
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

class SignatureTest : public ::testing::Test {
 protected:
  std::string Fault(const std::string& content, const std::string& signature) const {
    return kpis::Fault(CheckTrust({.trusted_keys = {other_.Public(), signer_.Public()}}, kDigest,
                                  content, signature));
  }

  Signer signer_;
  Signer other_;
  const std::string library_ = "the bytes of a library";
};

TEST_F(SignatureTest, TakesWhatAnyOfTheKeysSigned) {
  EXPECT_EQ(Fault(library_, signer_.Sign(library_)), "");
  EXPECT_EQ(Fault(library_, other_.Sign(library_)), "");
  // Signatures are not looked at where no key is trusted.
  EXPECT_EQ(kpis::Fault(CheckTrust({}, kDigest, library_, "nonsense")), "");
}

TEST_F(SignatureTest, RefusesWhatAStrangerSigned) {
  EXPECT_THAT(Fault(library_, Signer().Sign(library_)),
              HasSubstr("by no key of plugins.trusted_keys"));
}

TEST_F(SignatureTest, RefusesContentThatWasChanged) {
  const std::string signature = signer_.Sign(library_);
  EXPECT_THAT(Fault(library_ + "!", signature), HasSubstr("of other content"));
  EXPECT_THAT(Fault("", signature), HasSubstr("of other content"));
  std::string bent = signature;
  bent[10] = static_cast<char>(bent[10] ^ 1);
  EXPECT_THAT(Fault(library_, bent), HasSubstr("by no key of"));
}

TEST_F(SignatureTest, AsksForOneInTheRightForm) {
  EXPECT_THAT(Fault(library_, ""), HasSubstr("openssl pkeyutl -sign -rawin"));
  EXPECT_THAT(Fault(library_, absl::BytesToHexString(signer_.Sign(library_))),
              HasSubstr("has 128 bytes"));
}

TEST_F(SignatureTest, IsNoStandInForTheDigest) {
  const TrustOptions options{.allowed_sha256 = {kOther}, .trusted_keys = {signer_.Public()}};
  EXPECT_THAT(kpis::Fault(CheckTrust(options, kDigest, library_, signer_.Sign(library_))),
              AllOf(HasSubstr("allowed_sha256"), Not(HasSubstr("signature"))));
  EXPECT_THAT(kpis::Fault(CheckTrust(options, kDigest, library_, "")),
              AllOf(HasSubstr("allowed_sha256"), HasSubstr("\nit has no signature")));
}

TEST_F(SignatureTest, TakesWhatTheOpensslCommandSigned) {
  const ScratchFolder folder;
  const std::string at = folder.path();
  folder.Write("acme.so", library_);
  const std::string commands = "cd " + at +
                               " && openssl genpkey -algorithm ed25519 -out private.pem"
                               " && openssl pkey -in private.pem -pubout -out public.pem"
                               " && openssl pkeyutl -sign -rawin -inkey private.pem -in acme.so"
                               " -out acme.so.sig 2>/dev/null";
  if (std::system(commands.c_str()) != 0) GTEST_SKIP() << "no openssl command here";
  const auto read = [&folder](const char* name) {
    std::ifstream file(folder / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const TrustOptions options{.trusted_keys = {read("public.pem")}};
  EXPECT_EQ(kpis::Fault(CheckTrust(options, kDigest, library_, read("acme.so.sig"))), "");
  EXPECT_NE(kpis::Fault(CheckTrust(options, kDigest, library_ + " ", read("acme.so.sig"))), "");
}

TEST(PublicKeyTest, MustBeOneOfEd25519) {
  EXPECT_TRUE(CheckPublicKey(Signer().Public()).ok());
  const auto fault = [](const std::string& pem) {
    const absl::Status status = CheckPublicKey(pem);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_THAT(fault("not a key"), HasSubstr("openssl genpkey -algorithm ed25519"));
  EXPECT_THAT(fault(""), HasSubstr("no public key in PEM"));
  EXPECT_THAT(fault(Signer("X25519").Public()), HasSubstr("type X25519"));
  EXPECT_THAT(fault(Signer().Private()), HasSubstr("has a private key in it"));
}

}  // namespace
}  // namespace keyscore::kpis
