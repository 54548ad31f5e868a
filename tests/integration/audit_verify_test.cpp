// Whoever changes what is written behind the server's back is found out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "integration/weighting_case.h"
#include "support/duck.h"

namespace keyscore::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class AuditVerifyTest : public WeightingCase {
 protected:
  // Three revisions of a profile: created, published, published anew.
  void SetUp() override {
    StartServer({.data = folder_ / "data"});
    ASSERT_THAT(PutInForce(FlatProfile("north", "team: 'teams/north'", 0.5, 0.25, 0.25)), IsOk());
    ASSERT_THAT(PutInForce(FlatProfile("north", "team: 'teams/north'", 0.2, 0.4, 0.4)), IsOk());
    const v1::VerifyAuditLogResponse sound = Verify();
    ASSERT_TRUE(sound.sound()) << sound.DebugString();
    ASSERT_EQ(sound.entries(), 4);
    ASSERT_EQ(sound.documents(), 4);
    ASSERT_TRUE(sound.findings().empty());
    head_ = sound.head_hash();
    EXPECT_EQ(head_.size(), 64u);
  }

  // What is found after this has been done to the table of documents.
  v1::VerifyAuditLogResponse VerifyAfter(const std::string& sql) {
    EXPECT_EQ(server_->Stop(), 0);
    {
      Duck duck;
      duck.Run(absl::StrCat("ATTACH '", (folder_ / "data" / "keyscore.duckdb").string(), "' AS k"));
      duck.Run(sql);
      duck.Run("DETACH k");
    }
    StartAgain({.data = folder_ / "data"});
    return Verify();
  }

  const TempDir folder_;
  std::string head_;
};

TEST_F(AuditVerifyTest, AnUntouchedLogIsSoundAfterARestart) {
  const v1::VerifyAuditLogResponse verified = VerifyAfter("SELECT 1");
  EXPECT_TRUE(verified.sound()) << verified.DebugString();
  EXPECT_EQ(verified.head_hash(), head_);
}

TEST_F(AuditVerifyTest, AChangedDocumentIsNamed) {
  // The content that was published first takes the place of the one published last.
  const v1::VerifyAuditLogResponse verified = VerifyAfter(
      "UPDATE k.config_revision SET payload = (SELECT payload FROM k.config_revision "
      "WHERE kind = 'weight_profile' AND revision = 2) "
      "WHERE kind = 'weight_profile' AND revision = 4");
  EXPECT_FALSE(verified.sound());
  EXPECT_THAT(verified.findings(),
              Contains(HasSubstr("weight_profile 'north' revision 4 was changed")));
  EXPECT_EQ(verified.entries(), 4);
  EXPECT_EQ(verified.head_hash(), head_);  // the log itself is as it was
}

TEST_F(AuditVerifyTest, ARemovedDocumentIsNamed) {
  const v1::VerifyAuditLogResponse verified =
      VerifyAfter("DELETE FROM k.config_revision WHERE kind = 'weight_profile' AND revision = 4");
  EXPECT_FALSE(verified.sound());
  EXPECT_THAT(verified.findings(), Contains(HasSubstr("weight_profile/north@4")));
}

TEST_F(AuditVerifyTest, ADocumentThatNobodyWroteIsNamed) {
  const v1::VerifyAuditLogResponse verified = VerifyAfter(
      "INSERT INTO k.config_revision SELECT kind, id, 5, created_at, author, payload, deleted "
      "FROM k.config_revision WHERE kind = 'weight_profile' AND revision = 2");
  EXPECT_FALSE(verified.sound());
  EXPECT_THAT(verified.findings(), Contains(HasSubstr("weight_profile 'north' revision 5")));
}

TEST_F(AuditVerifyTest, AChangedEntryIsNamed) {
  const v1::VerifyAuditLogResponse verified = VerifyAfter(
      "UPDATE k.config_revision SET payload = encode(replace(decode(payload), 'as agreed', "
      "'as wished')) WHERE kind = 'audit' AND revision = 3");
  EXPECT_FALSE(verified.sound()) << verified.DebugString();
  EXPECT_THAT(verified.findings(), Contains(HasSubstr("audit entry 3 was changed")));
}

TEST_F(AuditVerifyTest, TheHeadShowsThatEntriesWereCutOffTheEnd) {
  // Both the entry and what it speaks of are gone, so what is left is sound in itself.
  const v1::VerifyAuditLogResponse verified = VerifyAfter(
      "DELETE FROM k.config_revision WHERE kind IN ('weight_profile', 'audit') AND revision = 4");
  EXPECT_EQ(verified.entries(), 3);
  EXPECT_NE(verified.head_hash(), head_);
}

}  // namespace
}  // namespace keyscore::testing
