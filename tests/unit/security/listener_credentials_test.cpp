// Who may listen in the clear, and whose keys are taken.
#include "security/listener_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace keyscore::security {
namespace {

std::string MakeFile(const std::string& name, mode_t mode, const std::string& text) {
  const std::string path = testing::TempDir() + name;
  std::ofstream(path) << text;
  chmod(path.c_str(), mode);
  return path;
}

TEST(LoopbackTest, KnowsLoopbackFromTheRest) {
  for (const char* address : {"127.0.0.1:1", "127.8.9.10:0", "[::1]:1", "localhost:1", "unix:/x"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
  }
  for (const char* address : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.0.0.1.evil.com:1",
                              "127.0.0.256:1", "localhost.evil.com:1"}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
}

TEST(ListenerTest, BeyondLoopbackNeedsTls) {
  const auto credentials = ListenerCredentials({.address = "0.0.0.0:1", .tls = std::nullopt});
  EXPECT_TRUE(absl::IsFailedPrecondition(credentials.status()));
  EXPECT_THAT(std::string(credentials.status().message()), testing::HasSubstr("tls.certificate"));
}

TEST(KeyFileTest, WorldReadableKeyIsRefused) {
  EXPECT_TRUE(absl::IsPermissionDenied(CheckKeyFile(MakeFile("open.key", 0644, "x"))));
  EXPECT_TRUE(CheckKeyFile(MakeFile("group.key", 0640, "x")).ok());
  EXPECT_TRUE(CheckKeyFile(MakeFile("own.key", 0600, "x")).ok());
}

TEST(ListenerTest, KeyThatIsNoPemIsNamedButNotShown) {
  const config::Tls tls{.certificate = MakeFile("c.pem", 0644, "-----BEGIN CERTIFICATE-----"),
                        .key = MakeFile("k.pem", 0600, "top-secret"),
                        .client_ca = ""};
  const auto credentials = ListenerCredentials({.address = "0.0.0.0:1", .tls = tls});
  const std::string message(credentials.status().message());
  EXPECT_THAT(message, testing::HasSubstr(tls.key));
  EXPECT_THAT(message, testing::Not(testing::HasSubstr("top-secret")));
}

}  // namespace
}  // namespace keyscore::security
