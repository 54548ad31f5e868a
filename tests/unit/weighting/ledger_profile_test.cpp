// The life of a profile: drafted, approved, published, rolled back, deleted; and what of it counts.
#include <thread>

#include "unit/weighting/ledger_fixture.h"

namespace keyscore::weighting {
namespace {

using absl::CivilDay;
using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LedgerProfileTest : public LedgerTest {};

TEST_F(LedgerProfileTest, ADraftCountsForNothingUntilItIsPublished) {
  const auto created = ledger_->CreateProfile("north", For("north"), By("ada"), *registry_);
  ASSERT_OK(created);
  EXPECT_EQ(created->revision, 1);
  EXPECT_EQ(created->state, ProfileState::kDraft);
  EXPECT_EQ(created->action, "create");
  EXPECT_THAT(created->draft_authors, ElementsAre("ada"));
  EXPECT_EQ(ledger_->Snapshot()->versions.size(), 1);  // the default
  EXPECT_EQ(ledger_->RevisionOn("north", today_), 0);

  const auto approved = ledger_->ApproveProfile("north", By("bob"), *registry_);
  ASSERT_OK(approved);
  EXPECT_EQ(approved->approver, "bob");
  const auto published =
      ledger_->PublishProfile("north", std::nullopt, By("ada", "new year"), *registry_);
  ASSERT_OK(published);
  EXPECT_EQ(published->revision, 3);
  EXPECT_EQ(published->state, ProfileState::kPublished);
  EXPECT_EQ(published->approver, "bob");
  EXPECT_EQ(published->reason, "new year");
  EXPECT_EQ(ledger_->RevisionOn("north", CivilDay(1999, 1, 1)), 3);
  EXPECT_EQ(ledger_->Snapshot()->changed_at, published->create_time);

  // What is drafted next leaves it alone.
  const auto updated = ledger_->UpdateProfile("north", Coverage(0.7), By("cleo"), *registry_);
  ASSERT_OK(updated);
  EXPECT_EQ(updated->state, ProfileState::kDraft);
  EXPECT_EQ(updated->approver, "");
  EXPECT_THAT(updated->draft_authors, ElementsAre("cleo"));
  EXPECT_EQ(CoverageOn("north", today_), 0.5);
  EXPECT_EQ(ledger_->GetProfile("north")->content.minimum_coverage, 0.7);
  EXPECT_THAT(Actions(), ElementsAre("weighting.create_profile", "weighting.approve_profile",
                                     "weighting.publish_profile", "weighting.update_profile"));
}

TEST_F(LedgerProfileTest, EverythingIsThereAgainAfterARestart) {
  Published("north", For("north", 0.25, CivilDay(2026, 1, 1)));
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.7), By("cleo"), *registry_));
  const auto before = ledger_->ProfileHistory("north");
  Open();
  const auto after = ledger_->ProfileHistory("north");
  ASSERT_OK(after);
  ASSERT_EQ(after->size(), 3);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*after)[i].revision, static_cast<int64_t>(i) + 1);
    EXPECT_EQ((*after)[i].content, (*before)[i].content);
    EXPECT_EQ((*after)[i].author, (*before)[i].author);
    EXPECT_EQ((*after)[i].create_time, (*before)[i].create_time);
  }
  EXPECT_EQ(CoverageOn("north", CivilDay(2026, 1, 1)), 0.25);
  EXPECT_EQ(CoverageOn("north", CivilDay(2025, 12, 31)), -1);
}

TEST_F(LedgerProfileTest, UnderFourEyesSomebodyElseMustApprove) {
  Open({.four_eyes = true});
  ASSERT_OK(ledger_->CreateProfile("north", For("north"), By("ada"), *registry_));
  EXPECT_THAT(ledger_->PublishProfile("north", std::nullopt, By("bob"), *registry_),
              Fails(StatusCode::kFailedPrecondition, "APPROVAL_MISSING: "));
  EXPECT_THAT(ledger_->ApproveProfile("north", By("ada"), *registry_),
              Fails(StatusCode::kPermissionDenied, "OWN_CHANGE: "));
  EXPECT_THAT(ledger_->ApproveProfile("north", By("anonymous"), *registry_),
              Fails(StatusCode::kFailedPrecondition, "NAME_MISSING: "));
  // Whoever has written any of it has written it.
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.6), By("bob"), *registry_));
  EXPECT_THAT(ledger_->ApproveProfile("north", By("ada"), *registry_),
              Fails(StatusCode::kPermissionDenied, "OWN_CHANGE: "));
  EXPECT_THAT(ledger_->ApproveProfile("north", By("bob"), *registry_),
              Fails(StatusCode::kPermissionDenied, "OWN_CHANGE: "));
  ASSERT_OK(ledger_->ApproveProfile("north", By("cleo"), *registry_));
  // An approval is lost with a change.
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.7), By("ada"), *registry_));
  EXPECT_THAT(ledger_->PublishProfile("north", std::nullopt, By("ada"), *registry_),
              Fails(StatusCode::kFailedPrecondition, "APPROVAL_MISSING: "));
  ASSERT_OK(ledger_->ApproveProfile("north", By("cleo"), *registry_));
  // Another date than was approved takes a second person too.
  EXPECT_THAT(ledger_->PublishProfile("north", today_, By("ada"), *registry_),
              Fails(StatusCode::kPermissionDenied, "OWN_CHANGE: "));
  ASSERT_OK(ledger_->PublishProfile("north", std::nullopt, By("ada"), *registry_));
  EXPECT_EQ(CoverageOn("north", today_), 0.7);
  // Who wrote the last one may approve the next.
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.8), By("cleo"), *registry_));
  ASSERT_OK(ledger_->ApproveProfile("north", By("ada"), *registry_));
}

TEST_F(LedgerProfileTest, ThereMustBeADraftToApproveOrPublish) {
  Published("north", For("north"));
  EXPECT_THAT(ledger_->PublishProfile("north", std::nullopt, By("ada"), *registry_),
              Fails(StatusCode::kFailedPrecondition, "NOTHING_TO_PUBLISH: "));
  EXPECT_THAT(ledger_->ApproveProfile("north", By("ada"), *registry_),
              Fails(StatusCode::kFailedPrecondition, "NOTHING_TO_PUBLISH: "));
  EXPECT_THAT(ledger_->DiscardDraft("north", By("ada")),
              Fails(StatusCode::kFailedPrecondition, "NOTHING_TO_DISCARD: "));
  EXPECT_THAT(ledger_->PublishProfile("south", std::nullopt, By("ada"), *registry_),
              Fails(StatusCode::kNotFound, "weightProfiles/south"));
}

TEST_F(LedgerProfileTest, PublishesForThePastAndTheFuture) {
  Published("north", For("north", 0.1));
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.2), By("ada"), *registry_));
  ASSERT_OK(ledger_->PublishProfile("north", today_ + 30, By("ada"), *registry_));
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.3), By("ada"), *registry_));
  ASSERT_OK(ledger_->PublishProfile("north", today_ - 30, By("ada"), *registry_));
  EXPECT_EQ(CoverageOn("north", today_ - 31), 0.1);
  EXPECT_EQ(CoverageOn("north", today_ - 30), 0.3);
  EXPECT_EQ(CoverageOn("north", today_ + 29), 0.3);
  EXPECT_EQ(CoverageOn("north", today_ + 30), 0.2);
}

TEST_F(LedgerProfileTest, RollsBackToWhatCountedBefore) {
  Published("north", For("north", 0.1));
  EXPECT_THAT(ledger_->RollbackProfile("north", 0, std::nullopt, By("ada")),
              Fails(StatusCode::kFailedPrecondition, "NOTHING_TO_ROLL_BACK: "));
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.2), By("ada"), *registry_));
  ASSERT_OK(ledger_->PublishProfile("north", today_ - 30, By("ada"), *registry_));
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.3), By("ada"), *registry_));
  ASSERT_OK(ledger_->PublishProfile("north", today_ + 30, By("ada"), *registry_));

  const auto rolled = ledger_->RollbackProfile("north", 0, std::nullopt, By("bob", "too strict"));
  ASSERT_OK(rolled);
  EXPECT_EQ(rolled->state, ProfileState::kPublished);
  EXPECT_EQ(rolled->author, "bob");
  EXPECT_EQ(rolled->content.effective_date, today_);
  // Until today what counted goes on counting, from today on what was before, and what was to
  // come does not.
  EXPECT_EQ(CoverageOn("north", today_ - 1), 0.2);
  EXPECT_EQ(CoverageOn("north", today_), 0.1);
  EXPECT_EQ(CoverageOn("north", today_ + 30), 0.1);
}

TEST_F(LedgerProfileTest, RollsBackToANamedRevisionFromADate) {
  Published("north", For("north", 0.1));
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.2), By("ada"), *registry_));
  ASSERT_OK(ledger_->PublishProfile("north", today_ - 30, By("ada"), *registry_));
  EXPECT_THAT(ledger_->RollbackProfile("north", 3, std::nullopt, By("ada")),
              Fails(StatusCode::kFailedPrecondition, "NOT_PUBLISHED: "));
  EXPECT_THAT(ledger_->RollbackProfile("north", 9, std::nullopt, By("ada")),
              Fails(StatusCode::kNotFound, "no revision 9"));
  ASSERT_OK(ledger_->RollbackProfile("north", 2, today_ - 40, By("ada")));
  for (const int day : {-50, -40, -30, 0, 99}) EXPECT_EQ(CoverageOn("north", today_ + day), 0.1);
  ASSERT_OK(ledger_->RollbackProfile("north", 4, today_ + 7, By("ada")));
  EXPECT_EQ(CoverageOn("north", today_ + 6), 0.1);
  EXPECT_EQ(CoverageOn("north", today_ + 7), 0.2);
}

TEST_F(LedgerProfileTest, ADroppedDraftLeavesWhatIsPublished) {
  Published("north", For("north", 0.1));
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.2), By("ada"), *registry_));
  const auto dropped = ledger_->DiscardDraft("north", By("ada"));
  ASSERT_OK(dropped);
  EXPECT_EQ(dropped->state, ProfileState::kPublished);
  EXPECT_EQ(dropped->content.minimum_coverage, 0.1);
  EXPECT_EQ(ledger_->RevisionOn("north", today_), 2);
  // One that was never published goes altogether.
  ASSERT_OK(ledger_->CreateProfile("south", For("south"), By("ada"), *registry_));
  ASSERT_OK(ledger_->DiscardDraft("south", By("ada")));
  EXPECT_THAT(ledger_->GetProfile("south"), Fails(StatusCode::kNotFound, "weightProfiles/south"));
}

TEST_F(LedgerProfileTest, AReviewIsNotedAndChangesNothing) {
  ASSERT_OK(ledger_->CreateProfile("north", For("north", 0.1), By("ada"), *registry_));
  EXPECT_THAT(ledger_->ReviewProfile("north", By("bob")),
              Fails(StatusCode::kFailedPrecondition, "NOTHING_PUBLISHED: "));
  const auto published = ledger_->PublishProfile("north", std::nullopt, By("ada"), *registry_);
  ASSERT_OK(published);
  const auto reviewed = ledger_->ReviewProfile("north", By("bob", "still right"));
  ASSERT_OK(reviewed);
  EXPECT_GT(reviewed->review_time, published->review_time);
  EXPECT_EQ(ledger_->RevisionOn("north", today_), 2);
  EXPECT_EQ(ledger_->Snapshot()->versions.back().profile.review_time, reviewed->review_time);
  // A draft stays one.
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.2), By("ada"), *registry_));
  EXPECT_EQ(ledger_->ReviewProfile("north", By("bob"))->state, ProfileState::kDraft);
}

TEST_F(LedgerProfileTest, ADeletedProfileKeepsItsPastAndItsNumbering) {
  Published("north", For("north", 0.1));
  ASSERT_OK(ledger_->DeleteProfile("north", By("ada")));
  EXPECT_EQ(CoverageOn("north", today_ - 1), 0.1);
  EXPECT_EQ(CoverageOn("north", today_), -1);
  EXPECT_THAT(ledger_->GetProfile("north"), Fails(StatusCode::kNotFound, "north"));
  EXPECT_EQ(ledger_->ListProfiles().size(), 1);
  EXPECT_EQ(ledger_->ProfileHistory("north")->size(), 3);
  const auto again = ledger_->CreateProfile("north", For("north", 0.2), By("ada"), *registry_);
  ASSERT_OK(again);
  EXPECT_EQ(again->revision, 4);
  EXPECT_THAT(again->draft_authors, ElementsAre("ada"));
  ASSERT_OK(ledger_->PublishProfile("north", today_ + 5, By("ada"), *registry_));
  EXPECT_EQ(CoverageOn("north", today_ - 1), 0.1);
  EXPECT_EQ(CoverageOn("north", today_ + 4), -1);
  EXPECT_EQ(CoverageOn("north", today_ + 5), 0.2);
  Open();
  EXPECT_EQ(CoverageOn("north", today_ - 1), 0.1);
  EXPECT_EQ(CoverageOn("north", today_ + 5), 0.2);
}

TEST_F(LedgerProfileTest, TheBuiltInDefaultIsWrittenDownWithItsFirstChange) {
  EXPECT_EQ(ledger_->GetProfile("default")->action, "built in");
  EXPECT_THAT(store_->ConfigHistory("weight_profile", "default"), Fails(StatusCode::kNotFound, ""));
  EXPECT_THAT(ledger_->CreateProfile("default", For("north"), By("ada"), *registry_),
              Fails(StatusCode::kAlreadyExists, "weightProfiles/default"));
  const absl::Time before = absl::Now();
  const auto updated = ledger_->UpdateProfile("default", Coverage(0.9), By("ada"), *registry_);
  ASSERT_OK(updated);
  EXPECT_EQ(updated->revision, 2);
  ASSERT_OK(ledger_->PublishProfile("default", today_, By("ada"), *registry_));
  for (int restart = 0; restart < 2; ++restart) {
    const auto history = ledger_->ProfileHistory("default");
    ASSERT_EQ(history->size(), 3);
    EXPECT_EQ((*history)[0].action, "built in");
    EXPECT_EQ((*history)[0].author, "keyscore");
    EXPECT_EQ(CoverageOn("default", today_ - 1), 0.5);
    EXPECT_EQ(CoverageOn("default", today_), 0.9);
    // It was known long before it was written down.
    EXPECT_EQ(CoverageOn(*ledger_->KnownAt(before), "default", today_), 0.5);
    EXPECT_EQ(CoverageOn(*ledger_->KnownAt(absl::UnixEpoch() + absl::Hours(9)), "default", today_),
              0.5);
    Open();
  }
  EXPECT_EQ(Actions().size(), 2);
}

TEST_F(LedgerProfileTest, ThereMustAlwaysBeAProfileForEveryone) {
  EXPECT_THAT(ledger_->DeleteProfile("default", By("ada")),
              Fails(StatusCode::kFailedPrecondition, "PROFILE_NEEDED: "));
  const auto narrow = [](ProfileContent content) -> absl::StatusOr<ProfileContent> {
    content.selector = {SelectorKind::kTeam, "north"};
    return content;
  };
  ASSERT_OK(ledger_->UpdateProfile("default", narrow, By("ada"), *registry_));
  EXPECT_THAT(ledger_->PublishProfile("default", today_, By("ada"), *registry_),
              Fails(StatusCode::kFailedPrecondition, "PROFILE_NEEDED: "));
  EXPECT_EQ(CoverageOn("default", today_), 0.5);
}

TEST_F(LedgerProfileTest, KnowsWhatCountedAtAnyEarlierMoment) {
  const absl::Time before = absl::Now();
  Published("north", For("north", 0.1));
  const absl::Time first = ledger_->Snapshot()->changed_at;
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.2), By("ada"), *registry_));
  // A draft changes nothing that counts.
  EXPECT_EQ(ledger_->Snapshot()->changed_at, first);
  ASSERT_OK(ledger_->PublishProfile("north", today_ - 30, By("ada"), *registry_));
  const absl::Time second = ledger_->Snapshot()->changed_at;
  ASSERT_OK(ledger_->DeleteProfile("north", By("ada")));
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_EQ(CoverageOn(*ledger_->KnownAt(before), "north", today_), -1);
    EXPECT_EQ(CoverageOn(*ledger_->KnownAt(first), "north", today_), 0.1);
    EXPECT_EQ(ledger_->KnownAt(first)->changed_at, first);
    EXPECT_EQ(CoverageOn(*ledger_->KnownAt(second), "north", today_), 0.2);
    EXPECT_EQ(CoverageOn(*ledger_->KnownAt(absl::Now()), "north", today_), -1);
    Open();
  }
}

TEST_F(LedgerProfileTest, ARequestKeepsTheRulesItBeganWith) {
  Published("north", For("north", 0.1));
  const auto rules = ledger_->Snapshot();
  ASSERT_OK(ledger_->DeleteProfile("north", By("ada")));
  EXPECT_EQ(CoverageOn(*rules, "north", today_), 0.1);
}

TEST_F(LedgerProfileTest, EveryFaultIsSaidAtOnce) {
  Published("north", For("north"));
  ProfileContent content = For("north", 1.5, CivilDay(1900, 1, 1));
  content.display_name = "\xff";
  content.bands = {{0, 12, {{kpis::Pillar::kRevenue, 0.5}}, ""},
                   {18, 36, {{kpis::Pillar::kRevenue, 1}}, ""}};
  content.untenured_pillars = {{kpis::Pillar::kRevenue, -1}};
  content.kpis = {{.kpi_id = "contact", .weight = 0.5},
                  {.kpi_id = "churn_rat"},
                  {.kpi_id = "growth", .weight = 1, .curve = {{1, 0}, {1, 100}}}};
  const absl::Status status =
      ledger_->CreateProfile("Second", content, By("ada"), *registry_).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  std::vector<std::string> fields;
  for (const Fault& fault : FaultsOf(status)) fields.push_back(fault.field);
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre(
                          "name", "display_name", "tenure_bands[0].pillars",
                          "tenure_bands[1].from_months", "tenure_bands[1].to_months",
                          "untenured_pillars", "untenured_pillars", "kpis[2].curve[1].value",
                          "minimum_coverage", "effective_date", "kpis[1].kpi", "kpis", "selector"));
}

TEST_F(LedgerProfileTest, AnAmbiguousSelectorIsRefusedFromTheDraftOn) {
  Published("north", For("north"));
  EXPECT_THAT(ledger_->CreateProfile("north-2", For("north"), By("ada"), *registry_),
              Fails(StatusCode::kInvalidArgument, "selector: weightProfiles/north is for "));
  // Two drafts may stand side by side, but only one is published.
  ASSERT_OK(ledger_->CreateProfile("south-1", For("south"), By("ada"), *registry_));
  ASSERT_OK(ledger_->CreateProfile("south-2", For("south"), By("ada"), *registry_));
  ASSERT_OK(ledger_->PublishProfile("south-1", std::nullopt, By("ada"), *registry_));
  EXPECT_THAT(ledger_->PublishProfile("south-2", std::nullopt, By("ada"), *registry_),
              Fails(StatusCode::kInvalidArgument, "weightProfiles/south-1"));
  // One after the other is fine.
  ASSERT_OK(ledger_->DeleteProfile("south-1", By("ada")));
  ASSERT_OK(ledger_->PublishProfile("south-2", today_, By("ada"), *registry_));
}

TEST_F(LedgerProfileTest, AReviewedProfileIsHeldAgainstTheOthersToo) {
  // The newest revision was made by a review, which publishes nothing; its update does.
  Published("north", For("north"));
  Published("south", For("south"));
  ASSERT_OK(ledger_->ReviewProfile("south", By("ada")));
  const auto move = [](ProfileContent content) -> absl::StatusOr<ProfileContent> {
    content.selector.id = "north";
    return content;
  };
  EXPECT_THAT(ledger_->UpdateProfile("south", move, By("ada"), *registry_),
              Fails(StatusCode::kInvalidArgument, "selector: weightProfiles/north"));
}

TEST_F(LedgerProfileTest, ChecksWithoutWritingWhereAsked) {
  Change change = By("ada");
  change.validate_only = true;
  const auto created = ledger_->CreateProfile("north", For("north"), change, *registry_);
  ASSERT_OK(created);
  EXPECT_EQ(created->revision, 1);
  EXPECT_THAT(ledger_->CreateProfile("north", For("north", 7), change, *registry_),
              Fails(StatusCode::kInvalidArgument, "minimum_coverage"));
  EXPECT_THAT(ledger_->GetProfile("north"), Fails(StatusCode::kNotFound, "north"));
  EXPECT_EQ(Actions().size(), 0);
}

TEST_F(LedgerProfileTest, AnOldEtagIsAborted) {
  Published("north", For("north"));
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.6), By("ada", "", "r2"), *registry_));
  const auto stale = By("bob", "", "r2");
  EXPECT_THAT(ledger_->UpdateProfile("north", Coverage(0.7), stale, *registry_),
              Fails(StatusCode::kAborted, "r3"));
  EXPECT_THAT(ledger_->ApproveProfile("north", stale, *registry_), Fails(StatusCode::kAborted, ""));
  EXPECT_THAT(ledger_->DeleteProfile("north", stale), Fails(StatusCode::kAborted, ""));
  EXPECT_EQ(ledger_->GetProfile("north")->content.minimum_coverage, 0.6);
}

TEST_F(LedgerProfileTest, AReasonHasALimit) {
  EXPECT_THAT(ledger_->DeleteProfile("default", By("ada", std::string(1001, 'x'))),
              Fails(StatusCode::kInvalidArgument, "reason: has 1001 bytes"));
  EXPECT_THAT(ledger_->DeleteProfile("default", By("ada", "\xff")),
              Fails(StatusCode::kInvalidArgument, "reason: "));
}

TEST_F(LedgerProfileTest, WhatIsStoredButCannotBeReadIsDataLoss) {
  ASSERT_OK(store_->PutConfig("weight_profile", "north", 0, "eve", "\xff\xff", false));
  EXPECT_THAT(Ledger::Open(*store_, {}), Fails(StatusCode::kDataLoss, "weightProfiles/north"));
}

}  // namespace
}  // namespace keyscore::weighting
