// The audit log: its chain, what breaks it, and that an entry and its documents are one change.
#include "store/audit_log.h"

#include <thread>

#include "unit/store/store_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

AuditEntry Installed(const std::string& id, const std::string& reason = "first version") {
  return {.author = "ada",
          .action = "plugin.install",
          .resource = "plugins/" + id,
          .reason = reason,
          .details = {{"sha256", "ab12"}, {"version", "1.2.0"}}};
}

class AuditLogTest : public StoredTest {
 protected:
  // Four entries, as they stand in the store.
  std::vector<AuditEntry> FourEntries() {
    for (const std::string id : {"a", "b", "a", "c"}) {
      const auto recorded = Record(*store_, Installed(id), {});
      EXPECT_TRUE(recorded.ok()) << recorded.status();
    }
    const auto entries = ListAudit(*store_);
    EXPECT_TRUE(entries.ok()) << entries.status();
    return entries.ok() ? *entries : std::vector<AuditEntry>();
  }
};

TEST_F(AuditLogTest, NumbersAndChainsWhatIsRecorded) {
  const absl::Time before = absl::Now() - absl::Microseconds(1);
  FourEntries();
  Reopen();
  const auto entries = ListAudit(*store_);
  ASSERT_OK(entries);
  ASSERT_THAT(*entries, SizeIs(4));
  EXPECT_EQ((*entries)[0].previous_hash, std::string(64, '0'));
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ((*entries)[i].number, static_cast<int64_t>(i) + 1);
    EXPECT_THAT((*entries)[i].hash, SizeIs(64));
    if (i > 0) {
      EXPECT_EQ((*entries)[i].previous_hash, (*entries)[i - 1].hash);
    }
  }
  const AuditEntry& last = entries->back();
  EXPECT_EQ(last.author, "ada");
  EXPECT_EQ(last.action, "plugin.install");
  EXPECT_EQ(last.resource, "plugins/c");
  EXPECT_EQ(last.reason, "first version");
  EXPECT_EQ(last.details.at("version"), "1.2.0");
  EXPECT_GE(last.time, before);
  EXPECT_LE(last.time, absl::Now());
  EXPECT_EQ(VerifyAudit(*entries), absl::OkStatus());
}

TEST_F(AuditLogTest, ListsWhatIsAboutOneResource) {
  FourEntries();
  const auto entries = ListAudit(*store_, "plugins/a");
  ASSERT_OK(entries);
  ASSERT_THAT(*entries, SizeIs(2));
  EXPECT_EQ((*entries)[1].number, 3);
}

TEST_F(AuditLogTest, AnEntryAboutSeveralIsListedForEach) {
  AuditEntry entry{.author = "ada", .action = "test.apply", .resource = "set"};
  entry.details[AboutKey("plugins/a")] = "r1";
  entry.details[AboutKey("plugins/b")] = "r2";
  ASSERT_OK(Record(*store_, entry, {}));
  EXPECT_EQ(ListAudit(*store_, "plugins/b")->size(), 1U);
  EXPECT_EQ(ListAudit(*store_, "set")->size(), 1U);
  EXPECT_EQ(ListAudit(*store_, "plugins/c")->size(), 0U);
}

TEST_F(AuditLogTest, IsEmptyAtFirst) {
  const auto entries = ListAudit(*store_);
  ASSERT_OK(entries);
  EXPECT_THAT(*entries, IsEmpty());
  EXPECT_EQ(VerifyAudit(*entries), absl::OkStatus());
}

// The hash is sha256sum's of the text that audit_log.cpp describes:
//   format 1 1 / number 1 1 / time 16 1700000000000000 / author 3 ada / action 14 plugin.install /
//   resource 19 plugins/acme_health / reason 13 first version / detail 6 sha256 / value 4 ab12 /
//   detail 7 version / value 5 1.2.0 / previous 64 000…, each on a line of its own.
TEST(AuditFormatTest, AnEntrysHashIsThatOfItsText) {
  AuditEntry entry = Installed("acme_health");
  entry.number = 1;
  entry.time = absl::FromUnixSeconds(1'700'000'000);
  entry.previous_hash = std::string(64, '0');
  entry.hash = "c83d09a4fd737ca1f01fbfc8905f67a8a7b6dbc381849c846dfd200c0d153959";
  EXPECT_EQ(VerifyAudit({entry}), absl::OkStatus());
}

TEST_F(AuditLogTest, NamesAnEntryWithAChangedField) {
  const std::vector<AuditEntry> entries = FourEntries();
  const auto changed = [&](auto change) {
    std::vector<AuditEntry> copy = entries;
    change(copy[2]);
    return VerifyAudit(copy);
  };
  for (const absl::Status& found : {changed([](AuditEntry& e) { e.author = "eve"; }),
                                    changed([](AuditEntry& e) { e.action = "plugin.enable"; }),
                                    changed([](AuditEntry& e) { e.resource = "plugins/z"; }),
                                    changed([](AuditEntry& e) { e.reason += " "; }),
                                    changed([](AuditEntry& e) { e.time += absl::Microseconds(1); }),
                                    changed([](AuditEntry& e) { e.details["sha256"] = "ab13"; }),
                                    changed([](AuditEntry& e) { e.details.erase("version"); }),
                                    changed([](AuditEntry& e) { e.details["more"] = ""; })}) {
    EXPECT_TRUE(absl::IsDataLoss(found)) << found;
    EXPECT_THAT(std::string(found.message()), HasSubstr("entry 3 was changed"));
  }
}

TEST_F(AuditLogTest, NamesTheEntryAfterOneThatWasWrittenAnew) {
  std::vector<AuditEntry> entries = FourEntries();
  // With a hash of its own that is right, as a forger would leave it.
  entries[1].hash = entries[3].hash;
  const absl::Status found = VerifyAudit(entries);
  EXPECT_TRUE(absl::IsDataLoss(found));
  EXPECT_THAT(std::string(found.message()), HasSubstr("entry 2 was changed"));
  entries[1] = entries[0];
  entries[1].number = 2;
  EXPECT_THAT(std::string(VerifyAudit(entries).message()),
              HasSubstr("entry 2 does not follow from entry 1"));
}

TEST_F(AuditLogTest, NamesWhereAnEntryIsMissingOrOutOfOrder) {
  const std::vector<AuditEntry> entries = FourEntries();
  std::vector<AuditEntry> missing = entries;
  missing.erase(missing.begin() + 1);
  EXPECT_THAT(std::string(VerifyAudit(missing).message()),
              HasSubstr("entry 3 stands where entry 2 must stand"));
  std::vector<AuditEntry> reordered = entries;
  std::swap(reordered[0], reordered[3]);
  EXPECT_THAT(std::string(VerifyAudit(reordered).message()),
              HasSubstr("entry 4 stands where entry 1 must stand"));
}

TEST_F(AuditLogTest, WritesDocumentsAndEntryTogether) {
  const auto recorded =
      Record(*store_, Installed("a"),
             {{.kind = "plugin", .id = "a", .author = "ada", .payload = "one"},
              {.kind = "plugin", .id = "b", .author = "ada", .payload = "two", .deleted = true}});
  ASSERT_OK(recorded);
  EXPECT_EQ(recorded->entry.number, 1);
  ASSERT_THAT(recorded->documents, SizeIs(2));
  EXPECT_EQ(recorded->documents[0].revision, 1);
  EXPECT_EQ(recorded->documents[0].payload, "one");
  EXPECT_TRUE(recorded->documents[1].deleted);
  ASSERT_OK(store_->ConfigHistory("plugin", "b"));
}

TEST_F(AuditLogTest, ADocumentThatIsNotAsExpectedLeavesNoEntry) {
  FourEntries();
  const auto recorded =
      Record(*store_, Installed("a"),
             {{.kind = "plugin", .id = "sound", .author = "ada", .payload = "one"},
              {.kind = "plugin", .id = "a", .expected_revision = 7, .author = "ada"}});
  EXPECT_TRUE(absl::IsAborted(recorded.status())) << recorded.status();
  EXPECT_THAT(std::string(recorded.status().message()), HasSubstr("plugin 'a'"));
  const auto entries = ListAudit(*store_);
  ASSERT_OK(entries);
  EXPECT_THAT(*entries, SizeIs(4));
  EXPECT_TRUE(absl::IsNotFound(store_->ConfigHistory("plugin", "sound").status()));
}

TEST_F(AuditLogTest, RefusesWhatIsNoText) {
  const auto recorded = Record(*store_, Installed("a", "\xff"), {});
  EXPECT_TRUE(absl::IsInvalidArgument(recorded.status()));
  EXPECT_THAT(std::string(recorded.status().message()), HasSubstr("reason"));
}

TEST_F(AuditLogTest, EightThreadsAtOnceLoseNothing) {
  constexpr int kThreads = 8;
  constexpr int kEach = 10;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      const std::string id = "p" + std::to_string(t);
      for (int i = 0; i < kEach; ++i) {
        const auto recorded =
            Record(*store_, Installed(id),
                   {{.kind = "plugin", .id = id, .expected_revision = i, .author = "ada"}});
        EXPECT_TRUE(recorded.ok()) << recorded.status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto entries = ListAudit(*store_);
  ASSERT_OK(entries);
  EXPECT_THAT(*entries, SizeIs(kThreads * kEach));
  EXPECT_EQ(VerifyAudit(*entries), absl::OkStatus());
  for (int t = 0; t < kThreads; ++t) {
    const auto mine = ListAudit(*store_, "plugins/p" + std::to_string(t));
    ASSERT_OK(mine);
    EXPECT_THAT(*mine, SizeIs(kEach));
  }
}

}  // namespace
}  // namespace keyscore::store
