// Configuration documents: revisions, history, compare-and-set.
#include <atomic>
#include <thread>

#include "store_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConfigTest : public StoredTest {
 protected:
  absl::StatusOr<ConfigRevision> Put(const std::string& id, int64_t expected,
                                     const std::string& payload, bool deleted = false) {
    return store_->PutConfig("weight_profile", id, expected, "lead", payload, deleted);
  }
};

TEST_F(ConfigTest, RevisionsCountFromOneWithinADocument) {
  EXPECT_EQ(Put("default", 0, "a")->revision, 1);
  EXPECT_EQ(Put("default", 1, "b")->revision, 2);
  EXPECT_EQ(Put("other", 0, "c")->revision, 1);
  const auto newest = store_->ListConfig("weight_profile");
  ASSERT_OK(newest);
  ASSERT_EQ(newest->size(), 2U);
  EXPECT_EQ((*newest)[0].payload, "b");
  EXPECT_EQ((*newest)[1].id, "other");
  EXPECT_THAT(*store_->ListConfig("dataset"), IsEmpty());
}

TEST_F(ConfigTest, AnotherRevisionThanExpectedAborts) {
  EXPECT_EQ(Put("default", 1, "a").status().code(), absl::StatusCode::kAborted);
  ASSERT_OK(Put("default", 0, "a"));
  const auto late = Put("default", 0, "b");
  EXPECT_EQ(late.status().code(), absl::StatusCode::kAborted);
  EXPECT_THAT(MessageOfResult(late), HasSubstr("is at revision 1, 0 was expected"));
}

TEST_F(ConfigTest, HistoryKeepsEverything) {
  ASSERT_OK(Put("default", 0, "a"));
  ASSERT_OK(Put("default", 1, "", true));
  ASSERT_OK(Put("default", 2, "c"));
  const auto history = store_->ConfigHistory("weight_profile", "default");
  ASSERT_OK(history);
  std::vector<std::string> payloads;
  for (const ConfigRevision& revision : *history) payloads.push_back(revision.payload);
  EXPECT_THAT(payloads, ElementsAre("a", "", "c"));
  EXPECT_TRUE((*history)[1].deleted);
  EXPECT_EQ((*history)[0].author, "lead");
  EXPECT_EQ(store_->ConfigHistory("weight_profile", "none").status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ConfigTest, DeletedDocumentsAreNotListed) {
  ASSERT_OK(Put("default", 0, "a"));
  ASSERT_OK(Put("default", 1, "", true));
  EXPECT_THAT(*store_->ListConfig("weight_profile"), IsEmpty());
}

TEST_F(ConfigTest, AllRevisionsOfAKindAreThereByIdAndRevision) {
  EXPECT_THAT(*store_->ConfigRevisions("weight_profile"), IsEmpty());
  ASSERT_OK(Put("north", 0, "a"));
  ASSERT_OK(Put("default", 0, "b"));
  ASSERT_OK(Put("north", 1, "c", true));
  ASSERT_OK(store_->PutConfig("dataset", "other", 0, "lead", "d", false));
  Reopen();
  const auto revisions = store_->ConfigRevisions("weight_profile");
  ASSERT_OK(revisions);
  std::vector<std::string> found;
  for (const ConfigRevision& revision : *revisions) {
    found.push_back(revision.id + "@" + std::to_string(revision.revision) + revision.payload);
  }
  EXPECT_THAT(found, ElementsAre("default@1b", "north@1a", "north@2c"));
  EXPECT_TRUE((*revisions)[2].deleted);
}

TEST_F(ConfigTest, SeveralWritesOfOneDocumentFollowEachOther) {
  const auto write = [](int64_t expected, const std::string& payload) {
    return ConfigWrite{.kind = "weight_profile",
                       .id = "default",
                       .expected_revision = expected,
                       .author = "lead",
                       .payload = payload};
  };
  const auto written = store_->PutConfigs({write(0, "a"), write(1, "b")});
  ASSERT_OK(written);
  EXPECT_EQ((*written)[1].revision, 2);
  // One that doesn't follow leaves nothing of the others.
  EXPECT_EQ(store_->PutConfigs({write(2, "c"), write(2, "d")}).status().code(),
            absl::StatusCode::kAborted);
  EXPECT_EQ(store_->ConfigHistory("weight_profile", "default")->size(), 2U);
}

TEST_F(ConfigTest, PayloadsAreBytes) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  ASSERT_OK(Put("default", 0, bytes));
  Reopen();
  EXPECT_EQ(store_->ListConfig("weight_profile")->front().payload, bytes);
}

TEST_F(ConfigTest, OfEightWritersAtOnceOneWinsEachRevision) {
  constexpr int kRounds = 10, kWriters = 8;
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> winners = 0, aborted = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < kWriters; ++i) {
      threads.emplace_back([&, i] {
        const auto written = Put("contested", round, "writer " + std::to_string(i));
        winners += written.ok() ? 1 : 0;
        aborted += absl::IsAborted(written.status()) ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(aborted, kWriters - 1);
  }
  EXPECT_EQ(store_->ConfigHistory("weight_profile", "contested")->size(), 10U);
}

}  // namespace
}  // namespace keyscore::store
