// keyscore plugins list | show | enable | disable | … against a server inside the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <cstdlib>

#include "cli/exit_code.h"
#include "unit/cli/cli_harness.h"
#include "unit/client/fake_plugin_server.h"

namespace keyscore::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::Optional;
using ::testing::StartsWith;

constexpr char kSha[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

v1::Plugin AcmeHealth() {
  v1::Plugin plugin;
  plugin.set_name("plugins/acme_health");
  plugin.set_state(v1::Plugin::STATE_ACTIVE);
  plugin.set_source(v1::Plugin::SOURCE_INSTALLED);
  plugin.set_file_name("acme_health.so");
  plugin.set_sha256(kSha);
  plugin.set_version("1.2.0");
  plugin.set_isolated(true);
  plugin.set_revision(4);
  plugin.set_etag("e4");
  plugin.add_kpis("kpis/acme_health.a");
  plugin.add_kpis("kpis/acme_health.b");
  plugin.add_kpis("kpis/acme_health.c");
  v1::PluginRuntime* runtime = plugin.mutable_runtime();
  runtime->set_worker_process_id(4711);
  runtime->set_worker_resident_bytes(int64_t{3} << 19);  // 1.5 MiB
  runtime->set_worker_restarts(2);
  runtime->set_suppressed_log_lines(1234);
  v1::KpiRuntime* open = runtime->add_kpis();
  open->set_kpi("kpis/acme_health.a");
  open->set_calls(1234);
  open->set_rows(56789);
  open->set_failures(5);
  open->set_breaker(v1::KpiRuntime::BREAKER_OPEN);
  open->set_consecutive_failures(5);
  open->set_last_failure("PLUGIN_CRASHED: signal 11 in evaluate");
  open->mutable_last_failure_time()->set_seconds(1483228800);  // 2017-01-01
  open->mutable_retry_time()->set_seconds(1483228830);
  v1::KpiRuntime* failing = runtime->add_kpis();
  failing->set_kpi("kpis/acme_health.b");
  failing->set_calls(9);
  failing->set_breaker(v1::KpiRuntime::BREAKER_CLOSED);
  failing->set_consecutive_failures(2);
  v1::KpiRuntime* works = runtime->add_kpis();
  works->set_kpi("kpis/acme_health.c");
  works->set_calls(9);
  works->set_breaker(v1::KpiRuntime::BREAKER_CLOSED);
  return plugin;
}

class PluginsTest : public ::testing::Test {
 protected:
  CliRun Plugins(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "plugins");
    arguments.insert(arguments.end(), {"--server", server_.address()});
    return RunCli(arguments);
  }

  keyscore::testing::FakePluginServer server_;
};

TEST_F(PluginsTest, ListShowsWhereAPluginRunsAndWhatIsWrongWithIt) {
  server_.plugins.push_back(AcmeHealth());
  v1::Plugin builtin;
  builtin.set_name("plugins/revenue");
  builtin.set_state(v1::Plugin::STATE_ACTIVE);
  builtin.set_source(v1::Plugin::SOURCE_BUILTIN);
  server_.plugins.push_back(builtin);
  v1::Plugin refused;
  refused.set_name("plugins/broken");
  refused.set_state(v1::Plugin::STATE_REFUSED);
  refused.set_source(v1::Plugin::SOURCE_DIRECTORY);
  refused.set_file_name("broken.so");
  refused.add_refusal_reasons("no entry symbol");
  server_.plugins.push_back(refused);

  const CliRun run = Plugins({"list"});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_THAT(run.out,
              MatchesRegex("(.|\n)*acme_health +active +1.2.0 +installed +worker +3 +0123456789ab "
                           "+1 of 3 KPIs paused; 1 KPI failing\n(.|\n)*"));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*revenue +active +built in +server\n(.|\n)*"));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*broken +refused +directory\n(.|\n)*"));
  EXPECT_THAT(run.out, EndsWith("broken.so: no entry symbol\n"));
}

TEST_F(PluginsTest, ListOfAHealthyPluginHasNoNotes) {
  v1::Plugin plugin = AcmeHealth();
  plugin.clear_runtime();
  server_.plugins.push_back(plugin);
  EXPECT_THAT(Plugins({"list"}).out, Not(HasSubstr("Notes")));
}

TEST_F(PluginsTest, ListForProgramsHasEveryPage) {
  server_.plugins = {AcmeHealth(), AcmeHealth(), AcmeHealth()};
  EXPECT_EQ(nlohmann::json::parse(Plugins({"list", "-o", "json"}).out)["plugins"].size(), 3u);
  const std::string csv = Plugins({"list", "-o", "csv"}).out;
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 4);
  EXPECT_THAT(csv, HasSubstr("plugins/acme_health,active,acme_health.so,1.2.0,"));
  EXPECT_THAT(csv, EndsWith(",installed,true,4,1,\r\n"));
}

TEST_F(PluginsTest, ShowSaysInWordsHowEachKpiDoes) {
  v1::Plugin plugin = AcmeHealth();
  plugin.mutable_shadow()->set_version("1.3.0");
  plugin.mutable_shadow()->set_sha256("fedcba98765432100");
  plugin.mutable_shadow()->add_kpis("kpis/acme_health.a");
  plugin.mutable_shadow()->mutable_start_time()->set_seconds(1483228800);
  server_.plugins.push_back(plugin);

  const CliRun run = Plugins({"show", "acme_health"});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("a worker process of its own"),
                             HasSubstr("process 4711, 1.5 MiB, 2 restarts, 1,234 lines left out"),
                             HasSubstr("1.3.0 (fedcba987654), 1 KPI, since 2017-01-01 00:00:00"),
                             HasSubstr("e4")));
  EXPECT_THAT(run.out,
              MatchesRegex("(.|\n)*acme_health.a +1,234 +56,789 +5 +paused after 5 failures in a "
                           "row, tried again from 2017-01-01 00:00:30 UTC on +2017-01-01 00:00:00 "
                           "+PLUGIN_CRASHED: signal 11 in evaluate\n(.|\n)*"));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*acme_health.b +9 +0 +0 +failing, 2 in a row\n(.|\n)*"));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*acme_health.c +9 +0 +0 +works\n"));
}

TEST_F(PluginsTest, ShowOfAnUnknownPluginSaysWhereToLook) {
  const CliRun run = Plugins({"show", "acme_healht"});
  EXPECT_EQ(run.exit_code, kFailed);
  EXPECT_EQ(run.err,
            "keyscore: there is no plugin plugins/acme_healht; `keyscore plugins list` shows what "
            "there is\n");
}

TEST_F(PluginsTest, ChangesSayWhatWhyAndWho) {
  server_.plugins.push_back(AcmeHealth());
  setenv("USER", "anna", 1);
  for (const char* command : {"enable", "disable", "uninstall", "reload"}) {
    const CliRun run = Plugins({command, "acme_health", "--reason", "as agreed", "--etag", "e4"});
    EXPECT_EQ(run.exit_code, kOk) << run.err;
    EXPECT_EQ(run.out, "acme_health 1.2.0: active, 3 KPIs, revision 4\n");
    EXPECT_EQ(server_.changes.back(),
              std::string(command) + " plugins/acme_health reason=as agreed etag=e4");
    EXPECT_THAT(server_.user, Optional(std::string("anna")));
  }
}

TEST_F(PluginsTest, WithoutAnEtagNoneIsSent) {
  EXPECT_EQ(Plugins({"disable", "acme_health"}).exit_code, kOk);
  EXPECT_THAT(server_.changes, ElementsAre("disable plugins/acme_health reason= etag="));
}

TEST_F(PluginsTest, WithoutUserTheAccountsNameIsSentAndStrangeLettersAreMended) {
  unsetenv("USER");
  EXPECT_EQ(Plugins({"disable", "a"}).exit_code, kOk);
  EXPECT_THAT(server_.user, Optional(Not(IsEmpty())));
  setenv("USER", "J\xc3\xbcrgen", 1);
  EXPECT_EQ(Plugins({"disable", "a"}).exit_code, kOk);
  EXPECT_THAT(server_.user, Optional(std::string("J??rgen")));
}

TEST_F(PluginsTest, RollbackTakesTheRevisionThatIsNamedElseTheOneBefore) {
  EXPECT_EQ(Plugins({"rollback", "a", "--revision", "3"}).exit_code, kOk);
  EXPECT_EQ(Plugins({"rollback", "plugins/a"}).exit_code, kOk);
  EXPECT_THAT(server_.changes, ElementsAre("rollback plugins/a reason= etag= revision=3",
                                           "rollback plugins/a reason= etag= revision=0"));
  EXPECT_EQ(Plugins({"rollback", "a", "--revision", "0"}).exit_code, kUsage);
}

TEST_F(PluginsTest, ChangesAreTheApisMessageForPrograms) {
  server_.plugins.push_back(AcmeHealth());
  const CliRun json = Plugins({"disable", "acme_health", "-o", "json"});
  EXPECT_EQ(nlohmann::json::parse(json.out)["name"], "plugins/acme_health");
  const CliRun csv = Plugins({"disable", "acme_health", "-o", "csv"});
  EXPECT_THAT(csv.out, HasSubstr("\r\nplugins/acme_health,active,"));
}

TEST_F(PluginsTest, ARefusedChangeSaysWhyAndWhatToDo) {
  server_.answer = keyscore::testing::RichError(grpc::StatusCode::PERMISSION_DENIED,
                                                "anna is no administrator", "NOT_AN_ADMIN");
  const CliRun run = Plugins({"disable", "acme_health"});
  EXPECT_EQ(run.exit_code, kFailed);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err,
            "keyscore: anna is no administrator; connect with an administrator's certificate: "
            "--tls-ca, --tls-cert and --tls-key\n");
}

TEST_F(PluginsTest, WrongFlagsAreNamedWithTheirNearest) {
  const CliRun flag = Plugins({"disable", "acme_health", "--raeson", "x"});
  EXPECT_EQ(flag.exit_code, kUsage);
  EXPECT_THAT(flag.err, HasSubstr("did you mean '--reason'?"));
  const CliRun command = Plugins({"disabel", "acme_health"});
  EXPECT_EQ(command.exit_code, kUsage);
  EXPECT_THAT(command.err, StartsWith("keyscore: keyscore plugins has no command 'disabel'; did "
                                      "you mean 'disable'?"));
  EXPECT_EQ(Plugins({"enable"}).exit_code, kUsage);
  EXPECT_THAT(server_.changes, IsEmpty());
}

TEST(PluginsWithoutServerTest, ADeadServerIsExitCodeThree) {
  for (const char* command : {"list", "log"}) {
    const CliRun run = RunCli({"plugins", command, "--server", "127.0.0.1:1"});
    EXPECT_EQ(run.exit_code, kUnreachable) << command;
    EXPECT_THAT(run.err, HasSubstr("cannot reach the server at 127.0.0.1:1"));
  }
  for (const char* command :
       {"show", "enable", "disable", "uninstall", "reload", "rollback", "shadow", "log"}) {
    const CliRun run = RunCli({"plugin", command, "acme_health", "--server", "127.0.0.1:1"});
    EXPECT_EQ(run.exit_code, kUnreachable) << command;
  }
}

}  // namespace
}  // namespace keyscore::cli
