// Who may change plugins and weightings, and under what name it is kept.
#include "rpc/caller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

using testing::HasSubstr;

const Caller kLocal{.local = true};
const Caller kRemote{};
const Caller kCertified{.common_name = "Ada", .certified = true};

absl::Status MayChange(const Caller& caller, const std::vector<std::string>& admins) {
  return MayAdminister(caller, admins, "plugins", "plugins.admins");
}

TEST(MayAdministerTest, WithoutAdminsCertificatesAndThisMachineAreEnough) {
  EXPECT_TRUE(MayChange(kLocal, {}).ok());
  EXPECT_TRUE(MayChange(kCertified, {}).ok());
  const absl::Status refused = MayChange(kRemote, {});
  EXPECT_TRUE(absl::IsPermissionDenied(refused));
  EXPECT_EQ(FaultOf(refused).reason, "NOT_AN_ADMIN");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("client certificate"));
}

TEST(MayAdministerTest, AdminsAreTheOnlyOnesWhereTheyAreNamed) {
  EXPECT_TRUE(MayChange(kCertified, {"Bob", "Ada"}).ok());
  EXPECT_FALSE(MayChange(kCertified, {"Bob"}).ok());
  const absl::Status local = MayChange(kLocal, {"Ada"});
  EXPECT_TRUE(absl::IsPermissionDenied(local));
  EXPECT_THAT(std::string(local.message()), HasSubstr("plugins.admins"));
}

TEST(MayAdministerTest, WhatACallerClaimsCountsForNothing) {
  EXPECT_FALSE(MayChange({.claimed = "Ada"}, {}).ok());
  EXPECT_FALSE(MayChange({.local = true, .claimed = "Ada"}, {"Ada"}).ok());
  // A name that no certificate vouches for.
  EXPECT_FALSE(MayChange({.common_name = "Ada", .certified = false}, {"Ada"}).ok());
  // A certificate without a name is no admin, whatever the list holds.
  EXPECT_FALSE(MayChange({.certified = true}, {""}).ok());
}

TEST(MayAdministerTest, SaysWhatMayNotBeChangedAndWhichKeyNamesTheAdmins) {
  const absl::Status refused = MayAdminister(kLocal, {"Ada"}, "weightings", "weighting.admins");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("anonymous may not change weightings"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("lists under weighting.admins"));
}

TEST(CheckReasonTest, TakesWhatCanBeKeptAndNamesTheField) {
  EXPECT_TRUE(CheckReason("reason", "").ok());
  EXPECT_TRUE(CheckReason("reason", std::string(1'000, 'a')).ok());
  const absl::Status longer = CheckReason("header.reason", std::string(1'001, 'a'));
  EXPECT_EQ(FaultOf(longer).field, "header.reason");
  EXPECT_THAT(std::string(longer.message()), HasSubstr("has 1001 bytes, at most 1000 are kept"));
  EXPECT_TRUE(absl::IsInvalidArgument(CheckReason("reason", "\xff")));
}

TEST(AuthorTest, IsTheCertificatesNameBeforeAnyClaim) {
  EXPECT_EQ(AuthorOf({.common_name = "Ada", .certified = true, .claimed = "Bob"}), "Ada");
  EXPECT_EQ(AuthorOf({.alternative_name = "ada.example", .certified = true}), "ada.example");
  EXPECT_EQ(AuthorOf({.certified = true}), "a certificate without a name");
}

TEST(AuthorTest, ClaimsAreMarkedAndNobodyIsAnonymous) {
  EXPECT_EQ(AuthorOf({.local = true, .claimed = "ada"}), "ada (unverified)");
  EXPECT_EQ(AuthorOf({.local = true}), "anonymous");
}

TEST(AuthorTest, WhatIsNoPlainLineIsLeftOut) {
  EXPECT_EQ(AuthorOf({.claimed = "ada\nroot"}), "anonymous");
  EXPECT_EQ(AuthorOf({.claimed = std::string(200, 'a')}), "anonymous");
  EXPECT_EQ(AuthorOf({.claimed = "\xff"}), "anonymous");
}

TEST(IsLocalPeerTest, KnowsLoopbackAndSockets) {
  for (const char* peer : {"ipv4:127.0.0.1:5000", "ipv4:127.8.9.1:1", "ipv6:[::1]:5000",
                           "ipv6:%5B::1%5D:5000", "ipv6:[::ffff:127.0.0.1]:1",
                           "unix:", "unix:/run/keyscore.sock", "unix-abstract:keyscore"}) {
    EXPECT_TRUE(IsLocalPeer(peer)) << peer;
  }
  for (const char* peer : {"ipv4:10.0.0.1:5000", "ipv4:1.127.0.0:1", "ipv6:[::2]:5000",
                           "ipv6:[::1:2]:5000", "ipv6:[::ffff:10.0.0.1]:1", "", "dns:127.0.0.1"}) {
    EXPECT_FALSE(IsLocalPeer(peer)) << peer;
  }
}

}  // namespace
}  // namespace keyscore::rpc
