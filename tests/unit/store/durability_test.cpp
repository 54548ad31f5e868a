// What survives: closing, crashing, killing; and what a second process is told.
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "store_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr char kPathVariable[] = "KEYSCORE_STORE_TEST_PATH";
constexpr int kRowsPerBatch = 50;

Fields Review(const std::string& id, double quality) {
  return {{"fact_id", id},
          {"manager_id", std::string("anna")},
          {"occurred_at", At("2024-03-01")},
          {"quality", quality}};
}

facts::ColumnBatch Reviews(int64_t batch) {
  std::vector<Fields> rows;
  for (int i = 0; i < kRowsPerBatch; ++i) {
    rows.push_back(Review("r" + std::to_string(batch) + "-" + std::to_string(i), 1));
  }
  return Batch("plan_review", rows);
}

// Not tests: what the child processes below run, in this same program.
TEST(StoreChild, DISABLED_AppendsUntilKilled) {
  auto store = OpenDuckDbStore({.path = std::getenv(kPathVariable)});
  ASSERT_OK(store);
  ASSERT_OK((*store)->DefineDataset(Builtin("plan_review")));
  for (int64_t batch = 0;; ++batch) {
    const auto result = (*store)->Append(Reviews(batch));
    ASSERT_OK(result);
    dprintf(STDERR_FILENO, "acknowledged %ld\n", static_cast<long>(result->watermark));
  }
}

TEST(StoreChild, DISABLED_HoldsTheFile) {
  auto store = OpenDuckDbStore({.path = std::getenv(kPathVariable)});
  ASSERT_OK(store);
  dprintf(STDERR_FILENO, "open\n");
  pause();
}

// This program again, running one of the above; its standard error is read line by line.
class Child {
 public:
  Child(const char* test, const std::string& path) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const std::string filter = std::string("--gtest_filter=StoreChild.") + test;
    pid_ = fork();
    if (pid_ == 0) {
      setenv(kPathVariable, path.c_str(), 1);
      dup2(ends[1], STDERR_FILENO);
      close(ends[0]);
      close(ends[1]);
      // Its report on standard output would mix with ours.
      if (freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
      execl("/proc/self/exe", "child", filter.c_str(), "--gtest_also_run_disabled_tests",
            static_cast<char*>(nullptr));
      _exit(127);
    }
    close(ends[1]);
    output_ = fdopen(ends[0], "r");
  }
  ~Child() {
    Kill();
    fclose(output_);
  }

  pid_t pid() const { return pid_; }
  std::string ReadLine() {
    char line[200] = "";
    return fgets(line, sizeof(line), output_) == nullptr ? "" : line;
  }
  void Kill() {
    if (pid_ == 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
  FILE* output_ = nullptr;
};

class DurabilityTest : public StoredTest {
 protected:
  int64_t Count() {
    const auto numbers = Numbers(MeasureOf("plan_review", Aggregate::kCount), kEverything);
    return numbers.empty() ? 0 : static_cast<int64_t>(numbers.at(""));
  }
};

TEST_F(DurabilityTest, EverythingIsThereAfterReopening) {
  Append("plan_review", {Review("r1", 10), Review("r2", 20)});
  Append("plan_review", {Review("r1", 15)});
  const AppendResult last = Append(Deletion("plan_review", {"r2"}));
  Reopen();
  EXPECT_EQ(*store_->Watermark(), 3);
  const ResolvedMeasure total = MeasureOf("plan_review", Aggregate::kSum, "quality");
  EXPECT_THAT(Numbers(total, kEverything), ElementsAre(Pair("", 15)));
  EXPECT_THAT(Numbers(total, kEverything, 1), ElementsAre(Pair("", 30)));
  const auto stats = store_->Stats("plan_review");
  EXPECT_EQ(stats->front().fact_count, 1);
  EXPECT_EQ(stats->front().version_count, 4);
  EXPECT_EQ(stats->front().watermark, 3);
  const AppendResult next = Append("plan_review", {Review("r1", 15), Review("r2", 20)});
  EXPECT_EQ(next.replayed, 1U);
  EXPECT_EQ(next.inserted, 1U);
  EXPECT_GT(next.recorded_at, last.recorded_at);
}

TEST_F(DurabilityTest, DefiningAgainIsFineAndAddedColumnsAreTakenUp) {
  facts::DatasetSchema schema{
      .id = "acme.health", .declared_by = "plugins/acme", .columns = facts::KeyColumns()};
  schema.columns.push_back({.name = "score", .type = facts::ColumnType::kDouble});
  ASSERT_OK(store_->DefineDataset(schema));
  ASSERT_OK(store_->DefineDataset(schema));
  Append(Batch(
      schema,
      {{{"fact_id", std::string("h1")}, {"account_id", std::string("acme")}, {"score", 1.0}}}));
  schema.columns.push_back({.name = "note", .type = facts::ColumnType::kString, .nullable = true});
  ASSERT_OK(store_->DefineDataset(schema));
  Append(Batch(schema, {{{"fact_id", std::string("h2")},
                         {"account_id", std::string("acme")},
                         {"score", 2.0},
                         {"note", std::string("late")}}}));
  Reopen();
  EXPECT_THAT(Numbers(MeasureOf("acme.health", Aggregate::kCount, "note"), kEverything),
              ElementsAre(Pair("", 1)));
  EXPECT_THAT(Numbers(MeasureOf("acme.health", Aggregate::kSum, "score"), kEverything),
              ElementsAre(Pair("", 3)));
}

TEST_F(DurabilityTest, WhatWasAcknowledgedSurvivesAKill) {
  const std::string crashed = (folder_ / "crashed.duckdb").string();
  int64_t acknowledged = 0;
  {
    Child child("DISABLED_AppendsUntilKilled", crashed);
    for (int i = 0; i < 40; ++i) {
      const std::string line = child.ReadLine();
      ASSERT_EQ(sscanf(line.c_str(), "acknowledged %ld", &acknowledged), 1) << line;
    }
    child.Kill();
  }
  store_.reset();
  Open(crashed);
  const int64_t watermark = *store_->Watermark();
  EXPECT_GE(watermark, acknowledged);
  EXPECT_EQ(Count(), watermark * kRowsPerBatch);  // whole batches only
  for (int64_t batch = 0; batch < watermark; ++batch) {
    EXPECT_EQ(Append(Reviews(batch)).replayed, static_cast<size_t>(kRowsPerBatch));
  }
}

TEST_F(DurabilityTest, AFileInUseIsRefusedWithItsUser) {
  const std::string held = (folder_ / "held.duckdb").string();
  Child child("DISABLED_HoldsTheFile", held);
  ASSERT_EQ(child.ReadLine(), "open\n");
  const auto second = OpenDuckDbStore({.path = held});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(MessageOfResult(second),
              AllOf(HasSubstr(held), HasSubstr("process " + std::to_string(child.pid())),
                    HasSubstr("stop it or use another")));
}

TEST_F(DurabilityTest, TheSameProcessCanNotOpenAFileTwice) {
  EXPECT_EQ(OpenDuckDbStore({.path = path()}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(DurabilityTest, AFileOfSomethingElseIsDataLoss) {
  const std::string text = (folder_ / "notes.txt").string();
  std::ofstream(text) << std::string(20'000, 'n');
  EXPECT_EQ(OpenDuckDbStore({.path = text}).status().code(), absl::StatusCode::kDataLoss);
  std::ifstream kept(text);
  EXPECT_EQ(kept.get(), 'n');
}

TEST_F(DurabilityTest, AFolderThatIsNotThereIsNamed) {
  const auto store = OpenDuckDbStore({.path = (folder_ / "no" / "such.duckdb").string()});
  EXPECT_EQ(store.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(MessageOfResult(store), HasSubstr("no/such.duckdb"));
}

TEST_F(DurabilityTest, AfterCloseCallsAreUnavailable) {
  const auto batch = Reviews(0);
  ASSERT_OK(store_->Close());
  EXPECT_EQ(store_->Append(batch).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store_->Watermark().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store_->ListConfig("dataset").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store_->Measure({}, kEverything, 0, {}).status().code(),
            absl::StatusCode::kUnavailable);
  ASSERT_OK(store_->Close());
  auto next = OpenDuckDbStore({.path = path()});
  EXPECT_TRUE(next.ok()) << next.status();
}

}  // namespace
}  // namespace keyscore::store
