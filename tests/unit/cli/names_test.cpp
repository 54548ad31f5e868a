// Subjects, periods, errors, and how a run of the command ends.
#include "cli/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>

#include "cli/exit_code.h"
#include "keyscore/client/error.h"
#include "unit/cli/cli_harness.h"
#include "unit/client/fake_server.h"

namespace keyscore::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

TEST(SubjectTest, TakesTheFourKinds) {
  for (const char* subject : {"managers/a", "accounts/b", "teams/c", "organization"}) {
    EXPECT_EQ(*ParseSubject(subject), subject);
  }
}

TEST(SubjectTest, NearMissIsNamed) {
  EXPECT_THAT(MessageOf(ParseSubject("manager/anna").status()), HasSubstr("'managers/anna'"));
  EXPECT_THAT(MessageOf(ParseSubject("organisation").status()), HasSubstr("'organization'"));
  EXPECT_THAT(MessageOf(ParseSubject("anna").status()), HasSubstr("managers/anna"));
  for (const char* wrong : {"", "managers/", "managers/a/b", "/a", "contacts/x"}) {
    EXPECT_EQ(ExitCodeOf(ParseSubject(wrong).status()), kUsage) << wrong;
  }
}

TEST(PeriodTest, LeavesTheFormToTheServerButKeepsTheNameWhole) {
  EXPECT_EQ(*ScorecardName("managers/a", "2017-Q5"), "managers/a/scorecards/2017-Q5");
  EXPECT_EQ(*ScorecardName("organization", "2017-07-01..2017-10-01"),
            "organization/scorecards/2017-07-01..2017-10-01");
  EXPECT_EQ(ExitCodeOf(ParsePeriod("2017/Q3").status()), kUsage);
  EXPECT_EQ(ExitCodeOf(ParsePeriod("").status()), kUsage);
}

TEST(CollectionTest, PrefixIsOptional) {
  EXPECT_EQ(InCollection("churn_rate", "kpis"), "kpis/churn_rate");
  EXPECT_EQ(InCollection("kpis/churn_rate", "kpis"), "kpis/churn_rate");
}

TEST(ExitCodeTest, FollowsTheStatus) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), kOk);
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError("x")), kFailed);
  EXPECT_EQ(ExitCodeOf(absl::InvalidArgumentError("x")), kFailed);
  EXPECT_EQ(ExitCodeOf(UsageError("x")), kUsage);
  EXPECT_EQ(ExitCodeOf(absl::UnavailableError("x")), kUnreachable);
}

TEST(ErrorLineTest, UnreachableServerIsNamedWithTheCause) {
  EXPECT_EQ(ErrorLine(absl::UnavailableError("failed to connect to all addresses; last error: "
                                             "UNKNOWN: ipv4:127.0.0.1:1: Failed to connect to "
                                             "remote host: Connection refused"),
                      "127.0.0.1:1"),
            "keyscore: cannot reach the server at 127.0.0.1:1: connection refused; start keyscored "
            "there, or name another with --server or KEYSCORE_SERVER");
}

TEST(ErrorLineTest, WhatTlsEndsIsSaidWithItsOption) {
  const auto line = [](const std::string& text) {
    return ErrorLine(
        absl::UnavailableError("failed to connect to all addresses; last error: " + text), "kam:1");
  };
  EXPECT_THAT(line("UNAVAILABLE: ipv4:127.0.0.1:1: Socket closed"), HasSubstr("give --tls-ca"));
  EXPECT_THAT(line("UNKNOWN: ipv4:127.0.0.1:1: Ssl handshake failed: SSL_ERROR_SSL: "
                   "error:0A00010B:SSL routines::wrong version number"),
              HasSubstr("it talks no TLS there; leave --tls"));
  EXPECT_THAT(line("UNKNOWN: ipv4:127.0.0.1:1: Peer name kam is not in peer certificate"),
              HasSubstr("--tls-server-name"));
}

TEST(ErrorLineTest, ReasonOfTheServerBringsAdvice) {
  const grpc::Status status = keyscore::testing::RichError(
      grpc::StatusCode::NOT_FOUND, "there is no KPI kpis/x", "KPI_NOT_FOUND");
  EXPECT_EQ(ErrorLine(client::MakeStatus(status.error_code(), status.error_message(),
                                         status.error_details()),
                      ""),
            "keyscore: there is no KPI kpis/x; `keyscore kpis list` shows what there is");
}

TEST(CommandLineTest, WrongUsageExitsWithTwoAndSaysWhere) {
  const CliRun typo = RunCli({"scorcard"});
  EXPECT_EQ(typo.exit_code, kUsage);
  EXPECT_THAT(typo.err, StartsWith("keyscore: "));
  EXPECT_THAT(typo.err, HasSubstr("did you mean 'scorecard'?"));
  EXPECT_TRUE(typo.out.empty());

  const CliRun option = RunCli({"rank", "managers", "--perod", "2017"});
  EXPECT_EQ(option.exit_code, kUsage);
  EXPECT_THAT(option.err, HasSubstr("--period"));

  EXPECT_EQ(RunCli({"scorecard", "managers/a"}).exit_code, kUsage);
  EXPECT_EQ(RunCli({"scorecard", "nobody", "-p", "2017"}).exit_code, kUsage);
  EXPECT_EQ(RunCli({"kpis", "list", "--output", "xml"}).exit_code, kUsage);
  EXPECT_EQ(RunCli({"--server", "nowhere", "kpis", "list"}).exit_code, kUsage);
}

TEST(CommandLineTest, DeadPortExitsWithThree) {
  const CliRun run = RunCli({"--server", "127.0.0.1:1", "kpis", "list"});
  EXPECT_EQ(run.exit_code, kUnreachable);
  EXPECT_THAT(run.err, StartsWith("keyscore: cannot reach the server at 127.0.0.1:1: "));
}

TEST(CommandLineTest, RefusalOfTheServerExitsWithOne) {
  keyscore::testing::FakeServer server;
  const CliRun run = RunCli({"kpis", "show", "chrun_rate", "--server", server.address()});
  EXPECT_EQ(run.exit_code, kFailed);
  EXPECT_EQ(run.err,
            "keyscore: there is no KPI kpis/chrun_rate; name: did you mean kpis/churn_rate?\n");
}

TEST(CommandLineTest, EverythingHasHelp) {
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{},
                                             {"import"},
                                             {"scorecard"},
                                             {"rank"},
                                             {"explain"},
                                             {"kpis"},
                                             {"kpis", "show"},
                                             {"datasets", "list"},
                                             {"plugins"},
                                             {"plugins", "install"},
                                             {"plugins", "rollback"},
                                             {"plugin", "shadow"},
                                             {"plugin", "log"},
                                             {"weights", "show"},
                                             {"facts"},
                                             {"completion"}}) {
    std::vector<std::string> arguments = command;
    arguments.push_back("--help");
    const CliRun run = RunCli(arguments);
    EXPECT_EQ(run.exit_code, kOk);
    EXPECT_THAT(run.out, HasSubstr("Usage: keyscore"));
    EXPECT_TRUE(run.err.empty());
  }
}

TEST(CommandLineTest, VersionIsPrinted) {
  EXPECT_TRUE(
      std::regex_match(RunCli({"version"}).out, std::regex("keyscore \\d+\\.\\d+\\.\\d+\n")));
  EXPECT_EQ(RunCli({"--version"}).out, RunCli({"version"}).out);
}

// The program as it is built, where the build has it.
TEST(ProgramTest, ExitCodesReachTheShell) {
  const char* program = std::getenv("KEYSCORE_CLI_BIN");
  if (program == nullptr || !std::filesystem::exists(program)) {
    GTEST_SKIP() << "KEYSCORE_CLI_BIN names no program";
  }
  const auto run = [program](const std::string& arguments) {
    const int status =
        std::system(("'" + std::string(program) + "' " + arguments + " >/dev/null 2>&1").c_str());
    return WEXITSTATUS(status);
  };
  EXPECT_EQ(run("--help"), 0);
  EXPECT_EQ(run("nonsense"), 2);
  EXPECT_EQ(run("--server 127.0.0.1:1 kpis list"), 3);
}

}  // namespace
}  // namespace keyscore::cli
