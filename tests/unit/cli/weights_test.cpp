// keyscore weights …: what a person reads of weightings and their changes, and what is asked.
#include "unit/cli/weights_case.h"

namespace keyscore::cli {
namespace {

v1::WeightResolution Annas() {
  v1::WeightResolution weights;
  weights.set_subject("managers/anna-snelling");
  weights.set_subject_display_name("Anna Snelling");
  weights.set_date("2026-03-12");
  weights.set_profile("weightProfiles/north");
  weights.set_profile_revision(3);
  weights.set_minimum_coverage(0.6);
  const auto pillar = [&weights](v1::Pillar which, double weight) {
    v1::PillarWeight* added = weights.add_pillars();
    added->set_pillar(which);
    added->set_weight(weight);
  };
  pillar(v1::PILLAR_REVENUE, 0.7);
  pillar(v1::PILLAR_RETENTION, 0.3);
  pillar(v1::PILLAR_LEARNING, 0);
  v1::ResolvedKpiWeight* growth = weights.add_kpis();
  growth->set_kpi("kpis/organic_growth");
  growth->set_title("Organic growth");
  growth->set_pillar(v1::PILLAR_REVENUE);
  growth->set_weight(0.7);
  growth->set_weight_in_pillar(1);
  growth->set_target(105);
  growth->set_unit("%");
  growth->set_direction("higher");
  growth->set_target_source("targetSeries/growth-2026");
  growth->set_target_pacing(v1::TargetSeries::PACING_SEASONAL);
  growth->set_missing_data(v1::MISSING_DATA_POLICY_BLOCK);
  growth->set_override("scoreOverrides/o1");
  v1::ResolvedKpiWeight* churn = weights.add_kpis();
  churn->set_kpi("kpis/churn_rate");
  churn->set_title("Churn rate");
  churn->set_pillar(v1::PILLAR_RETENTION);
  churn->set_weight(0.3);
  churn->set_weight_in_pillar(1);
  churn->set_direction("lower");
  churn->set_missing_data(v1::MISSING_DATA_POLICY_REDISTRIBUTE_IN_PILLAR);
  v1::ResolvedKpiWeight* course = weights.add_kpis();
  course->set_kpi("kpis/courses_completed");
  course->set_title("Courses completed");
  course->set_pillar(v1::PILLAR_LEARNING);
  weights.add_reasons("18 months in role: from 18 to 36 months");
  weights.add_reasons("Within revenue: 100 % organic_growth.");
  return weights;
}

TEST_F(WeightsTest, ShowSaysWhatCountsInWords) {
  server_.resolution = Annas();
  server_.exception.set_name("scoreOverrides/o1");
  server_.exception.set_kpi("kpis/organic_growth");
  server_.exception.set_score(75);
  server_.exception.set_expire_date("2026-10-01");
  server_.exception.set_reason("plant on strike");
  server_.exception.set_author("ben");
  server_.exception.set_approver("cleo");
  const CliRun run = Weights({"show", "anna-snelling", "--at", "2026-03-12"});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_EQ(server_.resolve_request.subject(), "managers/anna-snelling");
  EXPECT_EQ(server_.resolve_request.date(), "2026-03-12");
  EXPECT_THAT(run.out, StartsWith("What counts for Anna Snelling on 12 March 2026  "
                                  "managers/anna-snelling, north, revision 3\n"));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*Organic growth +70 % +[^ ]+ +105.0  % +higher +"
                                    "targets growth-2026, in step with last year +organic_growth\n"
                                    "(.|\n)*"));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*Churn rate +30 % +[^ ]+ +none +lower +churn_rate\n"
                                    "(.|\n)*"));
  EXPECT_THAT(
      run.out,
      AllOf(
          HasSubstr("Organic growth: without figures there is no total.\n"),
          HasSubstr("There is a total when at least 60 % of the shares have figures.\n"),
          HasSubstr("Organic growth counts as 75.0 until 1 October 2026: plant on strike  by ben, "
                    "approved by cleo, o1\n"),
          HasSubstr("  18 months in role: from 18 to 36 months\n")));
  // What has no share is no business of hers.
  EXPECT_THAT(run.out, Not(HasSubstr("Courses")));
  EXPECT_THAT(run.out, Not(HasSubstr("Churn rate: without")));
  EXPECT_THAT(run.out, Not(HasSubstr("Within")));  // stands in the table
}

TEST_F(WeightsTest, ShowTakesASubjectInEveryForm) {
  for (const char* subject : {"accounts/a", "teams/t", "managers/m", "organization"}) {
    EXPECT_EQ(Weights({"show", subject}).exit_code, kOk);
    EXPECT_EQ(server_.resolve_request.subject(), subject);
  }
  EXPECT_EQ(Weights({"show", "anna", "--date", "2026-03-12"}).exit_code, kOk);
  EXPECT_EQ(server_.resolve_request.date(), "2026-03-12");
  const CliRun typo = Weights({"show", "organisation"});
  EXPECT_EQ(typo.exit_code, kUsage);
  EXPECT_THAT(typo.err, HasSubstr("did you mean 'organization'?"));
  const CliRun day = Weights({"show", "anna", "--at", "March"});
  EXPECT_EQ(day.exit_code, kUsage);
  EXPECT_EQ(day.err, "keyscore: --at takes a day, such as 2026-07-01, or today; 'March' is none\n");
}

TEST_F(WeightsTest, ShowForProgramsAndSpreadsheets) {
  server_.resolution = Annas();
  const auto json = nlohmann::json::parse(Weights({"show", "anna", "-o", "json"}).out);
  EXPECT_EQ(json["kpis"].size(), 3u);
  EXPECT_THAT(Weights({"show", "anna", "-o", "csv"}).out,
              HasSubstr("\r\nmanagers/anna-snelling,2026-03-12,weightProfiles/north,3,retention,"
                        "kpis/churn_rate,1,0.3,,Churn rate,,lower,,redistribute in pillar,\r\n"));
}

TEST_F(WeightsTest, ExplainNamesTheWinnerAndWhyTheOthersLost) {
  *server_.explanation.mutable_resolution() = Annas();
  auto* winner = server_.explanation.add_candidates();
  winner->set_profile("weightProfiles/north");
  winner->set_revision(3);
  winner->mutable_selector()->set_team("teams/north");
  winner->set_effective_date("2026-01-01");
  winner->set_won(true);
  winner->set_why("is for her team");
  auto* loser = server_.explanation.add_candidates();
  loser->set_profile("weightProfiles/default");
  loser->set_revision(1);
  loser->set_why("is for everyone, which is less specific");
  const CliRun run = Weights({"explain", "anna-snelling", "-p", "2026-Q1"});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_EQ(server_.explain_request.period(), "2026-Q1");
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*counts +north +3 +team north +2026-01-01 +is for her "
                                    "team\n +default +1 +everyone +always +is for everyone, which "
                                    "is less specific\n(.|\n)*"));
  EXPECT_EQ(Weights({"explain", "a", "-p", "2026-Q1", "--at", "2026-01-01"}).exit_code, kUsage);
}

v1::WeightProfile Profile(int64_t revision, v1::WeightProfile::State state) {
  v1::WeightProfile profile;
  profile.set_name("weightProfiles/default/revisions/" + std::to_string(revision));
  profile.set_revision(revision);
  profile.set_state(state);
  profile.set_action("update");
  profile.set_author("anna");
  profile.set_reason("r" + std::to_string(revision));
  profile.mutable_create_time()->set_seconds(kNewYear + revision);
  profile.set_published_revision(1);
  profile.set_etag("r" + std::to_string(revision));
  return profile;
}

TEST_F(WeightsTest, TheLogFollowsThePages) {
  for (int64_t i = 3; i >= 1; --i) {
    server_.profiles.push_back(
        Profile(i, i == 1 ? v1::WeightProfile::STATE_PUBLISHED : v1::WeightProfile::STATE_DRAFT));
  }
  const CliRun run = Weights({"log", "default"});
  EXPECT_EQ(run.out,
            "Revision  When (UTC)           Who   What    State      From    Reason\n"
            "       3  2026-01-01 00:00:03  anna  update  draft      always  r3\n"
            "       2  2026-01-01 00:00:02  anna  update  draft      always  r2\n"
            "       1  2026-01-01 00:00:01  anna  update  published  always  r1\n");
  EXPECT_THAT(Weights({"list"}).out,
              MatchesRegex("Profile +For +Counts today(.|\n)*default +everyone +revision 1 +3 +"
                           "draft(.|\n)*"));
  EXPECT_THAT(Weights({"list", "-o", "csv"}).out,
              HasSubstr("\r\nweightProfiles/default,2,draft,everyone,,update,anna,,"
                        "2026-01-01T00:00:02Z,,1,0,,r2,r2\r\n"));
}

TEST_F(WeightsTest, GetShowsAProfileAsItStandsInAFile) {
  server_.profile = Profile(3, v1::WeightProfile::STATE_DRAFT);
  v1::PillarWeight* pillar = server_.profile.add_untenured_pillars();
  pillar->set_pillar(v1::PILLAR_REVENUE);
  pillar->set_weight(1);
  const CliRun run = Weights({"get", "default", "--revision", "3"});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_THAT(server_.calls(), ElementsAre("get weightProfiles/default/revisions/3"));
  EXPECT_THAT(run.out, EndsWith("\n\n  - id: default\n    for: everyone\n    minimum_coverage: 0\n"
                                "    without_tenure: {revenue: 1}\n"));
}

TEST_F(WeightsTest, CompareShowsBeforeAndAfter) {
  server_.comparison.set_revision(1);
  server_.comparison.set_with_revision(4);
  auto* change = server_.comparison.add_changes();
  change->set_field("kpis[churn_rate].weight");
  change->set_after("0.25");
  EXPECT_EQ(Weights({"compare", "default", "1", "4"}).out,
            "Revision 1 → 4\n  kpis[churn_rate].weight  none  →  0.25\n");
  EXPECT_EQ(Weights({"compare", "default"}).exit_code, kOk);
  EXPECT_THAT(server_.calls(), ElementsAre("compare weightProfiles/default 1 4",
                                           "compare weightProfiles/default 0 0"));
}

TEST_F(WeightsTest, StepsOfAChangeSendReasonEtagAndDay) {
  server_.profile = Profile(4, v1::WeightProfile::STATE_APPROVED);
  const CliRun approve = Weights({"approve", "default", "--reason", "fine", "--etag", "r3"});
  EXPECT_EQ(approve.out, "default: revision 4, approved\nNext: keyscore weights publish default\n");
  server_.profile = Profile(5, v1::WeightProfile::STATE_PUBLISHED);
  server_.profile.set_effective_date("2026-07-01");
  EXPECT_EQ(Weights({"publish", "default", "--effective", "2026-07-01"}).out,
            "default: revision 5, published, counts from 2026-07-01 on\n");
  Weights({"publish", "default", "--effective", "today"});
  Weights({"rollback", "default", "--revision", "2", "--effective", "2026-08-01"});
  Weights({"discard", "weightProfiles/default"});
  Weights({"review", "default", "--reason", "still right"});
  Weights({"delete", "default"});
  EXPECT_THAT(server_.calls(),
              ElementsAre("approve weightProfiles/default reason=fine etag=r3",
                          "publish weightProfiles/default reason= etag= effective=2026-07-01",
                          "publish weightProfiles/default reason= etag= effective=today",
                          "rollback weightProfiles/default reason= etag= revision=2 "
                          "effective=2026-08-01",
                          "discard weightProfiles/default reason= etag=",
                          "review weightProfiles/default reason=still right etag=",
                          "delete weightProfiles/default reason= etag="));
  EXPECT_EQ(Weights({"publish", "default", "--effective", "soon"}).exit_code, kUsage);
}

TEST_F(WeightsTest, ARefusalIsOneLineWithTheServersWords) {
  server_.answer = keyscore::testing::RichError(
      grpc::StatusCode::PERMISSION_DENIED, "anna wrote this draft; somebody else must approve it",
      "OWN_CHANGE");
  const CliRun run = Weights({"approve", "default"});
  EXPECT_EQ(run.exit_code, kFailed);
  EXPECT_EQ(run.err, "keyscore: anna wrote this draft; somebody else must approve it\n");
}

TEST_F(WeightsTest, ExportWritesAFileThatDiffReadsBack) {
  v1::WeightProfile* profile = server_.exported.add_profiles();
  profile->set_name("weightProfiles/default");
  profile->mutable_selector();
  profile->set_minimum_coverage(0.1 + 0.2);
  profile->set_band_policy(v1::BAND_POLICY_TIME_WEIGHTED);
  const std::string path = folder_.path() + "/w.yaml";
  const CliRun run = Weights({"export", "-f", path});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "Wrote " + path + ": 1 profile\n");
  EXPECT_EQ(Weights({"export"}).out, folder_.Read("w.yaml"));
  EXPECT_EQ(Weights({"diff", "-f", path}).exit_code, kOk);
  EXPECT_EQ(server_.apply_request.set().SerializeAsString(), server_.exported.SerializeAsString());
  EXPECT_TRUE(server_.apply_request.validate_only());
  EXPECT_EQ(Weights({"export", "-f", folder_.path() + "/no/such/w.yaml"}).exit_code, kUsage);
  EXPECT_EQ(Weights({"export", "-o", "csv"}).exit_code, kUsage);
}

TEST_F(WeightsTest, DiffEndsWithFourWhereSomethingDiffers) {
  const std::string path = folder_.Write("w.yaml", kFile);
  v1::WeightChange* change = server_.applied.add_changes();
  change->set_resource("weightProfiles/default");
  change->set_effective_date("2026-01-01");
  change->set_action(v1::WeightChange::ACTION_UPDATE);
  auto* field = change->add_fields();
  field->set_field("minimum_coverage");
  field->set_before("0.5");
  field->set_after("0.6");
  v1::WeightChange* unnamed = server_.applied.add_changes();
  unnamed->set_resource("targetSeries/t");
  unnamed->set_action(v1::WeightChange::ACTION_UNNAMED);
  const CliRun run = Weights({"diff", "-f", path});
  EXPECT_EQ(run.exit_code, kFound);
  EXPECT_EQ(run.out,
            "default from 2026-01-01: would change\n"
            "  minimum_coverage  0.5  →  0.6\n"
            "on the server only, stays: target t\n");
  EXPECT_THAT(run.err, AllOf(HasSubstr("differ in 1 resource"), HasSubstr("weights apply -f")));
  EXPECT_THAT(Weights({"diff", "-f", path, "-o", "csv"}).out,
              HasSubstr("\r\nweightProfiles/default,2026-01-01,update,,false,minimum_coverage,0.5,"
                        "0.6\r\ntargetSeries/t,,unnamed,,false,,,\r\n"));
  change->set_action(v1::WeightChange::ACTION_UNCHANGED);
  change->clear_fields();
  EXPECT_EQ(Weights({"diff", "-f", path}).exit_code, kOk);
}

TEST_F(WeightsTest, ApplySendsTheFileOnceItIsInOrder) {
  const std::string path = folder_.Write("w.yaml", kFile);
  v1::WeightChange* change = server_.applied.add_changes();
  change->set_resource("weightProfiles/default");
  change->set_action(v1::WeightChange::ACTION_UPDATE);
  change->set_revision(7);
  const CliRun run = Weights({"apply", "-f", path, "--reason", "board", "--etag", "e"});
  EXPECT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_EQ(run.out, "default: changed, revision 7\n");
  EXPECT_EQ(server_.apply_request.set().profiles(0).untenured_pillars(0).weight(), 1);
  Weights({"apply", "-f", path, "--dry-run", "--normalize"});
  EXPECT_TRUE(server_.apply_request.normalize());
  EXPECT_TRUE(server_.validate_request.normalize());
  EXPECT_THAT(server_.calls(), ElementsAre("validate", "apply reason=board etag=e", "validate",
                                           "apply reason= etag= dry"));
}

TEST_F(WeightsTest, AnApplyThatDraftsNamesTheNextStep) {
  const std::string path = folder_.Write("w.yaml", kFile);
  v1::WeightChange* change = server_.applied.add_changes();
  change->set_resource("weightProfiles/default");
  change->set_action(v1::WeightChange::ACTION_CREATE);
  change->set_draft(true);
  change->set_revision(2);
  *server_.applied.add_changes() = *change;
  server_.applied.mutable_changes(1)->set_resource("targetSeries/t");
  EXPECT_EQ(Weights({"apply", "-f", path}).out,
            "default: new, drafted, revision 2\n"
            "target t: new, drafted, revision 2\n"
            "Next, by somebody else: keyscore weights approve default, then keyscore weights "
            "publish default\n"
            "Next, by somebody else: keyscore weights targets approve t\n");
}

TEST_F(WeightsTest, EveryFaultOfFileAndServerIsToldAndNothingIsApplied) {
  const std::string path = folder_.Write("w.yaml", R"(version: 1
profiles:
  - id: default
    for: everyone
    name: [1]
    without_tenure: {revenue: 0.5}
)");
  v1::WeightFault* fault = server_.faults.add_faults();
  fault->set_field("profiles[0].untenured_pillars");
  fault->set_description("the weights sum to 0.5, not 1");
  const CliRun run = Weights({"apply", "-f", path});
  EXPECT_EQ(run.exit_code, kUsage);
  EXPECT_EQ(run.err, path + ":5: 'name' must be a text\n" + path +
                         ":6: profiles[0].without_tenure: the weights sum to 0.5, not 1\n"
                         "keyscore: " +
                         path + " has the 2 faults above; nothing was changed\n");
  EXPECT_THAT(server_.calls(), ElementsAre("validate"));
  EXPECT_EQ(Weights({"validate", "-f", path}).exit_code, kUsage);
  EXPECT_EQ(Weights({"diff", "-f", path}).exit_code, kUsage);
  server_.faults.clear_faults();
  EXPECT_EQ(Weights({"validate", "-f", folder_.Write("good.yaml", kFile)}).out,
            folder_.path() + "/good.yaml is in order: 1 profile\n");
}

TEST_F(WeightsTest, AFaultyFileIsToldEvenWhereNoServerIs) {
  const std::string path = folder_.Write("w.yaml", "version: 1\nprofiles:\n  - name: x\n");
  const CliRun run =
      RunCli({"weights", "validate", "-f", path, "--server", "127.0.0.1:1", "--timeout", "1"});
  EXPECT_EQ(run.exit_code, kUsage);
  EXPECT_THAT(run.err, HasSubstr(":3: 'id' is missing\n"));
}

}  // namespace
}  // namespace keyscore::cli
