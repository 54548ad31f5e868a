// Profiles as messages and back, and as they come from the store.
#include "weighting/profile_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/kpis/fake_store.h"
#include "weighting/profile_proto.h"

namespace keyscore::weighting {
namespace {

using kpis::Pillar;
using ::testing::HasSubstr;

WeightProfile North() {
  WeightProfile profile = DefaultProfile();
  profile.id = "north-2018";
  profile.display_name = "North, with learning";
  profile.selector = {SelectorKind::kTeam, "north"};
  profile.untenured_pillars = {{Pillar::kRevenue, 0.75}, {Pillar::kLearning, 0.25}};
  profile.kpis = {{"net_promoter_score", 2.5, {{-100, 0}, {20, 60}, {100, 100}}, 45.5},
                  {"churn_rate", 0, {}, std::nullopt}};
  profile.minimum_coverage = 0.25;
  profile.effective_time = absl::FromUnixSeconds(1'514'764'800) + absl::Nanoseconds(7);
  profile.revision = 3;
  profile.reason = "Coaching year";
  profile.author = "lead@example.com";
  profile.create_time = absl::FromUnixSeconds(1'512'000'000);
  return profile;
}

std::string Bytes(const WeightProfile& profile) { return ToProto(profile).SerializeAsString(); }

TEST(ProfileProtoTest, WritesResourceNamesAndEtag) {
  const v1::WeightProfile message = ToProto(North());
  EXPECT_EQ(message.name(), "weightProfiles/north-2018");
  EXPECT_EQ(message.selector().team(), "teams/north");
  EXPECT_EQ(message.kpis(0).kpi(), "kpis/net_promoter_score");
  EXPECT_EQ(message.kpis(0).target(), 45.5);
  EXPECT_FALSE(message.kpis(1).has_target());
  EXPECT_EQ(message.tenure_bands(0).to_months(), 18);
  EXPECT_FALSE(message.tenure_bands(2).has_to_months());
  EXPECT_EQ(message.tenure_bands(0).pillars(0).pillar(), v1::PILLAR_RELATIONSHIPS);
  EXPECT_EQ(message.effective_time().seconds(), 1'514'764'800);
  EXPECT_EQ(message.effective_time().nanos(), 7);
  EXPECT_EQ(message.etag(), "r3");
}

TEST(ProfileProtoTest, AlwaysInEffectIsAnAbsentTime) {
  EXPECT_FALSE(ToProto(DefaultProfile()).has_effective_time());
  EXPECT_EQ(FromProto(ToProto(DefaultProfile()))->effective_time, absl::InfinitePast());
}

TEST(ProfileProtoTest, TimesBeforeTheEpochRoundDown) {
  WeightProfile profile = DefaultProfile();
  profile.effective_time = absl::UnixEpoch() - absl::Milliseconds(1500);
  const v1::WeightProfile message = ToProto(profile);
  EXPECT_EQ(message.effective_time().seconds(), -2);
  EXPECT_EQ(message.effective_time().nanos(), 500'000'000);
  EXPECT_EQ(FromProto(message)->effective_time, profile.effective_time);
}

TEST(ProfileProtoTest, NothingIsLostOnTheWayThereAndBack) {
  for (const SelectorKind kind :
       {SelectorKind::kEveryone, SelectorKind::kSegment, SelectorKind::kTeam,
        SelectorKind::kManager, SelectorKind::kAccount}) {
    WeightProfile profile = North();
    profile.selector = {kind, kind == SelectorKind::kEveryone ? "" : "some-id"};
    const absl::StatusOr<WeightProfile> back = FromProto(ToProto(profile));
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->selector.kind, kind);
    EXPECT_EQ(back->selector.id, profile.selector.id);
    EXPECT_EQ(back->kpis[0].curve, profile.kpis[0].curve);
    EXPECT_EQ(back->effective_time, profile.effective_time);
    EXPECT_EQ(Bytes(*back), Bytes(profile));
  }
}

TEST(ProfileProtoTest, NamesTheFieldThatCannotBeRead) {
  struct Case {
    const char* fault;
    void (*spoil)(v1::WeightProfile&);
  };
  const Case cases[] = {
      {"name: ", [](v1::WeightProfile& m) { m.set_name("profiles/x"); }},
      {"name: ", [](v1::WeightProfile& m) { m.set_name("weightProfiles/"); }},
      {"selector.team: ",
       [](v1::WeightProfile& m) { m.mutable_selector()->set_team("managers/anna"); }},
      {"tenure_bands[1].pillars[0].pillar: ",
       [](v1::WeightProfile& m) {
         m.mutable_tenure_bands(1)->mutable_pillars(0)->set_pillar(v1::PILLAR_UNSPECIFIED);
       }},
      {"untenured_pillars[0].pillar: ",
       [](v1::WeightProfile& m) {
         m.mutable_untenured_pillars(0)->set_pillar(static_cast<v1::Pillar>(9));
       }},
      {"tenure_bands[0]: months",
       [](v1::WeightProfile& m) { m.mutable_tenure_bands(0)->set_to_months(4'000'000'000); }},
      {"kpis[1].kpi: ", [](v1::WeightProfile& m) { m.mutable_kpis(1)->set_kpi("churn_rate"); }},
      {"effective_time: ",
       [](v1::WeightProfile& m) { m.mutable_effective_time()->set_seconds(253'402'300'800); }},
      {"create_time: ", [](v1::WeightProfile& m) { m.mutable_create_time()->set_nanos(-1); }},
  };
  for (const Case& c : cases) {
    v1::WeightProfile message = ToProto(North());
    c.spoil(message);
    const absl::Status status = FromProto(message).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.fault;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.fault));
  }
}

TEST(LoadProfilesTest, AnEmptyStoreHasTheBuiltInDefault) {
  store::FakeStore store;
  const auto profiles = LoadProfiles(store);
  ASSERT_TRUE(profiles.ok()) << profiles.status();
  ASSERT_EQ((*profiles)->size(), 1);
  EXPECT_EQ(Bytes((*profiles)->front()), Bytes(DefaultProfile()));
}

TEST(LoadProfilesTest, PublishedProfilesStandBesideTheDefaultById) {
  store::FakeStore store;
  ASSERT_TRUE(
      store.PutConfig("weight_profile", "north-2018", 0, "lead", Bytes(North()), false).ok());
  const auto profiles = LoadProfiles(store);
  ASSERT_TRUE(profiles.ok()) << profiles.status();
  ASSERT_EQ((*profiles)->size(), 2);
  EXPECT_EQ((*profiles)->at(0).id, "default");
  const WeightProfile& north = (*profiles)->at(1);
  EXPECT_EQ(north.id, "north-2018");
  EXPECT_EQ(north.selector.id, "north");
  // What the store knows better than the payload.
  EXPECT_EQ(north.revision, 1);
  EXPECT_EQ(north.author, "lead");
  EXPECT_EQ(north.create_time, absl::UnixEpoch() + absl::Seconds(1));
}

TEST(LoadProfilesTest, AStoredDefaultReplacesTheBuiltInOne) {
  store::FakeStore store;
  WeightProfile own = DefaultProfile();
  own.minimum_coverage = 0.8;
  ASSERT_TRUE(
      store.PutConfig("weight_profile", "default", 0, "", Bytes(DefaultProfile()), false).ok());
  ASSERT_TRUE(store.PutConfig("weight_profile", "default", 1, "", Bytes(own), false).ok());
  const auto profiles = LoadProfiles(store);
  ASSERT_TRUE(profiles.ok()) << profiles.status();
  ASSERT_EQ((*profiles)->size(), 1);
  EXPECT_EQ((*profiles)->front().minimum_coverage, 0.8);
  EXPECT_EQ((*profiles)->front().revision, 2);
}

TEST(LoadProfilesTest, WhatCannotBeReadOrDoesNotHoldIsDataLoss) {
  WeightProfile wrong = North();
  wrong.untenured_pillars[0].weight = 0.5;
  for (const std::string& payload : {std::string("\xff\xff not a message"), Bytes(wrong)}) {
    store::FakeStore store;
    ASSERT_TRUE(store.PutConfig("weight_profile", "north-2018", 0, "", payload, false).ok());
    const absl::Status status = LoadProfiles(store).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), HasSubstr("weightProfiles/north-2018 revision 1"));
  }
}

TEST(LoadProfilesTest, ATieInTheStoreIsRefused) {
  store::FakeStore store;
  for (const char* id : {"north-a", "north-b"}) {
    ASSERT_TRUE(store.PutConfig("weight_profile", id, 0, "", Bytes(North()), false).ok());
  }
  EXPECT_EQ(LoadProfiles(store).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace keyscore::weighting
