// A profile's life over the API: steps, revisions, who may do what.
#include "unit/rpc/weighting_case.h"

namespace keyscore::rpc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class WeightingStepsTest : public WeightingCase {};
class WeightingFourEyesTest : public FourEyesCase {};

template <typename Request>
Request Named(const std::string& name) {
  Request request;
  request.set_name(name);
  return request;
}

TEST_F(WeightingFourEyesTest, NobodyApprovesTheirOwnDraft) {
  ASSERT_TRUE(Create("north", Profile(), By("ada")).ok());
  const auto request = Named<v1::ApproveWeightProfileRequest>("weightProfiles/north");
  const absl::Status own = Performed<v1::WeightProfile>(request, By("ada")).status();
  EXPECT_TRUE(absl::IsPermissionDenied(own)) << own;
  EXPECT_EQ(ReasonOf(own), "OWN_CHANGE");
  const auto approved = Performed<v1::WeightProfile>(request, By("bob"));
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->state(), v1::WeightProfile::STATE_APPROVED);
  EXPECT_EQ(approved->approver(), "bob");
}

TEST_F(WeightingFourEyesTest, WhatIsNotApprovedIsNotPublished) {
  ASSERT_TRUE(Create("north", Profile(), By("ada")).ok());
  const absl::Status status = Publish("north", By("bob")).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_EQ(ReasonOf(status), "APPROVAL_MISSING");
}

TEST_F(WeightingStepsTest, PublishingTakesAnotherDate) {
  ASSERT_TRUE(Create("north", Profile()).ok());
  auto request = Named<v1::PublishWeightProfileRequest>("weightProfiles/north");
  request.set_effective_date("2026-13-01");
  const absl::Status wrong = Performed<v1::WeightProfile>(request, By("ada")).status();
  EXPECT_EQ(FaultOf(wrong).field, "effective_date");
  EXPECT_EQ(ReasonOf(wrong), "INVALID_DATE");
  request.set_effective_date("2024-02-29");
  const auto published = Performed<v1::WeightProfile>(request, By("ada"));
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->effective_date(), "2024-02-29");
  request.set_effective_date("today");
  const absl::Status again = Performed<v1::WeightProfile>(request, By("ada")).status();
  EXPECT_EQ(ReasonOf(again), "NOTHING_TO_PUBLISH") << again;
}

TEST_F(WeightingStepsTest, RevisionsStandNewestFirstUnderTheirOwnNames) {
  ASSERT_TRUE(Create("north", Profile()).ok());
  ASSERT_TRUE(Publish("north").ok());
  const auto rename = [](auto& r) { r.mutable_weight_profile()->set_display_name("N"); };
  ASSERT_TRUE(Update("north", {"display_name"}, rename).ok());
  v1::ListWeightProfileRevisionsRequest request;
  request.set_parent("weightProfiles/north");
  request.set_page_size(2);
  const auto first = Answered<v1::ListWeightProfileRevisionsResponse>(request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->revisions_size(), 2);
  EXPECT_EQ(first->revisions(0).name(), "weightProfiles/north/revisions/3");
  EXPECT_EQ(first->revisions(0).action(), "update");
  EXPECT_EQ(first->revisions(1).action(), "publish");
  // A change between two pages shifts nothing.
  ASSERT_TRUE(Update("north", {"display_name"}, rename).ok());
  request.set_page_token(first->next_page_token());
  const auto second = Answered<v1::ListWeightProfileRevisionsResponse>(request);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_EQ(second->revisions_size(), 1);
  EXPECT_EQ(second->revisions(0).name(), "weightProfiles/north/revisions/1");
  EXPECT_EQ(second->next_page_token(), "");
}

TEST_F(WeightingStepsTest, ARevisionIsReadByItsName) {
  ASSERT_TRUE(Create("north", Profile()).ok());
  ASSERT_TRUE(Publish("north").ok());
  const auto drafted = Get("weightProfiles/north/revisions/1");
  ASSERT_TRUE(drafted.ok()) << drafted.status();
  EXPECT_EQ(drafted->name(), "weightProfiles/north/revisions/1");
  EXPECT_EQ(drafted->state(), v1::WeightProfile::STATE_DRAFT);
  EXPECT_EQ(ReasonOf(Get("weightProfiles/north/revisions/7").status()), "REVISION_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Get("weightProfiles/south/revisions/1").status()), "WEIGHT_PROFILE_NOT_FOUND");
  for (const char* name : {"weightProfiles/north/revisions/", "weightProfiles/north/revisions/0",
                           "weightProfiles/north/revisions/1x", "weightProfiles//revisions/1"}) {
    EXPECT_EQ(ReasonOf(Get(name).status()), "INVALID_RESOURCE_NAME") << name;
  }
}

TEST_F(WeightingStepsTest, ADeletedProfileKeepsItsRevisions) {
  ASSERT_TRUE(Create("north", Profile()).ok());
  const auto request = Named<v1::DeleteWeightProfileRequest>("weightProfiles/north");
  const auto deleted = Performed<v1::WeightProfile>(request, By("ada"));
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ(deleted->state(), v1::WeightProfile::STATE_DELETED);
  EXPECT_EQ(ReasonOf(Get("weightProfiles/north").status()), "WEIGHT_PROFILE_NOT_FOUND");
  EXPECT_TRUE(Get("weightProfiles/north/revisions/1").ok());
}

TEST_F(WeightingStepsTest, RollingBackTakesAPublishedRevision) {
  ASSERT_TRUE(Create("north", Profile()).ok());
  ASSERT_TRUE(Publish("north").ok());
  auto request = Named<v1::RollbackWeightProfileRequest>("weightProfiles/north");
  request.set_revision(-1);
  EXPECT_EQ(FaultOf(Performed<v1::WeightProfile>(request, By("ada")).status()).field, "revision");
  request.set_revision(9);
  const absl::Status unknown = Performed<v1::WeightProfile>(request, By("ada")).status();
  EXPECT_EQ(ReasonOf(unknown), "REVISION_NOT_FOUND") << unknown;
}

TEST_F(WeightingStepsTest, ComparesWhatCountsTodayWithTheNewest) {
  v1::WeightProfile profile = Profile();
  profile.set_effective_date("2020-01-01");
  ASSERT_TRUE(Create("north", profile).ok());
  auto request = Named<v1::CompareWeightProfileRevisionsRequest>("weightProfiles/north");
  const absl::Status nothing =
      Answered<v1::CompareWeightProfileRevisionsResponse>(request).status();
  EXPECT_EQ(ReasonOf(nothing), "NOTHING_PUBLISHED") << nothing;
  ASSERT_TRUE(Publish("north").ok());
  const auto rename = [](auto& r) { r.mutable_weight_profile()->set_display_name("North"); };
  ASSERT_TRUE(Update("north", {"display_name"}, rename).ok());
  const auto compared = Answered<v1::CompareWeightProfileRevisionsResponse>(request);
  ASSERT_TRUE(compared.ok()) << compared.status();
  EXPECT_EQ(compared->revision(), 2);
  EXPECT_EQ(compared->with_revision(), 3);
  ASSERT_EQ(compared->changes_size(), 1);
  EXPECT_EQ(compared->changes(0).field(), "display_name");
  EXPECT_THAT(compared->changes(0).before(), HasSubstr("Northern team"));
  EXPECT_THAT(compared->changes(0).after(), HasSubstr("North"));
  request.set_with_revision(4);
  const absl::Status unknown =
      Answered<v1::CompareWeightProfileRevisionsResponse>(request).status();
  EXPECT_EQ(ReasonOf(unknown), "REVISION_NOT_FOUND");
}

TEST_F(WeightingStepsTest, ChangesAreForAdminsAndCarryTheirNames) {
  const auto request = Named<v1::ReviewWeightProfileRequest>("weightProfiles/default");
  const Caller remote;
  EXPECT_EQ(ReasonOf(AllowChange(*backend_, remote, request).status()), "NOT_AN_ADMIN");
  const auto local = AllowChange(*backend_, Caller{.local = true, .claimed = "ada"}, request);
  ASSERT_TRUE(local.ok());
  EXPECT_EQ(local->author, "ada (unverified)");
  config_.weighting.admins = {"Ada"};
  const absl::Status refused =
      AllowChange(*backend_, Caller{.local = true, .claimed = "Ada"}, request).status();
  EXPECT_THAT(std::string(refused.message()), HasSubstr("weighting.admins"));
  const auto admin =
      AllowChange(*backend_, Caller{.common_name = "Ada", .certified = true}, request);
  ASSERT_TRUE(admin.ok()) << admin.status();
  EXPECT_EQ(admin->author, "Ada");
}

TEST_F(WeightingStepsTest, AChangeIsWhatTheRequestSays) {
  auto publish = Named<v1::PublishWeightProfileRequest>("weightProfiles/default");
  publish.set_reason("new year");
  publish.set_etag("r3");
  const Caller local{.local = true};
  const auto change = AllowChange(*backend_, local, publish);
  ASSERT_TRUE(change.ok());
  EXPECT_EQ(change->reason, "new year");
  EXPECT_EQ(change->etag, "r3");
  EXPECT_FALSE(change->validate_only);
  v1::CreateWeightProfileRequest create;
  create.set_validate_only(true);
  EXPECT_TRUE(AllowChange(*backend_, local, create)->validate_only);
  publish.set_reason(std::string(1'001, 'a'));
  EXPECT_EQ(FaultOf(AllowChange(*backend_, local, publish).status()).field, "reason");
}

}  // namespace
}  // namespace keyscore::rpc
