// Target series and exceptions over the API.
#include "unit/rpc/weighting_case.h"

namespace keyscore::rpc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

v1::TargetSeries Series(const std::string& kpi = "sales") {
  v1::TargetSeries series;
  series.set_kpi("kpis/" + kpi);
  series.set_pacing(v1::TargetSeries::PACING_LINEAR);
  auto& point = *series.add_points();
  point.set_start_date("2026-01-01");
  point.set_end_date("2026-04-01");
  point.set_value(90);
  return series;
}

v1::ScoreOverride Exception(const std::string& subject = "managers/kim") {
  v1::ScoreOverride exception;
  exception.set_subject(subject);
  exception.set_kpi("kpis/sales");
  exception.set_score(75);
  exception.set_start_date("2026-01-01");
  exception.set_expire_date("2026-07-01");
  exception.set_reason("parental leave");
  return exception;
}

template <typename Case>
class TargetsOver : public Case {
 protected:
  absl::StatusOr<v1::TargetSeries> CreateSeries(const std::string& id,
                                                const v1::TargetSeries& series) {
    v1::CreateTargetSeriesRequest request;
    request.set_target_series_id(id);
    *request.mutable_target_series() = series;
    return this->template Performed<v1::TargetSeries>(request, this->By("ada"));
  }
  absl::StatusOr<v1::ScoreOverride> CreateException(const v1::ScoreOverride& exception,
                                                    const std::string& id = "") {
    v1::CreateScoreOverrideRequest request;
    request.set_score_override_id(id);
    *request.mutable_score_override() = exception;
    return this->template Performed<v1::ScoreOverride>(request, this->By("ada"));
  }
};

class WeightingTargetsTest : public TargetsOver<WeightingCase> {};
class WeightingTargetsFourEyesTest : public TargetsOver<FourEyesCase> {};

TEST_F(WeightingTargetsTest, ASeriesCountsAtOnceWithoutFourEyes) {
  const auto created = CreateSeries("sales", Series());
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->name(), "targetSeries/sales");
  EXPECT_EQ(created->state(), v1::TargetSeries::STATE_ACTIVE);
  EXPECT_EQ(created->author(), "ada");
}

TEST_F(WeightingTargetsFourEyesTest, ASeriesWaitsForAnotherPairOfEyes) {
  ASSERT_EQ(CreateSeries("sales", Series())->state(), v1::TargetSeries::STATE_PENDING);
  v1::ApproveTargetSeriesRequest request;
  request.set_name("targetSeries/sales");
  EXPECT_EQ(ReasonOf(Performed<v1::TargetSeries>(request, By("ada")).status()), "OWN_CHANGE");
  const auto approved = Performed<v1::TargetSeries>(request, By("bob"));
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->state(), v1::TargetSeries::STATE_ACTIVE);
  EXPECT_EQ(approved->approver(), "bob");
}

TEST_F(WeightingTargetsTest, FaultsOfASeriesAreViolations) {
  v1::TargetSeries series = Series("sails");
  series.mutable_points(0)->set_end_date("2025-12-31");  // before its start
  const absl::Status status = CreateSeries("Sales!", series).status();
  EXPECT_EQ(ReasonOf(status), "INVALID_WEIGHTS");
  EXPECT_THAT(FieldsOf(status), testing::IsSupersetOf({"target_series_id", "target_series.kpi"}));
  series.mutable_points(0)->set_start_date("soon");
  const absl::Status unread = CreateSeries("sales", series).status();
  EXPECT_THAT(FieldsOf(unread), testing::Contains("target_series.points[0].start_date"));
}

TEST_F(WeightingTargetsTest, UpdatesListsAndDeletesSeries) {
  ASSERT_TRUE(CreateSeries("margin", Series("margin")).ok());
  ASSERT_TRUE(CreateSeries("sales", Series()).ok());
  v1::UpdateTargetSeriesRequest update;
  update.mutable_target_series()->set_name("targetSeries/sales");
  update.mutable_target_series()->set_display_name("Sales plan");
  const auto updated = Performed<v1::TargetSeries>(update, By("ada"));
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->display_name(), "Sales plan");
  EXPECT_EQ(updated->points_size(), 1);
  update.mutable_update_mask()->add_paths("approver");
  EXPECT_EQ(ReasonOf(Performed<v1::TargetSeries>(update, By("ada")).status()),
            "INVALID_UPDATE_MASK");
  v1::ListTargetSeriesRequest list;
  EXPECT_EQ(Answered<v1::ListTargetSeriesResponse>(list)->target_series_size(), 2);
  list.set_kpi("kpis/sales");
  const auto sales = Answered<v1::ListTargetSeriesResponse>(list);
  ASSERT_EQ(sales->target_series_size(), 1);
  EXPECT_EQ(sales->target_series(0).name(), "targetSeries/sales");
  v1::DeleteTargetSeriesRequest gone;
  gone.set_name("targetSeries/sales");
  ASSERT_TRUE(Performed<v1::TargetSeries>(gone, By("ada")).ok());
  EXPECT_EQ(Answered<v1::ListTargetSeriesResponse>(list)->target_series_size(), 0);
  v1::GetTargetSeriesRequest get;
  get.set_name("targetSeries/margins");
  const absl::Status missing = Answered<v1::TargetSeries>(get).status();
  EXPECT_EQ(ReasonOf(missing), "TARGET_SERIES_NOT_FOUND");
  EXPECT_THAT(std::string(missing.message()), HasSubstr("Did you mean 'margin'?"));
}

TEST_F(WeightingTargetsTest, RevisionsOfASeriesAreListedAndCompared) {
  ASSERT_TRUE(CreateSeries("sales", Series()).ok());
  v1::CompareTargetSeriesRevisionsRequest compare;
  compare.set_name("targetSeries/sales");
  EXPECT_EQ(ReasonOf(Answered<v1::CompareTargetSeriesRevisionsResponse>(compare).status()),
            "NOTHING_TO_COMPARE");
  v1::UpdateTargetSeriesRequest update;
  *update.mutable_target_series() = Series();
  update.mutable_target_series()->set_name("targetSeries/sales");
  update.mutable_target_series()->mutable_points(0)->set_value(120);
  ASSERT_TRUE(Performed<v1::TargetSeries>(update, By("bob")).ok());
  v1::DeleteTargetSeriesRequest gone;
  gone.set_name("targetSeries/sales");
  ASSERT_TRUE(Performed<v1::TargetSeries>(gone, By("ada")).ok());

  v1::ListTargetSeriesRevisionsRequest list;
  list.set_parent("targetSeries/sales");
  list.set_page_size(2);
  const auto page = Answered<v1::ListTargetSeriesRevisionsResponse>(list);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->revisions_size(), 2);
  EXPECT_EQ(page->revisions(0).name(), "targetSeries/sales/revisions/3");
  EXPECT_EQ(page->revisions(0).state(), v1::TargetSeries::STATE_DELETED);
  EXPECT_EQ(page->revisions(1).author(), "bob");
  list.set_page_token(page->next_page_token());
  const auto rest = Answered<v1::ListTargetSeriesRevisionsResponse>(list);
  ASSERT_EQ(rest->revisions_size(), 1);
  EXPECT_EQ(rest->revisions(0).points(0).value(), 90);

  compare.set_revision(1);
  compare.set_with_revision(2);
  const auto compared = Answered<v1::CompareTargetSeriesRevisionsResponse>(compare);
  ASSERT_EQ(compared->changes_size(), 1) << compared->ShortDebugString();
  EXPECT_EQ(compared->changes(0).before(), "90");
  EXPECT_EQ(compared->changes(0).after(), "120");
  compare.set_with_revision(4);
  EXPECT_EQ(ReasonOf(Answered<v1::CompareTargetSeriesRevisionsResponse>(compare).status()),
            "REVISION_NOT_FOUND");
}

TEST_F(WeightingTargetsTest, AnExceptionWaitsForApprovalUnderAnIdOfTheServers) {
  const auto created = CreateException(Exception());
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->state(), v1::ScoreOverride::STATE_PENDING);
  EXPECT_EQ(created->reason(), "parental leave");
  EXPECT_TRUE(created->name().starts_with("scoreOverrides/"));
  EXPECT_GT(created->name().size(), std::string("scoreOverrides/").size());
  v1::ApproveScoreOverrideRequest approve;
  approve.set_name(created->name());
  const auto approved = Performed<v1::ScoreOverride>(approve, By("bob"));
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->state(), v1::ScoreOverride::STATE_ACTIVE);
}

TEST_F(WeightingTargetsTest, AnExceptionIsForSomebodyWhoIsThere) {
  const absl::Status status = CreateException(Exception("managers/kin")).status();
  EXPECT_EQ(ReasonOf(status), "SUBJECT_NOT_FOUND") << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("did you mean managers/kim?"));
}

TEST_F(WeightingTargetsTest, AnExceptionWithoutEndOrReasonIsRefused) {
  v1::ScoreOverride exception = Exception();
  exception.clear_expire_date();
  exception.clear_reason();
  const absl::Status status = CreateException(exception).status();
  EXPECT_THAT(FieldsOf(status),
              UnorderedElementsAre("score_override.expire_date", "score_override.reason"));
  exception.set_start_date("soon");
  EXPECT_THAT(FieldsOf(CreateException(exception).status()),
              UnorderedElementsAre("score_override.start_date", "score_override.expire_date",
                                   "score_override.reason"));
}

TEST_F(WeightingTargetsTest, ExceptionsAreListedBySubjectAndRevoked) {
  ASSERT_TRUE(CreateException(Exception(), "kim-sales").ok());
  v1::ScoreOverride whole = Exception("organization");
  whole.set_exempt(true);
  ASSERT_TRUE(CreateException(whole, "all-sales").ok());
  v1::ListScoreOverridesRequest list;
  list.set_subject("managers/kim");
  const auto listed = Answered<v1::ListScoreOverridesResponse>(list);
  ASSERT_TRUE(listed.ok());
  ASSERT_EQ(listed->score_overrides_size(), 1);
  EXPECT_EQ(listed->score_overrides(0).name(), "scoreOverrides/kim-sales");
  list.set_subject("kim");
  EXPECT_EQ(ReasonOf(Answered<v1::ListScoreOverridesResponse>(list).status()),
            "INVALID_RESOURCE_NAME");
  v1::RevokeScoreOverrideRequest revoke;
  revoke.set_name("scoreOverrides/kim-sales");
  const auto revoked = Performed<v1::ScoreOverride>(revoke, By("ada"));
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_EQ(revoked->state(), v1::ScoreOverride::STATE_REVOKED);
  v1::GetScoreOverrideRequest get;
  get.set_name("scoreOverrides/kim");
  EXPECT_EQ(ReasonOf(Answered<v1::ScoreOverride>(get).status()), "SCORE_OVERRIDE_NOT_FOUND");
}

}  // namespace
}  // namespace keyscore::rpc
