// keyscore weights preview and lint: what a person reads, and what is asked.
#include "unit/cli/weights_case.h"

namespace keyscore::cli {
namespace {

v1::WeightPreview TwoPeriods() {
  v1::WeightPreview preview;
  auto* period = preview.add_periods();
  period->mutable_period()->set_expression("2026-Q3");
  period->mutable_period()->set_start_date("2026-07-01");
  period->mutable_period()->set_end_date("2026-10-01");
  period->set_winners(12);
  period->set_losers(1);
  period->set_unchanged(1);
  period->set_no_longer_scored(1);
  period->set_mean_before(70);
  period->set_mean_after(71.25);
  period->set_coverage_before(0.9);
  period->set_coverage_after(1);
  period->set_rank_correlation(0.987);
  auto* driver = period->add_drivers();
  driver->set_kpi("kpis/churn_rate");
  driver->set_points(1.2);
  auto* migration = period->add_migrations();
  migration->set_from("default: under 18 months");
  migration->set_to("north: under 18 months");
  migration->set_subjects(4);
  const auto change = [period](const std::string& id, std::optional<double> before,
                               std::optional<double> after) {
    auto* added = period->add_changes();
    added->set_subject("managers/" + id);
    if (before.has_value()) added->set_total_before(*before);
    if (after.has_value()) added->set_total_after(*after);
    return added;
  };
  for (int i = 0; i < 12; ++i) change("w" + std::to_string(i), 50, 60 - 0.5 * i);
  auto* loser = change("loser", 80, 75.5);
  loser->set_rank_before(1);
  loser->set_rank_after(2);
  *loser->add_drivers() = *driver;
  loser->mutable_drivers(0)->set_points(-4.5);
  change("same", 60, 60);
  change("gone", 60, std::nullopt);
  return preview;
}

TEST_F(WeightsTest, PreviewShowsWhoWinsWhoLosesAndWhy) {
  server_.preview = TwoPeriods();
  server_.waits_until_done = 2;
  const CliRun run = Weights({"preview", "default", "--periods", "2", "--for", "teams"});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_EQ(server_.preview_request.names(0), "weightProfiles/default");
  EXPECT_EQ(server_.preview_request.parent(), "teams/-");
  EXPECT_EQ(server_.preview_request.period_count(), 2);
  EXPECT_THAT(server_.calls(), ElementsAre("forget operations/1"));
  EXPECT_THAT(
      run.out,
      AllOf(HasSubstr("Mean total  70.0 → 71.2   coverage 90 % → 100 %\n"),
            HasSubstr("12 rise by more than half a point, 1 fall, 1 stay, 1 no longer scored\n"),
            HasSubstr("rank correlation 0.99"), HasSubstr("Driven by   churn_rate +1.2"),
            HasSubstr("4 from default: under 18 months to north: under 18 months\n"),
            HasSubstr("and 2 more; --all shows them\n")));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*w0 +50.0  →   60.0  .10.0(.|\n)*"));
  EXPECT_THAT(run.out,
              MatchesRegex("(.|\n)*loser +80.0  →   75.5  -4.5  1 → 2  churn_rate -4.5\n(.|\n)*"));
  EXPECT_THAT(run.out, MatchesRegex("(.|\n)*gone +60.0  → +–(.|\n)*"));
  EXPECT_THAT(run.out, Not(HasSubstr("  same ")));
  EXPECT_THAT(run.out, Not(HasSubstr("w11")));
}

TEST_F(WeightsTest, PreviewShowsAllWhereAskedAndEverythingToPrograms) {
  server_.preview = TwoPeriods();
  EXPECT_THAT(Weights({"preview", "default", "--all"}).out, HasSubstr("w11"));
  EXPECT_EQ(server_.preview_request.period_count(), 0);
}

TEST_F(WeightsTest, PreviewTriesAFileInNamedPeriods) {
  server_.preview = TwoPeriods();
  const CliRun run = Weights({"preview", "-f", folder_.Write("w.yaml", kFile), "--periods",
                              "2026-Q3,2026-Q2", "-o", "json"});
  ASSERT_EQ(run.exit_code, kOk) << run.err;
  EXPECT_EQ(server_.preview_request.profiles(0).name(), "weightProfiles/default");
  EXPECT_EQ(server_.preview_request.periods_size(), 2);
  EXPECT_EQ(nlohmann::json::parse(run.out)["periods"][0]["changes"].size(), 15u);
  EXPECT_EQ(Weights({"preview"}).exit_code, kUsage);
  EXPECT_EQ(Weights({"preview", "a", "--periods", "13"}).exit_code, kUsage);
}

TEST_F(WeightsTest, PreviewSaysThatTargetsOfAFileAreNotTried) {
  const std::string path = folder_.Write("w.yaml", std::string(kFile) + R"(targets:
  - id: t
    kpi: churn_rate
    for: everyone
    points: [{from: 2026-01-01, value: 5}]
)");
  const CliRun run = Weights({"preview", "-f", path});
  EXPECT_EQ(run.exit_code, kOk);
  EXPECT_EQ(run.err, "The file's targets are not tried: those in force count\n");
}

TEST_F(WeightsTest, AnInterruptStopsThePreviewOnTheServerToo) {
  server_.waits_until_done = -1;
  std::thread impatient([this] {
    while (!server_.waited_for()) std::this_thread::yield();
    std::raise(SIGINT);
  });
  const CliRun run = Weights({"preview", "default"});
  impatient.join();
  EXPECT_EQ(run.exit_code, kFailed);
  EXPECT_THAT(run.err, HasSubstr("stopped; the server has stopped too"));
  EXPECT_THAT(server_.calls(), ElementsAre("cancel operations/1", "forget operations/1"));
}

TEST_F(WeightsTest, LintIsAdviceAndEndsWithZero) {
  server_.lint.set_subjects(12);
  server_.lint.mutable_period()->set_start_date("2026-07-01");
  server_.lint.mutable_period()->set_end_date("2026-10-01");
  v1::LintFinding* finding = server_.lint.add_findings();
  finding->set_rule("no-target");
  finding->set_profile("weightProfiles/default");
  finding->add_kpis("kpis/churn_rate");
  finding->set_evidence("churn_rate has no target");
  finding->set_remedy("give it one");
  const CliRun run = Weights({"lint", "default", "-p", "2026-Q3"});
  EXPECT_EQ(run.exit_code, kOk);
  EXPECT_EQ(
      run.out,
      "no-target  default\n  churn_rate has no target\n  KPIs: churn_rate\n  → give it one\n\n"
      "1 piece of advice; looked at the figures of 12 subjects in 1 Jul – 30 Sep 2026\n");
  EXPECT_EQ(server_.lint_request.period(), "2026-Q3");
  Weights({"lint"});
  Weights({"lint", "-f", folder_.Write("w.yaml", kFile)});
  EXPECT_EQ(server_.lint_request.profile().name(), "weightProfiles/default");
  EXPECT_THAT(server_.calls(), ElementsAre("lint weightProfiles/default", "lint ", "lint "));
}

}  // namespace
}  // namespace keyscore::cli
