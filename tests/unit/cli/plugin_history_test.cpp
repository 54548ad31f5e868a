// keyscore plugin shadow | log against a server inside the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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
using ::testing::StartsWith;

constexpr int64_t kNewYear = 1483228800;  // 2017-01-01T00:00:00Z

class HistoryTest : public ::testing::Test {
 protected:
  CliRun Plugin(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "plugin");
    arguments.insert(arguments.end(), {"--server", server_.address()});
    return RunCli(arguments);
  }

  keyscore::testing::FakePluginServer server_;
};

v1::ShadowReport Report() {
  v1::ShadowReport report;
  report.set_served_version("1.0.0");
  report.set_served_sha256("0123456789abcdef");
  report.set_shadow_version("1.1.0");
  report.set_shadow_sha256("fedcba9876543210");
  report.mutable_start_time()->set_seconds(kNewYear);
  v1::ShadowReport::KpiComparison* kpi = report.add_kpis();
  kpi->set_kpi("kpis/acme_health.escalation_rate");
  kpi->set_compared(1200);
  kpi->set_equal(1197);
  kpi->set_different(3);
  kpi->set_max_difference(4.25);
  kpi->set_failed(1);
  const auto add = [&report](const char* served_state, std::optional<double> served,
                             const char* shadow_state, std::optional<double> shadow) {
    v1::ShadowReport::Difference* difference = report.add_differences();
    difference->set_kpi("kpis/acme_health.escalation_rate");
    difference->set_subject("managers/anna");
    difference->mutable_period_start_time()->set_seconds(kNewYear - 3600);
    difference->mutable_period_end_time()->set_seconds(kNewYear + 31 * 86400 - 3600);
    difference->set_served_state(served_state);
    if (served.has_value()) difference->set_served_value(*served);
    difference->set_shadow_state(shadow_state);
    if (shadow.has_value()) difference->set_shadow_value(*shadow);
    difference->mutable_time()->set_seconds(kNewYear + 5);
  };
  add("VALUE", 37.5, "VALUE", 41.75);
  add("VALUE", 0.1 + 0.2, "VALUE", 0.3);
  add("VALUE", 20, "ERROR", std::nullopt);
  report.mutable_differences(2)->set_shadow_reason("PLUGIN_TIMEOUT: over 2 s");
  report.add_only_served("kpis/acme_health.old");
  report.add_only_shadow("kpis/acme_health.new");
  report.set_skipped_requests(7);
  return report;
}

TEST_F(HistoryTest, TheReportCountsAndShowsBothValuesOfADifference) {
  server_.shadow_report = Report();
  server_.time_zone = "Europe/Berlin";
  const CliRun run = Plugin({"shadow", "acme_health"});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_THAT(run.out, StartsWith("acme_health: 1.1.0 (fedcba987654) in shadow beside 1.0.0 "
                                  "(0123456789ab), since 2017-01-01 00:00:00 UTC\n"));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*acme_health.escalation_rate +1,200 +1,197 +3 "
                                    "+4.2 +1\n(.|\n)*"));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*managers/anna +.2017-01-01, 2017-02-01. +37.5 +41.8 "
                                    "+2017-01-01 00:00:05\n(.|\n)*"));
  // Where rounding hides the difference, all digits are shown.
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)* 0.30000000000000004 +0.3 (.|\n)*"));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)* 20.0 +error .*PLUGIN_TIMEOUT: over 2 s\n(.|\n)*"));
  EXPECT_THAT(run.out, AllOf(HasSubstr("Only in the one in force, 1.0.0: acme_health.old\n"),
                             HasSubstr("Only in the one in shadow, 1.1.0: acme_health.new\n"),
                             HasSubstr("7 requests not compared"), HasSubstr("--promote")));
}

TEST_F(HistoryTest, AReportWithoutComparisonsSaysSo) {
  server_.shadow_report = Report();
  server_.shadow_report.mutable_kpis(0)->set_compared(0);
  EXPECT_THAT(Plugin({"shadow", "a"}).out, HasSubstr("Nothing was compared yet"));
  server_.shadow_report.clear_kpis();
  EXPECT_THAT(Plugin({"shadow", "a"}).out, HasSubstr("Nothing was compared yet"));
}

TEST_F(HistoryTest, TheReportForProgramsAndSpreadsheets) {
  server_.shadow_report = Report();
  const auto json = nlohmann::json::parse(Plugin({"shadow", "acme_health", "-o", "json"}).out);
  EXPECT_EQ(json["differences"].size(), 3u);
  EXPECT_EQ(json["name"], "plugins/acme_health");
  EXPECT_THAT(Plugin({"shadow", "acme_health", "-o", "csv"}).out,
              EndsWith("\r\nplugins/acme_health,1.0.0,0123456789abcdef,1.1.0,fedcba9876543210,"
                       "2017-01-01T00:00:00Z,kpis/acme_health.escalation_rate,1200,1197,3,4.25,1"
                       "\r\n"));
}

TEST_F(HistoryTest, AShadowIsTakenOrLeft) {
  EXPECT_EQ(Plugin({"shadow", "a", "--promote", "--reason", "equal for a week"}).exit_code, kOk);
  EXPECT_EQ(Plugin({"shadow", "a", "--discard", "--etag", "e"}).exit_code, kOk);
  EXPECT_THAT(server_.changes, ElementsAre("promote plugins/a reason=equal for a week etag=",
                                           "discard plugins/a reason= etag=e"));
}

TEST_F(HistoryTest, TakingAndLeavingAtOnceOrAReasonForNothingIsAUsageError) {
  EXPECT_EQ(Plugin({"shadow", "a", "--promote", "--discard"}).exit_code, kUsage);
  const CliRun reason = Plugin({"shadow", "a", "--reason", "x"});
  EXPECT_EQ(reason.exit_code, kUsage);
  EXPECT_EQ(reason.err, "keyscore: --reason and --etag go with --promote or --discard\n");
  EXPECT_THAT(server_.changes, IsEmpty());
}

v1::PluginRevision Revision(int64_t number, const std::string& action, const std::string& version,
                            bool available) {
  v1::PluginRevision revision;
  revision.set_name("plugins/acme_health/revisions/" + std::to_string(number));
  revision.set_revision(number);
  revision.mutable_create_time()->set_seconds(kNewYear + number);
  revision.set_author("anna");
  revision.set_action(action);
  revision.set_reason("r" + std::to_string(number));
  revision.set_version(version);
  revision.set_sha256("sha-of-" + version + "-and-more");
  revision.set_available(available);
  return revision;
}

v1::AuditEntry Entry(int64_t number, const std::string& action, const std::string& reason) {
  v1::AuditEntry entry;
  entry.set_number(number);
  entry.mutable_time()->set_seconds(kNewYear + number - 10);
  entry.set_author("anna");
  entry.set_action(action);
  entry.set_resource("plugins/acme_health");
  entry.set_reason(reason);
  entry.set_hash("hash" + std::to_string(number));
  return entry;
}

TEST_F(HistoryTest, TheLogJoinsRevisionsAndAuditEntriesNewestFirst) {
  server_.revisions = {Revision(3, "rollback", "1.0.0", true),
                       Revision(2, "install", "1.1.0", true),
                       Revision(1, "install", "1.0.0", false)};
  server_.audit_entries = {Entry(13, "plugin.rollback", "r3"), Entry(12, "plugin.install", "r2"),
                           Entry(11, "plugin.install", "r1")};
  const CliRun run = Plugin({"log", "acme_health"});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_EQ(server_.audited_resource, "plugins/acme_health");
  EXPECT_EQ(run.out,
            "When (UTC)           Who   What      Revision  Version  SHA-256       Library  Entry  "
            "Reason\n"
            "2017-01-01 00:00:03  anna  rollback         3  1.0.0    sha-of-1.0.0  kept        13  "
            "r3\n"
            "2017-01-01 00:00:02  anna  install          2  1.1.0    sha-of-1.1.0  kept        12  "
            "r2\n"
            "2017-01-01 00:00:01  anna  install          1  1.0.0    sha-of-1.0.0  gone        11  "
            "r1\n");
}

TEST_F(HistoryTest, AnEntryThatNamesItsRevisionIsTakenAtItsWord) {
  server_.revisions = {Revision(2, "disable", "1.0.0", true),
                       Revision(1, "disable", "1.0.0", true)};
  for (v1::PluginRevision& revision : server_.revisions) revision.set_reason("same");
  server_.audit_entries = {Entry(12, "plugin.disable", "same")};
  (*server_.audit_entries[0].mutable_details())["revision"] = "1";
  (*server_.audit_entries[0].mutable_details())["version"] = "0.9.0";
  const std::string csv = Plugin({"log", "acme_health", "-o", "csv"}).out;
  EXPECT_THAT(csv, HasSubstr("\r\n2017-01-01T00:00:02Z,anna,disable,plugins/acme_health,1,0.9.0,"
                             "sha-of-1.0.0-and-more,true,same,12,hash12\r\n"));
  EXPECT_THAT(csv, HasSubstr("\r\n2017-01-01T00:00:02Z,anna,disable,plugins/acme_health,2,1.0.0,"
                             "sha-of-1.0.0-and-more,true,same,,\r\n"));
}

TEST_F(HistoryTest, TheBeginOfAShadowIsAboutTheVersionInShadow) {
  server_.audit_entries = {Entry(12, "plugin.shadow", "try")};
  auto& details = *server_.audit_entries[0].mutable_details();
  details["version"] = "1.0.0";
  details["shadow_version"] = "1.1.0";
  details["shadow_sha256"] = "fedcba9876543210";
  EXPECT_THAT(Plugin({"log", "acme_health"}).out,
              MatchesRegex("(.|\n)* shadow +1.1.0 +fedcba987654 +12 +try\n"));
}

TEST_F(HistoryTest, TheLogOfOneForProgramsHasBothMessages) {
  server_.revisions = {Revision(1, "install", "1.0.0", true)};
  server_.audit_entries = {Entry(11, "plugin.install", "r1")};
  const auto json = nlohmann::json::parse(Plugin({"log", "acme_health", "-o", "json"}).out);
  EXPECT_EQ(json["revisions"][0]["version"], "1.0.0");
  EXPECT_EQ(json["auditEntries"][0]["hash"], "hash11");
}

TEST_F(HistoryTest, TheLogOfAllIsTheAuditLogOfPluginsAlone) {
  server_.audit_entries = {Entry(13, "plugin.install", "of another"), Entry(12, "weights.set", "x"),
                           Entry(11, "plugin.install", "r1")};
  server_.audit_entries[0].set_resource("plugins/other");
  server_.audit_entries[1].set_resource("weightProfiles/default");
  const CliRun run = Plugin({"log"});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_EQ(server_.audited_resource, "");
  EXPECT_EQ(run.out,
            "When (UTC)           Who   What     Plugin       Entry  Reason\n"
            "2017-01-01 00:00:03  anna  install  other           13  of another\n"
            "2017-01-01 00:00:01  anna  install  acme_health     11  r1\n");
  const auto json = nlohmann::json::parse(Plugin({"log", "-o", "json"}).out);
  EXPECT_EQ(json["auditEntries"].size(), 2u);
}

TEST_F(HistoryTest, AnEmptyLogSaysSo) {
  EXPECT_EQ(Plugin({"log"}).out, "No plugin was changed while a server ran.\n");
  EXPECT_EQ(Plugin({"log", "a"}).out, "It was never changed while a server ran.\n");
}

}  // namespace
}  // namespace keyscore::cli
