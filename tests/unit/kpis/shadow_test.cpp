// Versions in shadow: what is compared, what is passed over, and that nobody waits for it.
#include "kpis/plugins/shadow.h"

#include <cmath>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "unit/kpis/evaluation_case.h"
#include "unit/kpis/plugin_host_case.h"

namespace keyscore::kpis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::shared_ptr<const LoadedLibrary> Version(std::string version, std::vector<LoadedKpi> kpis) {
  auto library = std::make_shared<LoadedLibrary>();
  library->id = "sales";
  library->version = version;
  library->sha256 = "digest of " + version;
  library->kpis = std::move(kpis);
  return library;
}

LoadedKpi Share(Formula formula) {
  return Kpi("sales.share", Rollup::kPooled, SaleInputs(), std::move(formula));
}

class ShadowTest : public ::testing::Test {
 protected:
  ShadowTest() { store_.facts = {Sale("anna", "acme", 1, 4), Sale("bert", "bolt", 1, 8)}; }

  void Run(const Formula& served, const Formula& shadow) {
    RunBoth(Version("1.0.0", {Share(served)}), Version("2.0.0", {Share(shadow)}));
  }
  void RunBoth(std::shared_ptr<const LoadedLibrary> served,
               std::shared_ptr<const LoadedLibrary> shadow) {
    served_ = std::move(served);
    runner_.Run({{.plugin_id = "sales",
                  .served = served_,
                  .shadow = std::move(shadow),
                  .start_time = Day(3, 1)}});
  }
  EvaluationResult Ask(std::vector<std::string> managers) {
    EvaluationRequest request = March({&served_->kpis[0]}, std::move(managers));
    request.observer = &runner_;
    return Evaluated(request, store_);
  }
  ShadowReport Report() {
    runner_.AwaitIdle();
    const auto report = runner_.Report("sales");
    EXPECT_TRUE(report.has_value());
    return report.value_or(ShadowReport{});
  }

  store::FakeStore store_;
  std::shared_ptr<const LoadedLibrary> served_;
  ShadowRunner runner_{store_, kCalendar};
};

TEST_F(ShadowTest, CountsWhatIsEqualToTheLastBit) {
  Run(Ratio, Ratio);
  Ask({"anna", "bert", "nobody"});
  const ShadowReport report = Report();
  EXPECT_EQ(report.served_version, "1.0.0");
  EXPECT_EQ(report.served_sha256, "digest of 1.0.0");
  EXPECT_EQ(report.shadow_version, "2.0.0");
  EXPECT_EQ(report.start_time, Day(3, 1));
  ASSERT_THAT(report.kpis, SizeIs(1));
  EXPECT_EQ(report.kpis[0].kpi_id, "sales.share");
  EXPECT_EQ(report.kpis[0].compared, 3);
  EXPECT_EQ(report.kpis[0].equal, 3);
  EXPECT_EQ(report.kpis[0].different, 0);
  EXPECT_THAT(report.differences, IsEmpty());
}

TEST_F(ShadowTest, KeepsWhatIsDifferentAndServesTheVersionInForce) {
  // In shadow: double, which is 0.25 more for Anna and 0.125 more for Bert; nothing for who has
  // none.
  Run(Ratio, [](const EvaluationBatch& batch) -> absl::StatusOr<Rows> {
    auto rows = Ratio(batch);
    for (RowResult& row : *rows) row.value *= 2;
    return rows;
  });
  const EvaluationResult served = Ask({"anna", "bert", "nobody"});
  EXPECT_EQ(served.outcomes[0][0].value, 0.25);
  const ShadowReport report = Report();
  EXPECT_EQ(report.kpis[0].compared, 3);
  EXPECT_EQ(report.kpis[0].equal, 1);
  EXPECT_EQ(report.kpis[0].different, 2);
  EXPECT_EQ(report.kpis[0].max_difference, 0.25);
  EXPECT_EQ(report.kpis[0].failed, 0);
  ASSERT_THAT(report.differences, SizeIs(2));
  const ShadowDifference& oldest = report.differences[1];  // newest first
  EXPECT_EQ(oldest.subject_id, "anna");
  EXPECT_EQ(oldest.kind, store::SubjectKind::kManager);
  EXPECT_EQ(oldest.period_from, Day(3, 1));
  EXPECT_EQ(oldest.period_to, Day(4, 1));
  EXPECT_EQ(oldest.served_value, 0.25);
  EXPECT_EQ(oldest.shadow_value, 0.5);
}

TEST_F(ShadowTest, AValueOneBitOffIsDifferent) {
  Run(Ratio, [](const EvaluationBatch& batch) -> absl::StatusOr<Rows> {
    auto rows = Ratio(batch);
    for (RowResult& row : *rows) row.value = std::nextafter(row.value, 1);
    return rows;
  });
  Ask({"anna"});
  EXPECT_EQ(Report().kpis[0].different, 1);
}

TEST_F(ShadowTest, AFailureInShadowIsCountedAndTouchesNoAnswer) {
  Run(Ratio, [](const EvaluationBatch&) -> absl::StatusOr<Rows> {
    return absl::InternalError("not ready");
  });
  EXPECT_EQ(Ask({"anna"}).outcomes[0][0].state, State::kValue);
  const ShadowReport report = Report();
  EXPECT_EQ(report.kpis[0].failed, 1);
  EXPECT_EQ(report.kpis[0].different, 1);
  ASSERT_THAT(report.differences, SizeIs(1));
  EXPECT_EQ(report.differences[0].shadow_state, State::kError);
  EXPECT_EQ(report.differences[0].shadow_value, std::nullopt);
  EXPECT_THAT(report.differences[0].shadow_reason, HasSubstr("not ready"));
}

TEST_F(ShadowTest, AsksForTheWatermarkThatWasAnswered) {
  Run(Ratio, Ratio);
  Ask({"anna"});
  Report();
  ASSERT_THAT(store_.measure_calls, SizeIs(2));
  EXPECT_EQ(store_.measure_calls[0].watermark, 1);
  EXPECT_EQ(store_.measure_calls[1].watermark, 1);
}

TEST_F(ShadowTest, ListsKpisThatOnlyOneVersionHas) {
  const auto kpi = [](const char* id) { return Kpi(id, Rollup::kPooled, SaleInputs(), Ratio); };
  RunBoth(Version("1.0.0", {kpi("sales.share"), kpi("sales.old")}),
          Version("2.0.0", {kpi("sales.new"), kpi("sales.share")}));
  const ShadowReport report = Report();
  EXPECT_THAT(report.only_served, ElementsAre("sales.old"));
  EXPECT_THAT(report.only_shadow, ElementsAre("sales.new"));
  ASSERT_THAT(report.kpis, SizeIs(1));
  EXPECT_EQ(report.kpis[0].kpi_id, "sales.share");
}

TEST_F(ShadowTest, KeepsTheNewestHundredDifferences) {
  Run(Ratio, [](const EvaluationBatch& batch) -> absl::StatusOr<Rows> {
    return Rows(batch.row_count, {.state = State::kValue, .value = 100});
  });
  for (int i = 0; i < 60; ++i) {
    Ask({"anna", "bert"});
    runner_.AwaitIdle();
  }
  const ShadowReport report = Report();
  EXPECT_EQ(report.kpis[0].different, 120);
  EXPECT_THAT(report.differences, SizeIs(100));
  EXPECT_EQ(report.differences[0].subject_id, "bert");
}

TEST_F(ShadowTest, PassesOverWhatItCantKeepUpWith) {
  absl::Notification go;
  Run(Ratio, [&go](const EvaluationBatch& batch) {
    go.WaitForNotification();
    return Ratio(batch);
  });
  // What is served doesn't wait for the shadow, which is stuck. One request is being compared, as
  // many as may wait do.
  constexpr int kMore = 10;
  for (size_t i = 0; i < ShadowRunner::kMaxJobs + 1 + kMore; ++i) {
    // A fake store is no store for two threads; what is handed over is what counts here.
    EvaluationRequest request = March({&served_->kpis[0]}, {"anna"});
    EvaluationResult result{.watermark = 1};
    result.outcomes = {{{.kpi = &served_->kpis[0], .state = State::kValue, .value = 0.25}}};
    runner_.Evaluated(request, result);
  }
  const auto before = runner_.Report("sales");
  ASSERT_TRUE(before.has_value());
  EXPECT_GE(before->skipped_requests, kMore);
  EXPECT_LE(before->skipped_requests, kMore + 1);
  go.Notify();
  const ShadowReport report = Report();
  EXPECT_EQ(report.kpis[0].compared + report.skipped_requests,
            static_cast<int64_t>(ShadowRunner::kMaxJobs) + 1 + kMore);
}

TEST_F(ShadowTest, AnotherVersionBeginsAnew) {
  Run(Ratio, First);
  Ask({"anna"});
  EXPECT_EQ(Report().kpis[0].different, 1);
  RunBoth(served_, Version("3.0.0", {Share(Ratio)}));
  EXPECT_EQ(Report().kpis[0].compared, 0);
  runner_.Run({});
  EXPECT_FALSE(runner_.Report("sales").has_value());
  Ask({"anna"});  // nobody looks any more
}

TEST_F(ShadowTest, OtherLibrariesAreNotCompared) {
  Run(Ratio, Ratio);
  const LoadedKpi other = Share(Ratio);
  EvaluationRequest request = March({&other, &served_->kpis[0]}, {"anna"});
  request.observer = &runner_;
  Evaluated(request, store_);
  EXPECT_EQ(Report().kpis[0].compared, 1);
}

class ShadowedPluginTest : public PluginHostTest {};

TEST_F(ShadowedPluginTest, RunsBesideTheVersionInForceUntilItIsPromoted) {
  Start();
  Put("swap_v1");
  EXPECT_EQ(host_->registry().Snapshot()->observer(), nullptr);
  const PluginView view = Put("swap_v2", /*shadow=*/true);
  EXPECT_EQ(view.version, "1.0.0");
  ASSERT_TRUE(view.shadow.has_value());
  EXPECT_EQ(view.shadow->version, "2.0.0");
  EXPECT_EQ(view.shadow->sha256, Digest("swap_v2"));
  EXPECT_EQ(Minutes(), 7);
  impl().AwaitShadow();
  const auto report = host_->GetShadowReport("swapping");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->start_time, view.shadow->start_time);
  ASSERT_THAT(report->differences, SizeIs(1));
  EXPECT_EQ(report->differences[0].served_value, 7);
  EXPECT_EQ(report->differences[0].shadow_value, 1007);
  EXPECT_EQ(report->kpis[0].max_difference, 1000);

  const auto promoted = host_->Promote("swapping", kAda);
  ASSERT_TRUE(promoted.ok()) << promoted.status();
  EXPECT_EQ(promoted->version, "2.0.0");
  EXPECT_FALSE(promoted->shadow.has_value());
  EXPECT_EQ(Minutes(), 1007);
  EXPECT_EQ(host_->GetShadowReport("swapping").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(host_->Promote("swapping", kAda).status().code(),
            absl::StatusCode::kFailedPrecondition);
  Start();
  EXPECT_EQ(Minutes(), 1007);
  ASSERT_TRUE(host_->Rollback("swapping", 0, kAda).ok());
  EXPECT_EQ(Minutes(), 7);
  EXPECT_THAT(AuditedActions(),
              ElementsAre("plugin.install", "plugin.shadow", "plugin.promote", "plugin.rollback"));
}

TEST_F(ShadowedPluginTest, IsDiscardedOnRequest) {
  Start();
  Put("swap_v1");
  Put("swap_v2", /*shadow=*/true);
  const auto discarded = host_->DiscardShadow("swapping", kAda);
  ASSERT_TRUE(discarded.ok()) << discarded.status();
  EXPECT_FALSE(discarded->shadow.has_value());
  EXPECT_EQ(Minutes(), 7);
  EXPECT_EQ(host_->registry().Snapshot()->observer(), nullptr);
  EXPECT_EQ(host_->DiscardShadow("swapping", kAda).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(ShadowedPluginTest, RunsAgainAfterARestart) {
  PutInDirectory("swap_v1", "swapping.so");
  Start();
  const PluginView before = Put("swap_v2", /*shadow=*/true);
  EXPECT_EQ(before.source, PluginSource::kInstalled);
  // Whatever becomes of the directory, the version in force stays.
  PutInDirectory("swap_v2", "swapping.so");
  Start();
  EXPECT_EQ(Minutes(), 7);
  ASSERT_TRUE(View().shadow.has_value());
  EXPECT_EQ(View().shadow->start_time, before.shadow->start_time);
  impl().AwaitShadow();
  EXPECT_EQ(host_->GetShadowReport("swapping")->kpis[0].compared, 1);
}

TEST_F(ShadowedPluginTest, NeedsAVersionInForceAndIsNotTheSame) {
  Start();
  InstallRequest request = Upload("swap_v1");
  request.shadow = true;
  EXPECT_EQ(Install(request).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Kept(), IsEmpty());
  Put("swap_v1");
  EXPECT_EQ(Install(request).status().code(), absl::StatusCode::kFailedPrecondition);
  Put("swap_v2", /*shadow=*/true);
  request = Upload("swap_v2");
  request.shadow = true;
  EXPECT_THAT(std::string(Install(request).status().message()), HasSubstr("promote it"));
}

TEST_F(ShadowedPluginTest, EndsWithTheVersionItIsComparedWith) {
  Start();
  Put("swap_v1");
  Put("swap_v2", /*shadow=*/true);
  ASSERT_TRUE(host_->Disable("swapping", kAda).ok());
  ASSERT_TRUE(host_->Enable("swapping", kAda).ok());
  EXPECT_FALSE(View().shadow.has_value());
}

}  // namespace
}  // namespace keyscore::kpis
