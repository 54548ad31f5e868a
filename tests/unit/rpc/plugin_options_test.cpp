// Options of the plugin host: what is looked for on the machine, and what is said where it lacks.
#include "rpc/plugin_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace keyscore::rpc {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

// From RFC 8410, section 10.1.
constexpr char kPublicKey[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";

class PluginOptionsTest : public testing::Test {
 protected:
  PluginOptionsTest() {
    folder_ = fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    config_.data_directory = "/data";
    AddProgram("keyscore-worker");
    AddProgram("keyscore-plugin-check");
  }
  ~PluginOptionsTest() override { fs::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  std::string AddProgram(const std::string& name) {
    const std::string path = Write(name, "#!/bin/sh\n");
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }
  absl::StatusOr<kpis::PluginHostOptions> Options() {
    return PluginOptions(config_, {}, (folder_ / "keyscored").string());
  }
  std::string Fault() { return std::string(Options().status().message()); }

  fs::path folder_;
  config::Config config_;
};

TEST_F(PluginOptionsTest, ProgramsLieBesideTheServer) {
  const auto options = Options();
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->workers.program, (folder_ / "keyscore-worker").string());
  EXPECT_EQ(options->conformance.program, (folder_ / "keyscore-plugin-check").string());
  EXPECT_EQ(options->data_directory, "/data");
}

TEST_F(PluginOptionsTest, ProgramsOfTheConfigurationAreTaken) {
  config_.plugins.worker_program = AddProgram("other");
  EXPECT_EQ(Options()->workers.program, config_.plugins.worker_program);
}

TEST_F(PluginOptionsTest, AMissingProgramIsNamedWithItsKey) {
  fs::remove(folder_ / "keyscore-worker");
  EXPECT_TRUE(absl::IsFailedPrecondition(Options().status()));
  EXPECT_THAT(Fault(), HasSubstr((folder_ / "keyscore-worker").string()));
  EXPECT_THAT(Fault(), HasSubstr("plugins.worker_program"));
}

TEST_F(PluginOptionsTest, AFileThatCannotBeRunIsNoProgram) {
  config_.plugins.worker_program = Write("plain", "text");
  fs::permissions(config_.plugins.worker_program, fs::perms::owner_read);
  EXPECT_THAT(Fault(), HasSubstr("can't be run"));
}

TEST_F(PluginOptionsTest, TheCheckerIsNeededOnlyWhereItIsUsed) {
  fs::remove(folder_ / "keyscore-plugin-check");
  EXPECT_THAT(Fault(), HasSubstr("plugins.check_program"));
  config_.plugins.conformance = config::Conformance::kOff;
  const auto options = Options();
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->conformance.mode, kpis::ConformanceMode::kOff);
}

TEST_F(PluginOptionsTest, LimitsAreHandedOn) {
  config_.plugins.call_timeout = absl::Milliseconds(300);
  config_.plugins.memory_bytes = 1 << 30;
  config_.plugins.max_waiting_calls = 3;
  config_.plugins.breaker_failures = 2;
  config_.plugins.breaker_cooldown = absl::Minutes(7);
  config_.plugins.in_process = {"acme_fast"};
  config_.plugins.isolated = {"revenue"};
  config_.plugins.conformance = config::Conformance::kAdvised;
  const auto options = Options();
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->workers.call_timeout, absl::Milliseconds(300));
  EXPECT_EQ(options->workers.memory_bytes, 1 << 30);
  EXPECT_EQ(options->workers.max_waiting_calls, 3);
  EXPECT_EQ(options->workers.breaker.failures_to_open, 2);
  EXPECT_EQ(options->workers.breaker.cooldown, absl::Minutes(7));
  // Never under the pause that was asked for.
  EXPECT_EQ(options->workers.breaker.max_cooldown, absl::Minutes(7));
  EXPECT_THAT(options->in_process, ElementsAre("acme_fast"));
  EXPECT_THAT(options->isolated, ElementsAre("revenue"));
  EXPECT_EQ(options->conformance.mode, kpis::ConformanceMode::kAdvised);
}

TEST_F(PluginOptionsTest, TrustedKeysAreReadAndChecked) {
  config_.plugins.trusted_keys = {Write("good.pem", kPublicKey)};
  const auto options = Options();
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_THAT(options->trust.trusted_keys, ElementsAre(kPublicKey));

  config_.plugins.trusted_keys = {Write("bad.pem", "no key")};
  EXPECT_TRUE(absl::IsInvalidArgument(Options().status()));
  EXPECT_THAT(Fault(), HasSubstr("plugins.trusted_keys: " + (folder_ / "bad.pem").string()));

  config_.plugins.trusted_keys = {(folder_ / "nowhere.pem").string()};
  EXPECT_THAT(Fault(), HasSubstr("nowhere.pem can't be read"));
}

}  // namespace
}  // namespace keyscore::rpc
