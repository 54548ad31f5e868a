// The default profile, what makes a profile invalid, and ties between profiles.
#include "weighting/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace keyscore::weighting {
namespace {

using kpis::Pillar;
using ::testing::AllOf;
using ::testing::HasSubstr;

double WeightOf(const std::vector<PillarWeight>& pillars, Pillar pillar) {
  for (const PillarWeight& weight : pillars) {
    if (weight.pillar == pillar) return weight.weight;
  }
  return -1;
}

void ExpectPillars(const std::vector<PillarWeight>& pillars, double relationships, double revenue,
                   double retention) {
  EXPECT_EQ(WeightOf(pillars, Pillar::kRelationships), relationships);
  EXPECT_EQ(WeightOf(pillars, Pillar::kRevenue), revenue);
  EXPECT_EQ(WeightOf(pillars, Pillar::kRetention), retention);
  EXPECT_EQ(WeightOf(pillars, Pillar::kLearning), 0);
}

TEST(DefaultProfileTest, IsThreeRPlusOne) {
  const WeightProfile profile = DefaultProfile();
  EXPECT_EQ(profile.id, "default");
  EXPECT_EQ(profile.selector.kind, SelectorKind::kEveryone);
  EXPECT_EQ(profile.minimum_coverage, 0.5);
  EXPECT_EQ(profile.effective_time, absl::InfinitePast());
  EXPECT_TRUE(profile.kpis.empty());
  ASSERT_EQ(profile.bands.size(), 3);
  EXPECT_EQ(profile.bands[0].from_months, 0);
  EXPECT_EQ(profile.bands[0].to_months, 18);
  EXPECT_EQ(profile.bands[1].to_months, 36);
  EXPECT_EQ(profile.bands[2].to_months, std::nullopt);
  ExpectPillars(profile.bands[0].pillars, 0.6, 0.2, 0.2);
  ExpectPillars(profile.bands[1].pillars, 0.4, 0.3, 0.3);
  ExpectPillars(profile.bands[2].pillars, 0.3, 0.4, 0.3);
  ExpectPillars(profile.untenured_pillars, 0.4, 0.3, 0.3);
}

TEST(ValidateProfileTest, AcceptsTheDefault) {
  EXPECT_TRUE(ValidateProfile(DefaultProfile()).ok()) << ValidateProfile(DefaultProfile());
}

TEST(ValidateProfileTest, AcceptsAProfileWithoutTenureBands) {
  WeightProfile profile = DefaultProfile();
  profile.bands.clear();
  EXPECT_TRUE(ValidateProfile(profile).ok());
}

TEST(ValidateProfileTest, AcceptsWeightsThatSumToOneButForRounding) {
  WeightProfile profile = DefaultProfile();
  profile.untenured_pillars = {{Pillar::kRelationships, 1.0 / 3},
                               {Pillar::kRevenue, 1.0 / 3},
                               {Pillar::kRetention, 1.0 / 3 + 5e-10}};
  EXPECT_TRUE(ValidateProfile(profile).ok());
}

TEST(ValidateProfileTest, NamesTheFieldOfEachFault) {
  struct Case {
    const char* fault;
    void (*spoil)(WeightProfile&);
  };
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const Case cases[] = {
      {"name: ", [](WeightProfile& p) { p.id = "Default"; }},
      {"name: ", [](WeightProfile& p) { p.id = ""; }},
      {"selector: ",
       [](WeightProfile& p) {
         p.selector = {SelectorKind::kTeam, ""};
       }},
      {"selector: ", [](WeightProfile& p) { p.selector.id = "north"; }},
      {"tenure_bands[0].from_months: must be 0, not 1",
       [](WeightProfile& p) { p.bands[0].from_months = 1; }},
      {"tenure_bands[1].from_months: must be 18, not 20",
       [](WeightProfile& p) { p.bands[1].from_months = 20; }},
      {"tenure_bands[1].from_months: must be 18, not 12",
       [](WeightProfile& p) { p.bands[1].from_months = 12; }},
      {"tenure_bands[0].to_months: is missing",
       [](WeightProfile& p) { p.bands[0].to_months.reset(); }},
      {"tenure_bands[2].to_months: the last band must have no end",
       [](WeightProfile& p) { p.bands[2].to_months = 60; }},
      {"tenure_bands[1].to_months: 18 must lie above from_months (18)",
       [](WeightProfile& p) { p.bands[1].to_months = 18; }},
      {"tenure_bands[0].pillars: the weights must sum to 1, they sum to 0.9",
       [](WeightProfile& p) { p.bands[0].pillars[0].weight = 0.5; }},
      {"tenure_bands[0].pillars: weight nan",
       [](WeightProfile& p) { p.bands[0].pillars[0].weight = kNan; }},
      {"untenured_pillars: weight -0.1",
       [](WeightProfile& p) {
         p.untenured_pillars[0].weight = -0.1;
         p.untenured_pillars[1].weight = 0.8;
       }},
      {"untenured_pillars: the weights must sum to 1",
       [](WeightProfile& p) { p.untenured_pillars.clear(); }},
      {"untenured_pillars: the weights must sum to 1",
       [](WeightProfile& p) { p.untenured_pillars[3].weight = 2e-9; }},
      {"untenured_pillars: a pillar is there twice",
       [](WeightProfile& p) { p.untenured_pillars[3].pillar = Pillar::kRevenue; }},
      {"untenured_pillars: a pillar is not named",
       [](WeightProfile& p) { p.untenured_pillars[3].pillar = static_cast<Pillar>(0); }},
      {"minimum_coverage: must be 0 to 1", [](WeightProfile& p) { p.minimum_coverage = 1.01; }},
      {"minimum_coverage: must be 0 to 1", [](WeightProfile& p) { p.minimum_coverage = kNan; }},
      {"kpis[1].kpi: kpis/nps is there twice",
       [](WeightProfile& p) {
         p.kpis = {{"nps", 1}, {"nps", 2}};
       }},
      {"kpis[0].kpi: is missing",
       [](WeightProfile& p) {
         p.kpis = {{"", 1}};
       }},
      {"kpis[0].weight: ",
       [](WeightProfile& p) {
         p.kpis = {{"nps", -1}};
       }},
      {"kpis[0].weight: ",
       [](WeightProfile& p) {
         p.kpis = {{"nps", HUGE_VAL}};
       }},
      {"kpis[0].curve: must have 2 to 32 points",
       [](WeightProfile& p) {
         p.kpis = {{"nps", 1, {{0, 0}}}};
       }},
      {"kpis[0].curve[1].value: 0 must lie above 0",
       [](WeightProfile& p) {
         p.kpis = {{"nps", 1, {{0, 0}, {0, 100}}}};
       }},
      {"kpis[0].curve[1].value: must be a finite number",
       [](WeightProfile& p) {
         p.kpis = {{"nps", 1, {{0, 0}, {HUGE_VAL, 100}}}};
       }},
      {"kpis[0].curve[1].score: must be 0 to 100, not 101",
       [](WeightProfile& p) {
         p.kpis = {{"nps", 1, {{0, 0}, {1, 101}}}};
       }},
      {"kpis[0].target: ",
       [](WeightProfile& p) {
         p.kpis = {{"nps", 1, {}, kNan}};
       }},
      {"effective_time: ", [](WeightProfile& p) { p.effective_time = absl::InfiniteFuture(); }},
  };
  for (const Case& c : cases) {
    WeightProfile profile = DefaultProfile();
    c.spoil(profile);
    const absl::Status status = ValidateProfile(profile);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.fault;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.fault));
  }
}

TEST(ValidateProfileTest, FindsAllFaultsAtOnce) {
  WeightProfile profile = DefaultProfile();
  profile.bands[0].pillars[0].weight = 0.5;
  profile.minimum_coverage = 2;
  profile.kpis = {{"nps", -1}};
  EXPECT_THAT(std::string(ValidateProfile(profile).message()),
              AllOf(HasSubstr("tenure_bands[0].pillars: "), HasSubstr("\nminimum_coverage: "),
                    HasSubstr("\nkpis[0].weight: ")));
}

WeightProfile For(const std::string& id, Selector selector, absl::Time effective) {
  WeightProfile profile = DefaultProfile();
  profile.id = id;
  profile.selector = std::move(selector);
  profile.effective_time = effective;
  return profile;
}

TEST(CheckProfilesTest, ALaterProfileForTheSameSelectorIsFine) {
  const Selector north{SelectorKind::kTeam, "north"};
  EXPECT_TRUE(CheckProfiles({DefaultProfile(), For("a", north, absl::UnixEpoch()),
                             For("b", north, absl::UnixEpoch() + absl::Seconds(1)),
                             For("c", {SelectorKind::kTeam, "south"}, absl::UnixEpoch())})
                  .ok());
}

TEST(CheckProfilesTest, RefusesTwoForOneSelectorAtTheSameInstant) {
  const Selector north{SelectorKind::kTeam, "north"};
  const absl::Status status = CheckProfiles(
      {DefaultProfile(), For("a", north, absl::UnixEpoch()), For("b", north, absl::UnixEpoch())});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("weightProfiles/a"), HasSubstr("weightProfiles/b")));
}

TEST(CheckProfilesTest, RefusesTwoWithOneId) {
  EXPECT_FALSE(CheckProfiles({DefaultProfile(), DefaultProfile()}).ok());
}

}  // namespace
}  // namespace keyscore::weighting
