// The whole admission, with the real programs: the first look in a worker, the conformance checker,
// golden vectors, and where the library runs afterwards.
#include <sys/stat.h>

#include <thread>

#include "absl/time/clock.h"
#include "unit/kpis/plugin_host_case.h"

namespace keyscore::kpis {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// `value` is what swapping.minutes is said to give for seven minutes.
std::string Golden(const std::string& value) {
  return "- kpi: swapping.minutes\n  inputs: {minutes: 7}\n  expect: {state: VALUE, value: " +
         value + "}\n";
}

class PluginAdmissionTest : public PluginHostTest {
 protected:
  void SetUp() override {
    const char* const server = std::getenv("KEYSCORED_BIN");
    ASSERT_NE(server, nullptr) << "run by ctest, or set KEYSCORED_BIN";
    const auto programs = std::filesystem::path(server).parent_path();
    options_.workers.program = (programs / "keyscore-worker").string();
    options_.conformance = {.mode = ConformanceMode::kRequired,
                            .program = (programs / "keyscore-plugin-check").string()};
  }

  // The checker says when it has begun, and doesn't end before it is let go.
  void UseCheckerThatWaits() {
    const std::string script = "#!/bin/sh\ntouch " + (folder_ / "begun").string() +
                               "\nwhile [ ! -e " + (folder_ / "let_go").string() +
                               " ]; do sleep 0.01; done\nexec " + options_.conformance.program +
                               " \"$@\"\n";
    options_.conformance.program = folder_.Write("checker", script);
    ASSERT_EQ(chmod(options_.conformance.program.c_str(), 0755), 0);
  }
  void AwaitChecker() const {
    while (!std::filesystem::exists(folder_ / "begun")) absl::SleepFor(absl::Milliseconds(5));
  }
  void LetCheckerGo() const { folder_.Write("let_go", ""); }
};

TEST_F(PluginAdmissionTest, WhatConformsRunsInAWorkerOfItsOwn) {
  Start();
  InstallRequest request = Upload("swap_v1");
  request.golden_vectors = Golden("7");
  const auto installed = Install(request);
  ASSERT_TRUE(installed.ok()) << installed.status();
  EXPECT_TRUE(installed->plugin.isolated);
  EXPECT_THAT(installed->checks, Not(IsEmpty()));
  EXPECT_EQ(Minutes(), 7);
  EXPECT_TRUE(
      std::filesystem::exists(folder_ / "data" / "plugins" / (Digest("swap_v1") + ".golden.yaml")));
  const auto stats = host_->Stats();
  ASSERT_EQ(stats.size(), 1u);
  EXPECT_TRUE(stats[0].isolated);
  EXPECT_GT(stats[0].worker.process_id, 0);
  ASSERT_TRUE(View().stats.has_value());
  Start();
  EXPECT_EQ(Minutes(), 7);
  EXPECT_TRUE(View().isolated);
}

TEST_F(PluginAdmissionTest, AGoldenVectorThatIsNotReproducedRefuses) {
  Start();
  InstallRequest request = Upload("swap_v1");
  request.golden_vectors = Golden("8");
  const auto installed = Install(request);
  EXPECT_EQ(installed.status().code(), absl::StatusCode::kInvalidArgument) << installed.status();
  EXPECT_THAT(std::string(installed.status().message()), HasSubstr("swapping.minutes"));
  EXPECT_THAT(host_->List(), IsEmpty());
  EXPECT_THAT(Kept(), IsEmpty());
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "data" / "staging"));
}

TEST_F(PluginAdmissionTest, WhatBreaksARuleIsRefusedWhereThatIsRequired) {
  Start();
  const auto installed = Install(Upload("nonsense", "nonsense.so"));
  EXPECT_EQ(installed.status().code(), absl::StatusCode::kInvalidArgument) << installed.status();
  options_.conformance.mode = ConformanceMode::kAdvised;
  Start();
  EXPECT_TRUE(Install(Upload("nonsense", "nonsense.so")).ok());
}

TEST_F(PluginAdmissionTest, RunsInThisProcessWhereTheConfigurationSaysSo) {
  options_.in_process = {"swapping"};
  options_.trust.allowed_sha256 = {Digest("swap_v1")};
  Start();
  EXPECT_FALSE(Put("swap_v1").isolated);
  EXPECT_EQ(Minutes(), 7);
}

TEST_F(PluginAdmissionTest, AFileThatOthersMayWriteIsRefused) {
  PutInDirectory("swap_v1", "swapping.so");
  ASSERT_EQ(chmod((folder_ / "plugins" / "swapping.so").c_str(), 0777), 0);
  Start();
  EXPECT_EQ(View().state, PluginState::kRefused);
  EXPECT_EQ(View().sha256, Digest("swap_v1"));
  ASSERT_EQ(chmod((folder_ / "plugins" / "swapping.so").c_str(), 0755), 0);
  const auto reloaded = host_->Reload("swapping", kAda, {});
  ASSERT_TRUE(reloaded.ok()) << reloaded.status();
  EXPECT_EQ(Minutes(), 7);
}

TEST_F(PluginAdmissionTest, AnUrgentChangeDoesNotWaitForALibraryThatIsExamined) {
  Start();
  ASSERT_TRUE(Install(Upload("good_neighbour", "good_neighbour.so")).ok());
  Put("swap_v1");
  UseCheckerThatWaits();
  Start();
  absl::StatusOr<Installed> installed = absl::UnknownError("");
  std::thread installer([&] { installed = Install(Upload("swap_v2")); });
  AwaitChecker();

  EXPECT_TRUE(host_->Disable("good_neighbour", kAda).ok());
  EXPECT_EQ(View("good_neighbour").state, PluginState::kDisabled);
  const std::string etag = View().etag;
  EXPECT_TRUE(host_->Disable("swapping", kAda).ok());
  LetCheckerGo();
  installer.join();
  // What was sent replaces what is there by then, and says so in its place of the history.
  ASSERT_TRUE(installed.ok()) << installed.status();
  EXPECT_EQ(Minutes(), 1'007);
  EXPECT_NE(View().etag, etag);
  EXPECT_EQ(View("good_neighbour").state, PluginState::kDisabled);
  EXPECT_EQ(AuditedActions(),
            (std::vector<std::string>{"plugin.install", "plugin.install", "plugin.disable",
                                      "plugin.disable", "plugin.install"}));
}

TEST_F(PluginAdmissionTest, AnInstallForAnEtagThatPassesAwayMeanwhileChangesNothing) {
  Start();
  Put("swap_v1");
  UseCheckerThatWaits();
  Start();
  InstallRequest request = Upload("swap_v2");
  request.change.etag = View().etag;
  absl::StatusOr<Installed> installed = absl::UnknownError("");
  std::thread installer([&] { installed = Install(request); });
  AwaitChecker();
  EXPECT_TRUE(host_->Disable("swapping", kAda).ok());
  LetCheckerGo();
  installer.join();
  EXPECT_TRUE(absl::IsAborted(installed.status())) << installed.status();
  EXPECT_EQ(View().state, PluginState::kDisabled);
}

TEST_F(PluginAdmissionTest, WithoutItsWorkerProgramTheHostDoesNotStart) {
  options_.workers.program = (folder_ / "no-such-program").string();
  EXPECT_EQ(PluginHost::Start(options_, store_).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace keyscore::kpis
