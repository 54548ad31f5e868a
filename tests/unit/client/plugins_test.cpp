// Changes of plugins through the client library: what is sent, and what is never sent twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "keyscore/client/client.h"
#include "keyscore/client/error.h"
#include "unit/client/fake_plugin_server.h"

namespace keyscore::client {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

class PluginsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Client> Connected(const ConnectOptions& options = {}) {
    auto client = Connect(server_.address(), options);
    EXPECT_TRUE(client.ok()) << client.status();
    return *std::move(client);
  }

  keyscore::testing::FakePluginServer server_;
};

// Bytes of which no two stretches look alike for long.
std::string Bytes(size_t count) {
  std::string bytes(count, '\0');
  uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

TEST_F(PluginsTest, AnInstallStreamsTheHeaderAndThenEveryByteInPiecesOfAMebibyte) {
  v1::InstallPluginRequest::Header header;
  header.set_file_name("acme_health.so");
  header.set_signature(std::string("\0\xff", 2));
  header.set_shadow(true);
  const std::string library = Bytes((size_t{2} << 20) + 7);
  server_.installed.mutable_plugin()->set_name("plugins/acme_health");

  const auto installed = Connected()->InstallPlugin(header, library);
  ASSERT_TRUE(installed.ok()) << installed.status();
  EXPECT_EQ(installed->plugin().name(), "plugins/acme_health");
  header.set_sha256(
      "d256900c746137222af7c58e80faf8ccdd3b072099fd4af335fef181d69bf5fb");  // by another program
  EXPECT_EQ(server_.header.DebugString(), header.DebugString());
  EXPECT_THAT(server_.pieces, ElementsAre(1048576, 1048576, 7));
  EXPECT_TRUE(server_.content == library);
}

TEST_F(PluginsTest, ALibraryOfExactlyOnePieceIsOnePiece) {
  ASSERT_TRUE(Connected()->InstallPlugin({}, Bytes(kInstallChunkBytes)).ok());
  EXPECT_THAT(server_.pieces, ElementsAre(1048576));
}

TEST_F(PluginsTest, AnInstallFromADirectorySendsTheHeaderAlone) {
  v1::InstallPluginRequest::Header header;
  header.set_from_directory(true);
  ASSERT_TRUE(Connected()->InstallPlugin(header, "").ok());
  EXPECT_EQ(server_.header.DebugString(), header.DebugString());
  EXPECT_THAT(server_.pieces, IsEmpty());
}

TEST_F(PluginsTest, ARefusalComesWithItsReasons) {
  server_.answer = keyscore::testing::RichError(grpc::StatusCode::INVALID_ARGUMENT,
                                                "first reason\nsecond reason", "PLUGIN_REFUSED");
  const auto installed = Connected()->InstallPlugin({}, Bytes(10));
  EXPECT_EQ(installed.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(installed.status().message(), "first reason\nsecond reason");
  EXPECT_EQ(DetailsOf(installed.status()).reason, "PLUGIN_REFUSED");
}

TEST_F(PluginsTest, ChangesAreNeverRetried) {
  server_.failing = 1;
  EXPECT_TRUE(IsUnreachable(Connected()->InstallPlugin({}, Bytes(10)).status()));
  server_.failing = 1;
  EXPECT_TRUE(IsUnreachable(Connected()->DisablePlugin({}).status()));
  EXPECT_EQ(server_.calls, 2);
}

TEST_F(PluginsTest, ReadsAreRetried) {
  const auto client = Connected();
  server_.failing = 1;
  EXPECT_TRUE(client->ListPlugins({}).ok());
  server_.failing = 1;
  EXPECT_TRUE(client->GetShadowReport({}).ok());
  server_.failing = 1;
  EXPECT_TRUE(client->ListPluginRevisions({}).ok());
  server_.failing = 1;
  EXPECT_TRUE(client->ListAuditEntries({}).ok());
  EXPECT_EQ(server_.calls, 8);
}

TEST_F(PluginsTest, EveryChangeSaysWhoAsks) {
  const auto client = Connected({.user = "anna"});
  v1::RollbackPluginRequest rollback;
  rollback.set_name("plugins/a");
  rollback.set_revision(3);
  rollback.set_reason("why");
  rollback.set_etag("e");
  for (const auto& change :
       std::vector<std::function<bool()>>{[&] { return client->InstallPlugin({}, "x").ok(); },
                                          [&] { return client->EnablePlugin({}).ok(); },
                                          [&] { return client->DisablePlugin({}).ok(); },
                                          [&] { return client->UninstallPlugin({}).ok(); },
                                          [&] { return client->ReloadPlugin({}).ok(); },
                                          [&] { return client->PromotePlugin({}).ok(); },
                                          [&] { return client->DiscardShadow({}).ok(); },
                                          [&] { return client->RollbackPlugin(rollback).ok(); }}) {
    server_.user.reset();
    EXPECT_TRUE(change());
    EXPECT_THAT(server_.user, Optional(std::string("anna")));
  }
  EXPECT_EQ(server_.changes.back(), "rollback plugins/a reason=why etag=e revision=3");
}

TEST_F(PluginsTest, WithoutAUserNoneIsSent) {
  ASSERT_TRUE(Connected()->EnablePlugin({}).ok());
  EXPECT_EQ(server_.user, std::nullopt);
}

TEST_F(PluginsTest, AUserThatNoHeaderMayCarryIsRefusedBeforeAnyCall) {
  for (const std::string& user :
       {std::string("J\xc3\xbcrgen"), std::string("a\nb"), std::string(151, 'a')}) {
    const auto client = Connect(server_.address(), {.user = user});
    EXPECT_EQ(client.status().code(), absl::StatusCode::kInvalidArgument) << user;
    EXPECT_THAT(std::string(client.status().message()), HasSubstr("printable ASCII"));
  }
}

TEST_F(PluginsTest, AChangeMayTakeMinutes) {
  ASSERT_TRUE(Connected()->EnablePlugin({}).ok());
  EXPECT_THAT(server_.seconds_given, DoubleNear(360, 10));
  ASSERT_TRUE(Connected({.plugin_timeout = absl::Seconds(20)})->EnablePlugin({}).ok());
  EXPECT_THAT(server_.seconds_given, DoubleNear(20, 10));
}

}  // namespace
}  // namespace keyscore::client
