// Target series and exceptions: making, approving, ending them; and what of it counts.
#include "unit/weighting/ledger_fixture.h"

namespace keyscore::weighting {
namespace {

using absl::CivilDay;
using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::StartsWith;

class LedgerTargetTest : public LedgerTest {
 protected:
  static TargetContent Growth(double value) {
    TargetContent content;
    content.kpi_id = "growth";
    content.points = {{CivilDay(2026, 1, 1), std::nullopt, value}};
    return content;
  }
  static auto Value(double value) {
    return [value](TargetContent content) -> absl::StatusOr<TargetContent> {
      content.points[0].value = value;
      return content;
    };
  }
  // What counts; -1 where nothing does.
  double InForce() const { return InForce(*ledger_->Snapshot()); }
  static double InForce(const Rules& rules) {
    return rules.targets.empty() ? -1 : rules.targets.at(0).content.points[0].value;
  }
};

TEST_F(LedgerTargetTest, ASeriesIsInForceAtOnce) {
  const auto created = ledger_->CreateTarget("growth", Growth(1), By("ada", "plan"), *registry_);
  ASSERT_OK(created);
  EXPECT_EQ(created->state, TargetState::kActive);
  EXPECT_EQ(created->reason, "plan");
  EXPECT_EQ(InForce(), 1);
  const auto updated = ledger_->UpdateTarget("growth", Value(2), By("bob", "", "r1"), *registry_);
  ASSERT_OK(updated);
  EXPECT_EQ(InForce(), 2);
  EXPECT_THAT(ledger_->UpdateTarget("growth", Value(3), By("bob", "", "r1"), *registry_),
              Fails(StatusCode::kAborted, "r2"));
  EXPECT_THAT(ledger_->CreateTarget("growth", Growth(1), By("ada"), *registry_),
              Fails(StatusCode::kAlreadyExists, "targetSeries/growth"));
  ASSERT_OK(ledger_->DeleteTarget("growth", By("ada")));
  EXPECT_EQ(InForce(), -1);
  EXPECT_THAT(ledger_->GetTarget("growth"), Fails(StatusCode::kNotFound, "targetSeries/growth"));
  EXPECT_TRUE(ledger_->ListTargets().empty());
  EXPECT_EQ(InForce(*ledger_->KnownAt(created->create_time)), 1);
  EXPECT_EQ(InForce(*ledger_->KnownAt(updated->create_time)), 2);
  EXPECT_EQ(ledger_->CreateTarget("growth", Growth(4), By("ada"), *registry_)->revision, 4);
  Open();
  EXPECT_EQ(InForce(), 4);
  EXPECT_THAT(Actions(), ElementsAre("weighting.create_target", "weighting.update_target",
                                     "weighting.delete_target", "weighting.create_target"));
}

TEST_F(LedgerTargetTest, UnderFourEyesItWaitsAndTheOneBeforeCounts) {
  Open({.four_eyes = true});
  ASSERT_OK(ledger_->CreateTarget("growth", Growth(1), By("ada"), *registry_));
  EXPECT_EQ(InForce(), -1);
  EXPECT_EQ(ledger_->ListTargets().at(0).state, TargetState::kPending);
  EXPECT_THAT(ledger_->ApproveTarget("growth", By("ada"), *registry_),
              Fails(StatusCode::kPermissionDenied, "OWN_CHANGE: "));
  const auto approved = ledger_->ApproveTarget("growth", By("bob"), *registry_);
  ASSERT_OK(approved);
  EXPECT_EQ(approved->author, "ada");
  EXPECT_EQ(approved->approver, "bob");
  EXPECT_EQ(InForce(), 1);
  EXPECT_THAT(ledger_->ApproveTarget("growth", By("bob"), *registry_),
              Fails(StatusCode::kFailedPrecondition, "NOTHING_TO_APPROVE: "));
  // Both who wrote what waits have written it.
  ASSERT_OK(ledger_->UpdateTarget("growth", Value(2), By("ada"), *registry_));
  ASSERT_OK(ledger_->UpdateTarget("growth", Value(3), By("cleo"), *registry_));
  EXPECT_EQ(InForce(), 1);
  EXPECT_THAT(ledger_->ApproveTarget("growth", By("ada"), *registry_),
              Fails(StatusCode::kPermissionDenied, "OWN_CHANGE: "));
  ASSERT_OK(ledger_->ApproveTarget("growth", By("bob"), *registry_));
  EXPECT_EQ(InForce(), 3);
}

TEST_F(LedgerTargetTest, NamesEveryFaultAtOnce) {
  ASSERT_OK(ledger_->CreateTarget("growth", Growth(1), By("ada"), *registry_));
  TargetContent content = Growth(1);
  content.points.push_back(content.points[0]);
  EXPECT_THAT(ledger_->CreateTarget("growth-2", content, By("ada"), *registry_),
              Fails(StatusCode::kInvalidArgument, "points[1].start_date"));
  EXPECT_THAT(
      ledger_->CreateTarget("growth-2", content, By("ada"), *registry_),
      Fails(StatusCode::kInvalidArgument, "selector: targetSeries/growth is for kpis/growth"));
  content.kpi_id = "growt";
  EXPECT_THAT(ledger_->CreateTarget("growth-2", content, By("ada"), *registry_),
              Fails(StatusCode::kInvalidArgument, "did you mean kpis/growth?"));
}

class LedgerOverrideTest : public LedgerTest {
 protected:
  ScoreOverride Leave() const {
    ScoreOverride exception;
    exception.id = "leave";
    exception.subject_id = "anna";
    exception.kpi_id = "growth";
    exception.score = 50;
    exception.start_date = today_ - 10;
    exception.expire_date = today_ + 20;
    exception.reason = "parental leave";
    return exception;
  }
  bool Counts(CivilDay day) const {
    for (const ScoreOverride& exception : ledger_->Snapshot()->overrides) {
      if (exception.InForceOn(day)) return true;
    }
    return false;
  }
};

TEST_F(LedgerOverrideTest, CountsOnceItIsApproved) {
  const auto created = ledger_->CreateOverride(Leave(), By("ada", ""), *registry_);
  ASSERT_OK(created);
  EXPECT_EQ(created->state, OverrideState::kPending);
  EXPECT_EQ(created->author, "ada");
  EXPECT_FALSE(Counts(today_));
  ASSERT_OK(ledger_->ApproveOverride("leave", By("bob")));
  EXPECT_TRUE(Counts(today_));
  EXPECT_FALSE(Counts(today_ + 20));
  EXPECT_THAT(ledger_->ApproveOverride("leave", By("bob")),
              Fails(StatusCode::kFailedPrecondition, "NOTHING_TO_APPROVE: "));
  Open();
  EXPECT_TRUE(Counts(today_));
  const auto known = ledger_->GetOverride("leave");
  EXPECT_EQ(known->approver, "bob");
  EXPECT_EQ(known->author, "ada");
  EXPECT_EQ(known->reason, "parental leave");
  EXPECT_EQ(store::ListAudit(*store_)->at(0).reason, "parental leave");
}

TEST_F(LedgerOverrideTest, UnderFourEyesTheAuthorMayNotApprove) {
  Open({.four_eyes = true});
  ASSERT_OK(ledger_->CreateOverride(Leave(), By("ada"), *registry_));
  EXPECT_THAT(ledger_->ApproveOverride("leave", By("ada")),
              Fails(StatusCode::kPermissionDenied, "OWN_CHANGE: "));
  ASSERT_OK(ledger_->ApproveOverride("leave", By("bob")));
}

TEST_F(LedgerOverrideTest, EndsOnTheDayItIsRevokedFrom) {
  ASSERT_OK(ledger_->CreateOverride(Leave(), By("ada"), *registry_));
  ASSERT_OK(ledger_->ApproveOverride("leave", By("bob")));
  const absl::Time approved = ledger_->Snapshot()->changed_at;
  const auto revoked = ledger_->RevokeOverride("leave", today_ + 5, By("bob", "back early"));
  ASSERT_OK(revoked);
  EXPECT_EQ(revoked->revoke_reason, "back early");
  EXPECT_TRUE(Counts(today_ + 4));
  EXPECT_FALSE(Counts(today_ + 5));
  // Sooner still, but not later again.
  EXPECT_THAT(ledger_->RevokeOverride("leave", today_ + 6, By("bob")),
              Fails(StatusCode::kFailedPrecondition, "ALREADY_REVOKED: "));
  ASSERT_OK(ledger_->RevokeOverride("leave", std::nullopt, By("bob")));
  EXPECT_TRUE(Counts(today_ - 1));
  EXPECT_FALSE(Counts(today_));
  EXPECT_TRUE(ledger_->KnownAt(approved)->overrides.at(0).InForceOn(today_ + 10));
}

TEST_F(LedgerOverrideTest, RevokedBeforeItWasApprovedItNeverCounts) {
  ASSERT_OK(ledger_->CreateOverride(Leave(), By("ada"), *registry_));
  ASSERT_OK(ledger_->RevokeOverride("leave", today_ + 5, By("ada")));
  for (int day = -11; day < 22; ++day) EXPECT_FALSE(Counts(today_ + day));
  EXPECT_THAT(ledger_->ApproveOverride("leave", By("bob")),
              Fails(StatusCode::kFailedPrecondition, "NOTHING_TO_APPROVE: "));
}

TEST_F(LedgerOverrideTest, OneForDaysThatAreOverCorrectsThem) {
  ScoreOverride exception = Leave();
  exception.start_date = today_ - 30;
  exception.expire_date = today_;
  ASSERT_OK(ledger_->CreateOverride(exception, By("ada"), *registry_));
  ASSERT_OK(ledger_->ApproveOverride("leave", By("bob")));
  EXPECT_TRUE(Counts(today_ - 1));
  EXPECT_FALSE(Counts(today_));
  // There is nothing left of it to end from today on.
  EXPECT_THAT(ledger_->RevokeOverride("leave", std::nullopt, By("bob")),
              Fails(StatusCode::kInvalidArgument, "revoke_date: "));
  ASSERT_OK(ledger_->RevokeOverride("leave", today_ - 30, By("bob")));
  EXPECT_FALSE(Counts(today_ - 1));
}

TEST_F(LedgerOverrideTest, RefusesWhatCannotBe) {
  ScoreOverride exception = Leave();
  exception.kpi_id = "growht";
  exception.expire_date.reset();
  EXPECT_THAT(ledger_->CreateOverride(exception, By("ada"), *registry_),
              Fails(StatusCode::kInvalidArgument, "expire_date: is missing"));
  EXPECT_THAT(ledger_->CreateOverride(exception, By("ada"), *registry_),
              Fails(StatusCode::kInvalidArgument, "kpi: kpis/growht is not known"));
  EXPECT_THAT(ledger_->RevokeOverride("gone", std::nullopt, By("bob")),
              Fails(StatusCode::kNotFound, "scoreOverrides/gone"));
}

TEST_F(LedgerOverrideTest, TwoForTheSameDaysAreRefused) {
  ScoreOverride second = Leave();
  second.id.clear();
  second.start_date = today_ + 19;
  second.expire_date = today_ + 40;
  ASSERT_OK(ledger_->CreateOverride(Leave(), By("ada"), *registry_));
  const auto waiting = ledger_->CreateOverride(second, By("ada"), *registry_);
  ASSERT_OK(waiting);
  EXPECT_THAT(waiting->id, StartsWith("override-"));
  EXPECT_EQ(waiting->id.size(), std::string("override-").size() + 12);
  ASSERT_OK(ledger_->ApproveOverride("leave", By("bob")));
  EXPECT_THAT(ledger_->ApproveOverride(waiting->id, By("bob")),
              Fails(StatusCode::kFailedPrecondition, "OVERLAP: scoreOverrides/leave"));
  EXPECT_THAT(ledger_->CreateOverride(second, By("ada"), *registry_),
              Fails(StatusCode::kInvalidArgument, "start_date: scoreOverrides/leave"));
  second.subject_id = "bea";
  ASSERT_OK(ledger_->CreateOverride(second, By("ada"), *registry_));
  // Once the first ends earlier there is room.
  ASSERT_OK(ledger_->RevokeOverride("leave", today_ + 19, By("bob")));
  ASSERT_OK(ledger_->ApproveOverride(waiting->id, By("bob")));
}

}  // namespace
}  // namespace keyscore::weighting
