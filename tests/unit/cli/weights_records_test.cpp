// keyscore weights overrides and targets, keyscore audit: what a person reads, and what is asked.
#include "unit/cli/weights_case.h"

namespace keyscore::cli {
namespace {

TEST_F(WeightsTest, AnExceptionNeedsAnEndAReasonAndOneKindOfChange) {
  const std::vector<std::string> base = {"overrides", "add", "anna", "churn_rate"};
  const auto add = [&](std::vector<std::string> more) {
    more.insert(more.begin(), base.begin(), base.end());
    return Weights(more);
  };
  EXPECT_THAT(add({"--score", "50", "--reason", "r"}).err, HasSubstr("--until is required"));
  EXPECT_THAT(add({"--score", "50", "--until", "2026-10-01"}).err,
              HasSubstr("--reason is required"));
  EXPECT_EQ(add({"--until", "2026-10-01", "--reason", "r"}).err,
            "keyscore: give either --score N, from 0 to 100, or --exempt\n");
  EXPECT_EQ(add({"--until", "later", "--reason", "r", "--exempt"}).exit_code, kUsage);
  server_.exception.set_name("scoreOverrides/o1");
  server_.exception.set_state(v1::ScoreOverride::STATE_PENDING);
  const CliRun run = add({"--score", "0", "--until", "2026-10-01", "--reason", "r"});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  const v1::ScoreOverride& sent = server_.create_override_request.score_override();
  EXPECT_EQ(sent.subject(), "managers/anna");
  EXPECT_EQ(sent.kpi(), "kpis/churn_rate");
  EXPECT_EQ(sent.exception_case(), v1::ScoreOverride::kScore);  // 0 is a score
  EXPECT_EQ(sent.start_date(), "");
  EXPECT_THAT(run.out, HasSubstr("It counts once it is approved: keyscore weights overrides "
                                 "approve o1\n"));
  add({"--exempt", "--until", "2026-10-01", "--reason", "r", "--from", "2026-07-01"});
  EXPECT_TRUE(server_.create_override_request.score_override().exempt());
  EXPECT_EQ(server_.create_override_request.score_override().start_date(), "2026-07-01");
  const CliRun tried = add({"--exempt", "--until", "2026-10-01", "--reason", "r", "--dry-run"});
  EXPECT_TRUE(server_.create_override_request.validate_only());
  EXPECT_THAT(tried.out, AllOf(HasSubstr("Nothing was changed"), Not(HasSubstr("approve o1"))));
}

TEST_F(WeightsTest, ExceptionsAreListedApprovedAndRevoked) {
  server_.exception.set_name("scoreOverrides/o1");
  server_.exception.set_subject("managers/anna");
  server_.exception.set_kpi("kpis/churn_rate");
  server_.exception.set_exempt(true);
  server_.exception.set_start_date("2026-07-01");
  server_.exception.set_expire_date("2026-10-01");
  server_.exception.set_state(v1::ScoreOverride::STATE_ACTIVE);
  EXPECT_THAT(Weights({"overrides", "list", "anna"}).out,
              MatchesRegex("(.|\n)*o1 +managers/anna +churn_rate +does not count +2026-07-01 +"
                           "2026-10-01 +active\n"));
  Weights({"overrides", "approve", "o1", "--reason", "yes"});
  Weights({"overrides", "revoke", "o1", "--from", "2026-08-01", "--reason", "over"});
  EXPECT_THAT(server_.calls(),
              ElementsAre("list overrides of managers/anna", "approve scoreOverrides/o1 reason=yes",
                          "revoke scoreOverrides/o1 from=2026-08-01 reason=over"));
}

TEST_F(WeightsTest, TargetsAreListed) {
  EXPECT_THAT(Weights({"targets", "list"}).out, HasSubstr("There are no series of targets"));
  v1::TargetSeries series;
  series.set_name("targetSeries/t");
  series.set_kpi("kpis/churn_rate");
  series.set_pacing(v1::TargetSeries::PACING_LINEAR);
  series.set_state(v1::TargetSeries::STATE_ACTIVE);
  v1::TargetSeries::Point* point = series.add_points();
  point->set_start_date("2026-01-01");
  point->set_value(5);
  server_.targets = {series, series, series};
  const std::string listed = Weights({"targets", "list", "--kpi", "churn_rate"}).out;
  EXPECT_THAT(listed, HasSubstr("2026-01-01 to …, 1 point"));
  EXPECT_EQ(std::count(listed.begin(), listed.end(), '\n'), 4);
  EXPECT_THAT(server_.calls(), Contains("list targets of kpis/churn_rate"));
}

class AuditTest : public WeightsTest {
 protected:
  CliRun Audit(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "audit");
    arguments.insert(arguments.end(), {"--server", server_.address()});
    return RunCli(arguments);
  }
};

const std::string kHead(64, 'a');
const std::string kOther(64, 'b');

TEST_F(AuditTest, ASoundLogIsOneLine) {
  server_.verified.set_sound(true);
  server_.verified.set_entries(214);
  server_.verified.set_documents(187);
  server_.verified.set_head_hash(kHead);
  const CliRun run = Audit({"verify"});
  EXPECT_EQ(run.exit_code, kOk);
  EXPECT_EQ(run.out, "sound: 214 entries, 187 documents, head " + kHead + "\n");
}

TEST_F(AuditTest, EveryFindingIsToldAndTheExitCodeIsFour) {
  server_.verified.set_entries(2);
  server_.verified.add_findings("entry 2 was changed");
  server_.verified.add_findings("weightProfiles/default@3 was changed");
  const CliRun run = Audit({"verify"});
  EXPECT_EQ(run.exit_code, kFound);
  EXPECT_THAT(run.out, StartsWith("entry 2 was changed\nweightProfiles/default@3 was changed\n"
                                  "not sound: 2 entries"));
  EXPECT_THAT(run.err, HasSubstr("2 findings"));
}

TEST_F(AuditTest, AHeadThatWasKeptMustStillBeInTheLog) {
  server_.verified.set_sound(true);
  server_.verified.set_head_hash(kHead);
  for (const std::string& hash : {kHead, std::string(64, 'c'), kOther}) {
    v1::AuditEntry entry;
    entry.set_hash(hash);
    server_.audit_entries.push_back(entry);
  }
  EXPECT_EQ(Audit({"verify", "--head", kHead}).exit_code, kOk);
  EXPECT_EQ(Audit({"verify", "--head", kOther}).exit_code, kOk);
  const CliRun cut = Audit({"verify", "--head", std::string(64, 'd')});
  EXPECT_EQ(cut.exit_code, kFound);
  EXPECT_THAT(cut.out, HasSubstr("cut off"));
  EXPECT_EQ(Audit({"verify", "--head", "abc"}).exit_code, kUsage);
}

TEST_F(AuditTest, TheListFollowsThePages) {
  for (int64_t i = 3; i >= 1; --i) {
    v1::AuditEntry entry;
    entry.set_number(i);
    entry.mutable_time()->set_seconds(kNewYear + i);
    entry.set_author("anna");
    entry.set_action("weights.publish");
    entry.set_resource("weightProfiles/default");
    entry.set_hash(kHead);
    entry.set_reason("r" + std::to_string(i));
    server_.audit_entries.push_back(entry);
  }
  const CliRun run = Audit({"list", "--resource", "weightProfiles/default"});
  EXPECT_THAT(run.out,
              MatchesRegex("Entry(.|\n)* 3  2026-01-01 00:00:03  anna  weights.publish  "
                           "weightProfiles/default  aaaaaaaaaaaa  r3\n(.|\n)* 1  (.|\n)*"));
  EXPECT_THAT(server_.calls(), Contains("entries of weightProfiles/default"));
  server_.audit_entries.clear();
  EXPECT_EQ(Audit({"list"}).out, "Nothing was changed while a server ran.\n");
}

}  // namespace
}  // namespace keyscore::cli
