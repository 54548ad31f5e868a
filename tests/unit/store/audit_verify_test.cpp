// What a look through the whole log finds: changed documents, entries cut out, changes made past
// the log. What is changed is changed in the file itself, while no store has it open.
#include "duckdb.h"
#include "store/audit_log.h"
#include "unit/store/store_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AuditVerifyTest : public StoredTest {
 protected:
  void Write(const std::string& kind, const std::string& id, int64_t expected,
             const std::string& payload) {
    const auto recorded = Record(*store_, {.author = "ada", .action = "test", .resource = id},
                                 {{.kind = kind,
                                   .id = id,
                                   .expected_revision = expected,
                                   .author = "ada",
                                   .payload = payload}});
    ASSERT_OK(recorded);
  }
  // Three revisions of weightings and one of a plugin, each with its entry.
  void FourChanges() {
    Write("weight_profile", "north", 0, "one");
    Write("weight_profile", "north", 1, "two");
    Write("plugin", "acme", 0, "three");
    Write("score_override", "leave", 0, "four");
  }

  void Tamper(const std::string& sql) {
    store_.reset();
    duckdb_database file;
    duckdb_connection connection;
    ASSERT_EQ(duckdb_open(path().c_str(), &file), DuckDBSuccess);
    ASSERT_EQ(duckdb_connect(file, &connection), DuckDBSuccess);
    duckdb_result result;
    EXPECT_EQ(duckdb_query(connection, sql.c_str(), &result), DuckDBSuccess)
        << duckdb_result_error(&result);
    EXPECT_GT(duckdb_rows_changed(&result), 0);
    duckdb_destroy_result(&result);
    duckdb_disconnect(&connection);
    duckdb_close(&file);
    Open(path());
  }

  AuditFindings Verified() {
    const auto findings = VerifyStore(*store_);
    EXPECT_TRUE(findings.ok()) << findings.status();
    return findings.ok() ? *findings : AuditFindings();
  }
};

TEST_F(AuditVerifyTest, FindsNothingWhereNothingWasTouched) {
  AuditFindings found = Verified();
  EXPECT_EQ(found.entries, 0);
  EXPECT_EQ(found.head_hash, "");
  EXPECT_THAT(found.findings, IsEmpty());
  FourChanges();
  Reopen();
  found = Verified();
  EXPECT_EQ(found.entries, 4);
  EXPECT_EQ(found.documents, 4);
  EXPECT_THAT(found.findings, IsEmpty());
  EXPECT_EQ(found.head_hash, ListAudit(*store_)->back().hash);
}

TEST_F(AuditVerifyTest, AnEntryHoldsTheDigestOfItsDocuments) {
  Write("weight_profile", "north", 0, "abc");
  const auto entries = ListAudit(*store_);
  ASSERT_OK(entries);
  // sha256sum's of: author 3 ada / deleted 2 no / payload 3 abc /, a newline for each slash.
  EXPECT_EQ(entries->at(0).details.at("document weight_profile/north@1"),
            "36bf1d50e60cc8b1c1883e7a1433698c78c8357b64984dabb4217bd24ee10aa8");
}

TEST_F(AuditVerifyTest, FindsAChangedDocument) {
  FourChanges();
  Tamper("UPDATE config_revision SET payload = 'two!'::BLOB WHERE id = 'north' AND revision = 2");
  EXPECT_THAT(Verified().findings,
              ElementsAre("weight_profile 'north' revision 2 was changed: it is not what audit "
                          "entry 2 recorded"));
}

TEST_F(AuditVerifyTest, FindsARevisionUnderAnotherName) {
  FourChanges();
  Tamper("UPDATE config_revision SET author = 'eve' WHERE id = 'north' AND revision = 1");
  EXPECT_THAT(Verified().findings, ElementsAre(HasSubstr("'north' revision 1 was changed")));
}

TEST_F(AuditVerifyTest, FindsADeletionThatWasNone) {
  FourChanges();
  Tamper("UPDATE config_revision SET deleted = true WHERE id = 'north' AND revision = 2");
  EXPECT_THAT(Verified().findings, ElementsAre(HasSubstr("'north' revision 2 was changed")));
}

TEST_F(AuditVerifyTest, FindsARevisionWithAnotherDate) {
  FourChanges();
  Tamper(
      "UPDATE config_revision SET created_at = created_at - INTERVAL 1 DAY "
      "WHERE id = 'north' AND revision = 2");
  EXPECT_THAT(Verified().findings,
              ElementsAre(HasSubstr("weight_profile 'north' revision 2 is dated ")));
}

TEST_F(AuditVerifyTest, FindsAChangedPluginDocument) {
  FourChanges();
  Tamper("UPDATE config_revision SET payload = 'x'::BLOB WHERE kind = 'plugin'");
  EXPECT_THAT(Verified().findings, ElementsAre(HasSubstr("plugin 'acme' revision 1 was changed")));
}

TEST_F(AuditVerifyTest, FindsADocumentThatIsGone) {
  FourChanges();
  Tamper("DELETE FROM config_revision WHERE kind = 'score_override'");
  EXPECT_THAT(Verified().findings,
              ElementsAre("document score_override/leave@1 of audit entry 4 is missing from the "
                          "store"));
}

TEST_F(AuditVerifyTest, FindsAnEntryThatIsGone) {
  FourChanges();
  Tamper("DELETE FROM config_revision WHERE kind = 'audit' AND revision = 2");
  const AuditFindings found = Verified();
  EXPECT_EQ(found.entries, 3);
  EXPECT_THAT(found.findings,
              ElementsAre("audit entry 2 is missing",
                          HasSubstr("audit entry 3 does not follow from the one before it"),
                          HasSubstr("no audit entry speaks of weight_profile 'north' revision 2")));
}

TEST_F(AuditVerifyTest, WhatIsCutOffTheEndShowsByWhatItSpokeOfAndByTheHead) {
  FourChanges();
  const std::string head = Verified().head_hash;
  Tamper("DELETE FROM config_revision WHERE kind = 'audit' AND revision = 4");
  const AuditFindings found = Verified();
  EXPECT_THAT(found.findings, ElementsAre(HasSubstr("score_override 'leave' revision 1")));
  EXPECT_NE(found.head_hash, head);
}

TEST_F(AuditVerifyTest, FindsAChangedEntryAndGoesOn) {
  FourChanges();
  Tamper(
      "UPDATE config_revision SET payload = replace(payload::VARCHAR, '\\x22ada', "
      "'\\x22eve')::BLOB "
      "WHERE kind = 'audit' AND revision IN (1, 3)");
  EXPECT_THAT(Verified().findings, ElementsAre(HasSubstr("audit entry 1 was changed"),
                                               HasSubstr("audit entry 3 was changed")));
}

TEST_F(AuditVerifyTest, FindsAnEntryThatCannotBeRead) {
  FourChanges();
  Tamper("UPDATE config_revision SET payload = '{'::BLOB WHERE kind = 'audit' AND revision = 3");
  EXPECT_THAT(Verified().findings, ElementsAre(HasSubstr("audit entry 3 can't be read")));
}

TEST_F(AuditVerifyTest, FindsARevisionThatNoEntrySpeaksOf) {
  FourChanges();
  ASSERT_OK(store_->PutConfig("target_series", "growth", 0, "eve", "mine", false));
  EXPECT_THAT(Verified().findings,
              ElementsAre("no audit entry speaks of target_series 'growth' revision 1: it was "
                          "written past the log"));
}

TEST_F(AuditVerifyTest, DocumentsOfOtherKindsNeedNoEntry) {
  ASSERT_OK(store_->PutConfig("plugin", "acme", 0, "ada", "of old", false));
  EXPECT_THAT(Verified().findings, IsEmpty());
}

TEST_F(AuditVerifyTest, ListsAHundredFindingsAtMost) {
  std::vector<ConfigWrite> writes;
  for (int i = 0; i < 120; ++i) {
    writes.push_back({.kind = "target_series", .id = "t" + std::to_string(i), .author = "eve"});
  }
  ASSERT_OK(store_->PutConfigs(writes));
  EXPECT_THAT(Verified().findings, SizeIs(100));
}

}  // namespace
}  // namespace keyscore::store
