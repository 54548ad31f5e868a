// Weight profiles over the API: what is written, what is refused and how, what is served.
#include "unit/rpc/weighting_case.h"

namespace keyscore::rpc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;

class WeightingProfilesTest : public WeightingCase {};

TEST_F(WeightingProfilesTest, ACreatedProfileIsADraftThatCountsForNobody) {
  const auto created = Create("north", Profile());
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->name(), "weightProfiles/north");
  EXPECT_EQ(created->state(), v1::WeightProfile::STATE_DRAFT);
  EXPECT_EQ(created->revision(), 1);
  EXPECT_EQ(created->published_revision(), 0);
  EXPECT_EQ(created->author(), "ada");
  EXPECT_EQ(created->reason(), "because");
  EXPECT_THAT(created->draft_authors(), ElementsAre("ada"));
  EXPECT_TRUE(ledger_->Snapshot()->versions.size() == 1);  // the built-in default
}

TEST_F(WeightingProfilesTest, EffectiveTimeIsTheDaysFirstInstantInTheReportingZone) {
  const auto created = Create("north", Profile());
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->effective_date(), "2026-03-01");
  // 2026-03-01T00:00:00+01:00, an hour before that day begins in UTC (1772323200).
  EXPECT_EQ(created->effective_time().seconds(), 1'772'319'600);
}

TEST_F(WeightingProfilesTest, AProfileThatAlwaysDidCountHasNoEffectiveTime) {
  const auto builtin = Get("weightProfiles/default");
  ASSERT_TRUE(builtin.ok()) << builtin.status();
  EXPECT_FALSE(builtin->has_effective_time());
  EXPECT_EQ(builtin->published_revision(), 1);
  EXPECT_EQ(builtin->action(), "built in");
}

TEST_F(WeightingProfilesTest, PublishedRevisionIsTheOneThatCountsToday) {
  v1::WeightProfile profile = Profile();
  profile.set_effective_date("2020-01-01");
  ASSERT_TRUE(Create("north", profile).ok());
  const auto published = Publish("north");
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->revision(), 2);
  EXPECT_EQ(published->published_revision(), 2);
  const auto drafted =
      Update("north", {}, [](auto& r) { r.mutable_weight_profile()->set_display_name("N"); });
  ASSERT_TRUE(drafted.ok()) << drafted.status();
  EXPECT_EQ(drafted->revision(), 3);
  EXPECT_EQ(drafted->state(), v1::WeightProfile::STATE_DRAFT);
  EXPECT_EQ(drafted->published_revision(), 2);
}

TEST_F(WeightingProfilesTest, AMaskReplacesListsAndLeavesTheRest) {
  ASSERT_TRUE(Create("north", Profile()).ok());
  const auto updated = Update("north", {"untenured_pillars"}, [](auto& request) {
    AddPillar(*request.mutable_weight_profile(), v1::PILLAR_REVENUE, 1);
    request.mutable_weight_profile()->set_display_name("not in the mask");
  });
  ASSERT_TRUE(updated.ok()) << updated.status();
  ASSERT_EQ(updated->untenured_pillars_size(), 1);
  EXPECT_EQ(updated->untenured_pillars(0).pillar(), v1::PILLAR_REVENUE);
  EXPECT_EQ(updated->display_name(), "Northern team");
  EXPECT_EQ(updated->effective_date(), "2026-03-01");
}

TEST_F(WeightingProfilesTest, AStarClearsWhatIsNotGiven) {
  ASSERT_TRUE(Create("north", Profile()).ok());
  const auto updated = Update("north", {"*"}, [](auto& request) {
    AddPillar(*request.mutable_weight_profile(), v1::PILLAR_REVENUE, 1);
    request.mutable_weight_profile()->mutable_selector()->set_segment("retail");
  });
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->display_name(), "");
  EXPECT_EQ(updated->effective_date(), "");
  EXPECT_EQ(updated->minimum_coverage(), 0);
  EXPECT_EQ(updated->selector().segment(), "retail");
}

TEST_F(WeightingProfilesTest, WhatTheServerWritesCanNotBeUpdated) {
  ASSERT_TRUE(Create("north", Profile()).ok());
  for (const char* path : {"state", "published_revision", "effective_time", "name", "author"}) {
    const absl::Status status = Update("north", {path}, [](auto&) {}).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << path;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path));
  }
  EXPECT_EQ(Get("weightProfiles/north")->revision(), 1);
}

TEST_F(WeightingProfilesTest, EveryFaultIsAViolationUnderTheCallersName) {
  v1::WeightProfile profile = Profile();
  profile.mutable_untenured_pillars(0)->set_weight(0.5);  // sums to 0.8
  profile.set_minimum_coverage(2);
  profile.add_kpis()->set_kpi("kpis/sails");
  const absl::Status status = Create("North!", profile).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(ReasonOf(status), "INVALID_WEIGHTS");
  EXPECT_THAT(FieldsOf(status),
              IsSupersetOf({"weight_profile_id", "weight_profile.untenured_pillars",
                            "weight_profile.minimum_coverage", "weight_profile.kpis[0].kpi"}));
  EXPECT_EQ(FaultOf(status).metadata.at("faults"), std::to_string(FieldsOf(status).size()));
  EXPECT_THAT(std::string(status.message()), HasSubstr("did you mean kpis/sales?"));
}

TEST_F(WeightingProfilesTest, WhatCanNotBeReadIsSaidTogetherWithWhatIsWrong) {
  v1::WeightProfile profile = Profile();
  profile.set_effective_date("1 March");
  profile.mutable_selector()->set_team("managers/kim");
  profile.set_minimum_coverage(-1);
  profile.mutable_untenured_pillars(0)->set_pillar(v1::PILLAR_UNSPECIFIED);
  const absl::Status status = Create("north", profile).status();
  EXPECT_THAT(FieldsOf(status),
              testing::UnorderedElementsAre(
                  "weight_profile.effective_date", "weight_profile.selector.team",
                  // … and nothing of the sum, which nobody knows.
                  "weight_profile.untenured_pillars[0].pillar", "weight_profile.minimum_coverage"));
}

TEST_F(WeightingProfilesTest, FaultsOfAnUpdateAreThoseOfTheMergedProfile) {
  ASSERT_TRUE(Create("north", Profile()).ok());
  const absl::Status status = Update("north", {"untenured_pillars"}, [](auto& request) {
                                AddPillar(*request.mutable_weight_profile(), v1::PILLAR_REVENUE, 2);
                              }).status();
  EXPECT_THAT(FieldsOf(status), ElementsAre("weight_profile.untenured_pillars"));
}

TEST_F(WeightingProfilesTest, NormalizingScalesEveryLevel) {
  v1::CreateWeightProfileRequest request;
  request.set_weight_profile_id("north");
  request.set_normalize(true);
  *request.mutable_weight_profile() = Profile();
  request.mutable_weight_profile()->mutable_untenured_pillars(0)->set_weight(60);
  request.mutable_weight_profile()->mutable_untenured_pillars(1)->set_weight(20);
  const auto created = Performed<v1::WeightProfile>(request, By("ada"));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_DOUBLE_EQ(created->untenured_pillars(0).weight(), 0.75);
  EXPECT_DOUBLE_EQ(created->untenured_pillars(1).weight(), 0.25);
}

TEST_F(WeightingProfilesTest, ValidatingAloneWritesNothing) {
  Change dry = By("ada");
  dry.validate_only = true;
  const auto would_be = Create("north", Profile(), dry);
  ASSERT_TRUE(would_be.ok()) << would_be.status();
  EXPECT_EQ(would_be->state(), v1::WeightProfile::STATE_DRAFT);
  EXPECT_EQ(ReasonOf(Get("weightProfiles/north").status()), "WEIGHT_PROFILE_NOT_FOUND");
}

TEST_F(WeightingProfilesTest, AStaleEtagIsAborted) {
  const auto created = Create("north", Profile());
  ASSERT_TRUE(created.ok());
  const auto rename = [&](auto& request) {
    request.mutable_weight_profile()->set_display_name("new");
    request.mutable_weight_profile()->set_etag(created->etag());
  };
  ASSERT_TRUE(Update("north", {"display_name"}, rename).ok());
  const absl::Status second = Update("north", {"display_name"}, rename).status();
  EXPECT_TRUE(absl::IsAborted(second));
  EXPECT_EQ(ReasonOf(second), "ETAG_MISMATCH");
}

TEST_F(WeightingProfilesTest, TheSameIdTwiceExistsAlready) {
  ASSERT_TRUE(Create("north", Profile()).ok());
  const absl::Status again = Create("north", Profile("south")).status();
  EXPECT_TRUE(absl::IsAlreadyExists(again));
  EXPECT_EQ(ReasonOf(again), "WEIGHT_PROFILE_EXISTS");
}

TEST_F(WeightingProfilesTest, AnUnknownNameSaysWhichIsNearest) {
  const absl::Status status = Get("weightProfiles/defualt").status();
  EXPECT_EQ(ReasonOf(status), "WEIGHT_PROFILE_NOT_FOUND");
  EXPECT_THAT(std::string(status.message()), HasSubstr("Did you mean 'default'?"));
}

TEST_F(WeightingProfilesTest, TheLastProfileForEveryoneIsNeeded) {
  v1::DeleteWeightProfileRequest request;
  request.set_name("weightProfiles/default");
  const absl::Status status = Performed<v1::WeightProfile>(request, By("ada")).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_EQ(ReasonOf(status), "PROFILE_NEEDED");
  // The reason has left the words.
  EXPECT_THAT(std::string(status.message()), testing::Not(HasSubstr("PROFILE_NEEDED")));
}

TEST_F(WeightingProfilesTest, ListsTheNewestOfEachInPages) {
  ASSERT_TRUE(Create("north", Profile()).ok());
  v1::ListWeightProfilesRequest request;
  request.set_page_size(1);
  const auto first = Answered<v1::ListWeightProfilesResponse>(request);
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(first->weight_profiles_size(), 1);
  EXPECT_EQ(first->weight_profiles(0).name(), "weightProfiles/default");
  request.set_page_token(first->next_page_token());
  const auto second = Answered<v1::ListWeightProfilesResponse>(request);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->weight_profiles(0).name(), "weightProfiles/north");
  EXPECT_EQ(second->next_page_token(), "");
}

}  // namespace
}  // namespace keyscore::rpc
