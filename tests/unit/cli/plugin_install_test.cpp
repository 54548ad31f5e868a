// keyscore plugin install against a server inside the test: what is sent, shown, and refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/exit_code.h"
#include "unit/cli/cli_harness.h"
#include "unit/client/fake_plugin_server.h"

namespace keyscore::cli {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

using Check = v1::ConformanceCheck;

class InstallTest : public ::testing::Test {
 protected:
  InstallTest() {
    v1::Plugin& plugin = *server_.installed.mutable_plugin();
    plugin.set_name("plugins/acme_health");
    plugin.set_state(v1::Plugin::STATE_ACTIVE);
    plugin.set_version("1.0.0");
    plugin.set_sha256("0123456789abcdef");
    plugin.set_isolated(true);
    plugin.set_revision(1);
    plugin.add_kpis("kpis/acme_health.escalation_rate");
    library_ = folder_.Write("acme_health.so",
                             "\x7f"
                             "ELF and so on");
  }

  void AddCheck(const std::string& rule, Check::Outcome outcome) {
    Check* check = server_.installed.add_checks();
    check->set_rule(rule);
    check->set_tried("whether " + rule);
    check->set_outcome(outcome);
  }

  CliRun Install(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"plugin", "install"});
    arguments.insert(arguments.end(), {"--server", server_.address()});
    return RunCli(arguments);
  }

  keyscore::testing::FakePluginServer server_;
  TempFolder folder_;
  std::string library_;
};

TEST_F(InstallTest, SendsTheFileUnderItsNameAndShowsWhatCameOfIt) {
  AddCheck("file", Check::OUTCOME_PASSED);
  AddCheck("exports", Check::OUTCOME_PASSED);
  AddCheck("golden", Check::OUTCOME_SKIPPED);
  const CliRun run = Install({library_, "--reason", "first"});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_EQ(run.out,
            "acme_health 1.0.0 is in force, in a worker process of its own  sha256 0123456789ab, "
            "revision 1\n"
            "  KPI      acme_health.escalation_rate\n"
            "2 rules passed, 1 skipped\n");
  EXPECT_EQ(server_.content,
            "\x7f"
            "ELF and so on");
  v1::InstallPluginRequest::Header sent;
  sent.set_file_name("acme_health.so");
  sent.set_reason("first");
  // By sha256sum.
  sent.set_sha256("f10dcfc38df641ffd9013f9834e069b55f9c2213e1d9fedc3414fd106aa8e5d3");
  EXPECT_EQ(server_.header.DebugString(), sent.DebugString());
}

TEST_F(InstallTest, EveryByteArrivesInOrder) {
  std::string content;
  for (int i = 0; content.size() < 2'500'000; ++i) content += std::to_string(i) + '\0';
  ASSERT_EQ(Install({folder_.Write("large.so", content)}).exit_code, kOk);
  EXPECT_TRUE(server_.content == content);
  EXPECT_THAT(server_.pieces, ElementsAre(1048576, 1048576, content.size() - 2 * 1048576));
}

TEST_F(InstallTest, TakesGoldenVectorsAndSignatureFromBesideTheLibrary) {
  folder_.Write("acme_health.golden.yaml", "- kpi: x\n");
  folder_.Write("acme_health.so.sig", "beside");
  ASSERT_EQ(Install({library_}).exit_code, kOk);
  EXPECT_EQ(server_.header.golden_vectors(), "- kpi: x\n");
  EXPECT_EQ(server_.header.signature(), "beside");

  const std::string golden = folder_.Write("other.yaml", "- kpi: y\n");
  const std::string signature = folder_.Write("other.sig", "named");
  ASSERT_EQ(Install({library_, "--golden", golden, "--signature", signature}).exit_code, kOk);
  EXPECT_EQ(server_.header.golden_vectors(), "- kpi: y\n");
  EXPECT_EQ(server_.header.signature(), "named");
}

TEST_F(InstallTest, AFileOfTheServersDirectoryIsOnlyNamed) {
  ASSERT_EQ(Install({"acme_health.so", "--from-directory", "--sha256", "ab", "--validate-only",
                     "--shadow", "--etag", "e"})
                .exit_code,
            kOk);
  EXPECT_TRUE(server_.pieces.empty());
  v1::InstallPluginRequest::Header sent;
  sent.set_file_name("acme_health.so");
  sent.set_from_directory(true);
  sent.set_sha256("ab");
  sent.set_validate_only(true);
  sent.set_shadow(true);
  sent.set_etag("e");
  EXPECT_EQ(server_.header.DebugString(), sent.DebugString());

  const CliRun path = Install({library_, "--from-directory"});
  EXPECT_EQ(path.exit_code, kUsage);
  EXPECT_THAT(path.err, HasSubstr("takes a name, not a path: acme_health.so"));
}

TEST_F(InstallTest, ValidateOnlySaysThatNothingWasChanged) {
  EXPECT_THAT(Install({library_, "--validate-only"}).out,
              HasSubstr("acme_health 1.0.0 may be installed; nothing was changed  sha256 "
                        "0123456789ab\n"));
}

TEST_F(InstallTest, AShadowIsShownBesideTheVersionInForce) {
  v1::ShadowVersion& shadow = *server_.installed.mutable_plugin()->mutable_shadow();
  shadow.set_version("1.1.0");
  shadow.set_sha256("fedcba9876543210");
  shadow.add_kpis("kpis/acme_health.new_one");
  EXPECT_EQ(Install({library_, "--shadow"}).out,
            "acme_health 1.1.0 runs in shadow beside 1.0.0; `keyscore plugin shadow acme_health` "
            "compares them  sha256 fedcba987654, revision 1\n"
            "  KPI      acme_health.new_one\n");
}

TEST_F(InstallTest, RulesThatFailedAreShownInFullWithTheirFix) {
  AddCheck("file", Check::OUTCOME_PASSED);
  AddCheck("bounds", Check::OUTCOME_FAILED);
  Check& failed = *server_.installed.mutable_checks(1);
  Check::Failure* failure = failed.add_failures();
  failure->set_kpi("kpis/acme_health.escalation_rate");
  failure->set_happened("wrote beyond row 3");
  failure->set_fix("write one value a row");
  EXPECT_THAT(Install({library_}).out,
              EndsWith("1 rule passed, 1 failed\n"
                       "FAIL  bounds: whether bounds\n"
                       "      acme_health.escalation_rate: wrote beyond row 3\n"
                       "      fix: write one value a row\n"));
}

TEST_F(InstallTest, ProgramsGetTheApisMessageAndSpreadsheetsTheRecordOfAList) {
  AddCheck("file", Check::OUTCOME_PASSED);
  const auto json = nlohmann::json::parse(Install({library_, "-o", "json"}).out);
  EXPECT_EQ(json["plugin"]["name"], "plugins/acme_health");
  EXPECT_EQ(json["checks"][0]["outcome"], "OUTCOME_PASSED");
  const std::string csv = Install({library_, "-o", "csv"}).out;
  EXPECT_THAT(csv, HasSubstr("\r\nplugins/acme_health,active,"));
}

TEST_F(InstallTest, ARefusedLibrarysReasonsStandOneALine) {
  server_.answer = keyscore::testing::RichError(
      grpc::StatusCode::INVALID_ARGUMENT,
      "acme_health.a: there is no dataset tiket\nacme_health.b: the id exists", "PLUGIN_REFUSED");
  for (const char* output : {"table", "json", "csv"}) {
    const CliRun run = Install({library_, "-o", output});
    EXPECT_EQ(run.exit_code, kFailed);
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(run.err,
              "acme_health.a: there is no dataset tiket\n"
              "acme_health.b: the id exists\n"
              "keyscore: the library is refused for the 2 reasons above; nothing was changed\n");
  }
}

TEST_F(InstallTest, ASingleReasonIsOneLine) {
  server_.answer =
      keyscore::testing::RichError(grpc::StatusCode::INVALID_ARGUMENT,
                                   "acme_health.so: no entry symbol; export one", "PLUGIN_REFUSED");
  EXPECT_EQ(Install({library_}).err, "keyscore: acme_health.so: no entry symbol; export one\n");
}

TEST_F(InstallTest, TheServerGetsMinutesUnlessATimeoutWasGiven) {
  ASSERT_EQ(Install({library_}).exit_code, kOk);
  EXPECT_GE(server_.seconds_given, 300);
  ASSERT_EQ(Install({library_, "--timeout", "20"}).exit_code, kOk);
  EXPECT_THAT(server_.seconds_given, DoubleNear(20, 10));
}

TEST_F(InstallTest, WhatIsNoLibraryIsNeverSent) {
  const auto expect = [this](std::vector<std::string> arguments, const std::string& line) {
    const CliRun run = Install(std::move(arguments));
    EXPECT_EQ(run.exit_code, kFailed);
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(run.err, "keyscore: " + line + "\n");
  };
  const std::string advice = "give a built library, such as build/acme_health.so";
  const std::string missing = folder_.path() + "/missing.so";
  expect({missing}, "there is no file " + missing + "; " + advice);
  const std::string empty = folder_.Write("empty.so", "");
  expect({empty}, empty + " is empty; " + advice);
  expect({folder_.path()}, folder_.path() + " is a folder; " + advice);
  expect({"/dev/zero"}, "/dev/zero is no regular file; " + advice);
  expect({library_, "--golden", missing},
         "there is no file " + missing + "; give the golden vectors' YAML");
  expect({library_, "--signature", empty},
         empty + " is empty; give the 64 bytes that openssl pkeyutl -sign -rawin wrote");
  EXPECT_EQ(server_.calls, 0);
}

TEST_F(InstallTest, AWrongFlagIsAUsageError) {
  const CliRun run = Install({library_, "--shaddow"});
  EXPECT_EQ(run.exit_code, kUsage);
  EXPECT_THAT(run.err, HasSubstr("did you mean '--shadow'?"));
  EXPECT_EQ(RunCli({"plugin", "install"}).exit_code, kUsage);
  EXPECT_EQ(server_.calls, 0);
}

TEST_F(InstallTest, ADeadServerIsExitCodeThree) {
  const CliRun run = RunCli({"plugin", "install", library_, "--server", "127.0.0.1:1"});
  EXPECT_EQ(run.exit_code, kUnreachable);
  EXPECT_THAT(run.err, HasSubstr("cannot reach the server at 127.0.0.1:1"));
}

}  // namespace
}  // namespace keyscore::cli
