// Sets of profiles and targets: all faults at once, applied as a whole.
#include "unit/rpc/weighting_case.h"

namespace keyscore::rpc {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::StartsWith;

class WeightingSetsTest : public WeightingCase {
 protected:
  static v1::WeightSet SetOf(const std::string& id, const v1::WeightProfile& profile) {
    v1::WeightSet set;
    v1::WeightProfile& added = *set.add_profiles();
    added = profile;
    added.set_name("weightProfiles/" + id);
    return set;
  }
  absl::StatusOr<v1::ApplyWeightsResponse> Apply(const v1::WeightSet& set, const Change& change) {
    v1::ApplyWeightsRequest request;
    *request.mutable_set() = set;
    return Performed<v1::ApplyWeightsResponse>(request, change);
  }
};

TEST_F(WeightingSetsTest, EveryFaultOfASetStandsInOneAnswer) {
  v1::WeightSet set = SetOf("north", Profile());
  set.mutable_profiles(0)->mutable_untenured_pillars(0)->set_weight(-1);
  v1::WeightProfile& second = *set.add_profiles();
  second = Profile("south");
  second.set_name("profiles/south");
  second.set_minimum_coverage(7);
  second.set_effective_date("2026-02-30");
  second.add_kpis()->set_kpi("kpis/sails");
  v1::TargetSeries& series = *set.add_target_series();
  series.set_name("targetSeries/sales");
  series.set_kpi("sales");
  const std::vector<std::string> fields = {
      "profiles[0].untenured_pillars", "profiles[1].name",        "profiles[1].minimum_coverage",
      "profiles[1].effective_date",    "profiles[1].kpis[0].kpi", "target_series[0].kpi"};
  v1::ValidateWeightsRequest request;
  *request.mutable_set() = set;
  const auto validated = Answered<v1::ValidateWeightsResponse>(request);
  ASSERT_TRUE(validated.ok()) << validated.status();
  std::vector<std::string> found;
  for (const v1::WeightFault& fault : validated->faults()) found.push_back(fault.field());
  EXPECT_THAT(found, IsSupersetOf(fields));
  // Applying says the same under the request's own name for the set.
  const absl::Status status = Apply(set, By("ada")).status();
  EXPECT_EQ(ReasonOf(status), "INVALID_WEIGHTS");
  EXPECT_EQ(FieldsOf(status).size(), found.size());
  EXPECT_THAT(FieldsOf(status), Each(StartsWith("set.")));
  EXPECT_THAT(FieldsOf(status), Contains("set.profiles[1].minimum_coverage"));
  EXPECT_EQ(ledger_->ListProfiles().size(), 1u);
}

TEST_F(WeightingSetsTest, ASetInOrderHasNoFaults) {
  v1::ValidateWeightsRequest request;
  *request.mutable_set() = SetOf("north", Profile());
  const auto validated = Answered<v1::ValidateWeightsResponse>(request);
  ASSERT_TRUE(validated.ok());
  EXPECT_EQ(validated->faults_size(), 0) << validated->ShortDebugString();
}

TEST_F(WeightingSetsTest, StoredDraftsAreValidatedBesideTheSet) {
  ASSERT_TRUE(Create("north", Profile()).ok());
  v1::ValidateWeightsRequest request;
  request.add_names("weightProfiles/north");
  EXPECT_EQ(Answered<v1::ValidateWeightsResponse>(request)->faults_size(), 0);
  // Now for the same team.
  *request.mutable_set() = SetOf("upper-north", Profile());
  const auto validated = Answered<v1::ValidateWeightsResponse>(request);
  ASSERT_TRUE(validated.ok());
  ASSERT_EQ(validated->faults_size(), 1) << validated->ShortDebugString();
  EXPECT_THAT(validated->faults(0).field(), HasSubstr("selector"));
  request.add_names("weightProfiles/nort");
  EXPECT_EQ(ReasonOf(Answered<v1::ValidateWeightsResponse>(request).status()),
            "WEIGHT_PROFILE_NOT_FOUND");
}

TEST_F(WeightingSetsTest, AVersionForALaterDateIsComparedWithWhatCountsThen) {
  ASSERT_TRUE(Apply(SetOf("north", Profile()), By("ada")).ok());
  v1::WeightProfile later = Profile();
  later.set_effective_date("2026-06-01");
  later.set_minimum_coverage(0.7);
  const auto applied = Apply(SetOf("north", later), By("ada"));
  ASSERT_TRUE(applied.ok()) << applied.status();
  const v1::WeightChange& change = applied->changes(0);
  EXPECT_EQ(change.action(), v1::WeightChange::ACTION_UPDATE);
  EXPECT_EQ(change.effective_date(), "2026-06-01");
  ASSERT_EQ(change.fields_size(), 1) << change.ShortDebugString();
  EXPECT_EQ(change.fields(0).field(), "minimum_coverage");
  EXPECT_EQ(change.fields(0).before(), "0.5");
  EXPECT_EQ(change.fields(0).after(), "0.7");
}

TEST_F(WeightingSetsTest, WhatIsAppliedIsExportedAndChangesNothingTheSecondTime) {
  const auto applied = Apply(SetOf("north", Profile()), By("ada"));
  ASSERT_TRUE(applied.ok()) << applied.status();
  const auto exported = Answered<v1::WeightSet>(v1::ExportWeightsRequest());
  ASSERT_TRUE(exported.ok());
  ASSERT_EQ(exported->profiles_size(), 2);
  EXPECT_EQ(exported->profiles(1).name(), "weightProfiles/north");
  EXPECT_EQ(exported->profiles(1).effective_date(), "2026-03-01");
  EXPECT_EQ(exported->etag(), applied->etag());
  const auto again = Apply(*exported, By("bob"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->etag(), applied->etag());
  for (const v1::WeightChange& change : again->changes()) {
    EXPECT_EQ(change.action(), v1::WeightChange::ACTION_UNCHANGED) << change.ShortDebugString();
  }
}

TEST_F(WeightingSetsTest, WhatTheSetDoesNotNameStaysAndIsSaid) {
  const auto applied = Apply(SetOf("north", Profile()), By("ada"));
  ASSERT_TRUE(applied.ok()) << applied.status();
  ASSERT_EQ(applied->changes_size(), 2);
  for (const v1::WeightChange& change : applied->changes()) {
    const bool is_new = change.resource() == "weightProfiles/north";
    EXPECT_EQ(change.action(),
              is_new ? v1::WeightChange::ACTION_CREATE : v1::WeightChange::ACTION_UNNAMED);
    EXPECT_EQ(change.effective_date(), is_new ? "2026-03-01" : "");
  }
}

TEST_F(WeightingSetsTest, AnotherChangeInBetweenAbortsTheSet) {
  const auto first = Apply(SetOf("north", Profile()), By("ada"));
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(Create("south", Profile("south")).ok());
  const absl::Status status =
      Apply(SetOf("west", Profile("west")), By("ada", first->etag())).status();
  EXPECT_TRUE(absl::IsAborted(status)) << status;
  EXPECT_EQ(ReasonOf(status), "ETAG_MISMATCH");
}

TEST_F(WeightingSetsTest, TwoProfilesForTheSameTeamAreRefused) {
  v1::WeightSet set = SetOf("north", Profile());
  *set.add_profiles() = SetOf("upper-north", Profile()).profiles(0);
  const absl::Status status = Apply(set, By("ada")).status();
  EXPECT_EQ(ReasonOf(status), "INVALID_WEIGHTS") << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("north"));
}

}  // namespace
}  // namespace keyscore::rpc
