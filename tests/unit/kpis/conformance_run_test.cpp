// The checker as a process: shell scripts stand in for it, so that it can misbehave. The real one
// is run in tests/conformance.
#include "kpis/plugins/conformance_run.h"

#include <sys/stat.h>
#include <unistd.h>

#include <sstream>

#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/kpis/test_plugins.h"

namespace keyscore::kpis {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

using Results = absl::StatusOr<std::vector<ConformanceResult>>;

std::string ReadText(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Gone, or dead and only waiting for whoever adopted it.
bool IsGone(const std::string& pid) {
  const std::string stat = ReadText("/proc/" + pid + "/stat");
  return stat.empty() || stat.find(") Z ") != std::string::npos;
}

class ConformanceRunTest : public ::testing::Test {
 protected:
  // Runs a script in the place of the checker. FOLDER in it is a folder of its own.
  Results Run(const std::string& script, absl::Duration limit = absl::Seconds(20),
              const store::StopFn& stop = {}) {
    const std::string program = folder_.Write(
        "checker", "#!/bin/sh\n" + absl::StrReplaceAll(script, {{"FOLDER", Folder()}}));
    chmod(program.c_str(), 0755);
    return RunConformance({.program = program, .time_limit = limit}, "/x/acme.so",
                          "/x/acme.golden.yaml", stop);
  }
  // … and one that prints this report.
  Results RunReport(const std::string& report, int exit_code = 0) {
    folder_.Write("report", report);
    return Run("cat FOLDER/report\nexit " + std::to_string(exit_code));
  }
  std::string Folder() const { return folder_.path(); }

  ScratchFolder folder_;
};

TEST_F(ConformanceRunTest, ReadsTheReport) {
  const Results results = RunReport(R"([{"library": "/x/acme.so", "passed": false, "rules": [
      {"rule": "file", "outcome": "passed", "tried": "is a library", "note": "", "failures": []},
      {"rule": "golden", "outcome": "skipped", "tried": "vectors", "note": "none", "failures": []},
      {"rule": "guards", "outcome": "failed", "tried": "buffers", "note": "", "failures": [
          {"kpi": "acme.calls", "happened": "it wrote", "fix": "don't"},
          {"kpi": "", "happened": "it read", "fix": ""}]}]}])",
                                    1);
  ASSERT_TRUE(results.ok()) << results.status();
  ASSERT_EQ(results->size(), 3u);
  EXPECT_EQ((*results)[0].rule, "file");
  EXPECT_EQ((*results)[0].tried, "is a library");
  EXPECT_EQ((*results)[0].outcome, CheckOutcome::kPassed);
  EXPECT_THAT((*results)[0].failures, IsEmpty());
  EXPECT_EQ((*results)[1].outcome, CheckOutcome::kSkipped);
  EXPECT_EQ((*results)[1].note, "none");
  EXPECT_EQ((*results)[2].outcome, CheckOutcome::kFailed);
  ASSERT_EQ((*results)[2].failures.size(), 2u);
  EXPECT_EQ((*results)[2].failures[0].kpi_id, "acme.calls");
  EXPECT_EQ((*results)[2].failures[0].happened, "it wrote");
  EXPECT_EQ((*results)[2].failures[0].fix, "don't");
  EXPECT_EQ((*results)[2].failures[1].kpi_id, "");
}

TEST_F(ConformanceRunTest, HandsOverTheFilesAndNothingElse) {
  setenv("KEYSCORE_SECRET", "x", 1);
  const int left_open = dup2(STDIN_FILENO, 77);
  const Results results =
      Run("echo \"$@\" > FOLDER/arguments\nexport -p > FOLDER/environment\ncat > FOLDER/input\n"
          "ls /proc/$$/fd > FOLDER/descriptors\n");
  unsetenv("KEYSCORE_SECRET");
  close(left_open);
  EXPECT_FALSE(results.ok());  // no report
  EXPECT_EQ(ReadText(folder_ / "arguments"),
            "--parent " + std::to_string(getpid()) +
                " --format json --golden /x/acme.golden.yaml -- /x/acme.so\n");
  EXPECT_THAT(ReadText(folder_ / "environment"), Not(HasSubstr("KEYSCORE")));
  EXPECT_EQ(ReadText(folder_ / "input"), "");
  EXPECT_THAT(ReadText(folder_ / "descriptors"), AllOf(HasSubstr("2\n"), Not(HasSubstr("77\n"))));
}

TEST_F(ConformanceRunTest, MakesWhatItQuotesSafe) {
  const Results results =
      RunReport(R"([{"rules": [{"rule": "file", "outcome": "failed", "tried": 7, "failures": [
          {"kpi": "a\nb", "happened": ")" +
                std::string(10'000, 'x') + R"("}, {"happened": "\u001b[31mred"}]}]}])");
  ASSERT_TRUE(results.ok()) << results.status();
  const std::vector<ConformanceFailure>& failures = results->at(0).failures;
  EXPECT_EQ(results->at(0).tried, "");
  EXPECT_EQ(failures.at(0).kpi_id, "a b");
  EXPECT_LE(failures.at(0).happened.size(), 2000u);
  EXPECT_THAT(failures.at(0).happened, AllOf(StartsWith("xxx"), EndsWith("…")));
  EXPECT_THAT(failures.at(1).happened, Not(HasSubstr("\x1b")));
}

TEST_F(ConformanceRunTest, TakesNoNonsenseForAReport) {
  for (const char* const report :
       {"", "all is well", "[]", "{}", "[7]", "[{}]", R"([{"rules": 7}])", R"([{"rules": []}])",
        R"([{"rules": [7]}])", R"([{"rules": [{"rule": "file", "outcome": "maybe"}]}])",
        R"([{"rules": [{"outcome": "passed"}]}])", R"([{"rules": []}, {"rules": []}])"}) {
    const Results results = RunReport(report);
    EXPECT_EQ(results.status().code(), absl::StatusCode::kInternal) << report;
    EXPECT_THAT(std::string(results.status().message()), HasSubstr("printed no report")) << report;
  }
}

TEST_F(ConformanceRunTest, SaysHowTheCheckerEnded) {
  const Results usage = Run("echo 'unknown option' >&2\nexit 2");
  EXPECT_EQ(usage.status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(usage.status().message()),
              AllOf(HasSubstr("exited with code 2"), EndsWith("its last words: unknown option")));
  EXPECT_THAT(std::string(Run("kill -SEGV $$").status().message()),
              HasSubstr("crashed with SIGSEGV"));
  EXPECT_THAT(
      std::string(
          RunConformance({.program = Folder() + "/none"}, "a.so", "", {}).status().message()),
      HasSubstr("can't start " + Folder() + "/none"));
}

TEST_F(ConformanceRunTest, EndsWhatTakesTooLongWithAllThatItStarted) {
  const Results results = Run("sleep 60 & echo -n $! > FOLDER/pid\nwait", absl::Milliseconds(500));
  EXPECT_EQ(results.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(results.status().message()), HasSubstr("took longer than 500ms"));
  const std::string pid = ReadText(folder_ / "pid");
  ASSERT_NE(pid, "");
  for (int i = 0; i < 500 && !IsGone(pid); ++i) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_TRUE(IsGone(pid));
}

TEST_F(ConformanceRunTest, DoesNotWaitForWhatOutlivesTheChecker) {
  folder_.Write("report", R"([{"rules": [{"rule": "file", "outcome": "passed"}]}])");
  const absl::Time start = absl::Now();
  const Results results = Run("sleep 60 &\ncat FOLDER/report");
  EXPECT_TRUE(results.ok()) << results.status();
  EXPECT_LT(absl::Now() - start, absl::Seconds(15));
}

TEST_F(ConformanceRunTest, StopsWhenTheCallerNoLongerWaits) {
  const absl::Time start = absl::Now();
  const Results results = Run("sleep 60", absl::Minutes(1),
                              [start] { return absl::Now() - start > absl::Milliseconds(200); });
  EXPECT_EQ(results.status().code(), absl::StatusCode::kCancelled);
  EXPECT_LT(absl::Now() - start, absl::Seconds(15));
}

TEST_F(ConformanceRunTest, KeepsNoMoreThanItNeeds) {
  EXPECT_THAT(std::string(Run("exec yes").status().message()),
              HasSubstr("printed more than 16 MiB"));
  folder_.Write("report", R"([{"rules": [{"rule": "file", "outcome": "passed"}]}])");
  const Results results = Run("yes | head -c 3000000 >&2\ncat FOLDER/report");
  EXPECT_TRUE(results.ok()) << results.status();
}

}  // namespace
}  // namespace keyscore::kpis
