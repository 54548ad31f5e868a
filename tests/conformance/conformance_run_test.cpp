// The server's way to the checker: the real program, started and read by kpis/plugins.
#include "kpis/plugins/conformance_run.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/time/clock.h"
#include "conformance/checking.h"

namespace keyscore::kpis {
namespace {

namespace fs = std::filesystem;

using conformance::TestPlugin;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ConformanceOptions Checker(absl::Duration limit = absl::Minutes(2)) {
  const fs::path bin = fs::path(testing::Environment("KEYSCORE_CLI_BIN")).parent_path();
  return {.program = bin / "keyscore-plugin-check", .time_limit = limit};
}

std::vector<std::string> Failed(const std::vector<ConformanceResult>& results) {
  std::vector<std::string> failed;
  for (const ConformanceResult& result : results) {
    if (result.outcome == CheckOutcome::kFailed) failed.push_back(result.rule);
  }
  return failed;
}

TEST(ConformanceRunTest, ReportsWhatTheCheckerFound) {
  const auto good = RunConformance(Checker(), TestPlugin("conforming"), "", {});
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_THAT(Failed(*good), IsEmpty());
  EXPECT_EQ(good->size(), 26u);
  const auto wrong = RunConformance(Checker(), TestPlugin("one_too_many"), "", {});
  ASSERT_TRUE(wrong.ok()) << wrong.status();
  EXPECT_THAT(Failed(*wrong), ElementsAre("guards"));
}

TEST(ConformanceRunTest, HoldsTheLibraryAgainstItsGoldenVectors) {
  const testing::TempDir folder;
  testing::WriteFile(folder / "any.yaml",
                     "- {kpi: conforming.calls, inputs: {calls: 1, quality: 1}, expect: {state: "
                     "VALUE, value: 3}}");
  const auto wrong = RunConformance(Checker(), TestPlugin("conforming"), folder / "any.yaml", {});
  ASSERT_TRUE(wrong.ok()) << wrong.status();
  ASSERT_THAT(Failed(*wrong), ElementsAre("golden"));
  EXPECT_THAT(wrong->back().failures.at(0).happened, HasSubstr("value: expected 3, got 2"));
}

// Names of processes that are alive and were started with this word among their arguments.
size_t CountRunning(const std::string& word) {
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string command(std::istreambuf_iterator<char>(file), {});  // a zombie's is empty
    if (command.find(word) != std::string::npos) ++count;
  }
  return count;
}

size_t WaitUntil(size_t expected, const std::string& word) {
  size_t count = CountRunning(word);
  for (int i = 0; i < 1000 && (expected == 0 ? count != 0 : count < expected); ++i) {
    absl::SleepFor(absl::Milliseconds(10));
    count = CountRunning(word);
  }
  return count;
}

class HangingTest : public ::testing::Test {
 protected:
  // A copy under a folder's name that no other process knows.
  HangingTest() { fs::copy_file(TestPlugin("hangs_at_load"), library_); }

  testing::TempDir folder_;
  const std::string library_ = folder_ / "hangs_at_load.so";
};

TEST_F(HangingTest, LeavesNothingBehindWhenItsTimeIsUp) {
  const auto results = RunConformance(Checker(absl::Seconds(1)), library_, "", {});
  EXPECT_EQ(results.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(WaitUntil(0, folder_.path()), 0u);
}

TEST_F(HangingTest, DoesNotOutliveAServerThatIsKilled) {
  const pid_t server = fork();
  if (server == 0) {
    static_cast<void>(RunConformance(Checker(), library_, "", {}));
    _exit(0);
  }
  EXPECT_GE(WaitUntil(2, folder_.path()), 2u);  // the checker and its child
  kill(server, SIGKILL);
  waitpid(server, nullptr, 0);
  EXPECT_EQ(WaitUntil(0, folder_.path()), 0u);
}

}  // namespace
}  // namespace keyscore::kpis
