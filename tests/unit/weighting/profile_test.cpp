// The default profile, what makes a profile invalid, and the scaling of weights.
#include "weighting/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "unit/weighting/registry_of.h"

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

std::string MessageOf(const Faults& faults) { return std::string(ToStatus(faults).message()); }

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
  EXPECT_EQ(profile.state, ProfileState::kPublished);
  const ProfileContent& content = profile.content;
  EXPECT_EQ(content.selector.kind, SelectorKind::kEveryone);
  EXPECT_EQ(content.minimum_coverage, 0.5);
  EXPECT_EQ(content.band_policy, BandPolicy::kTimeWeighted);
  EXPECT_EQ(content.effective_date, std::nullopt);
  EXPECT_TRUE(content.kpis.empty());
  ASSERT_EQ(content.bands.size(), 3);
  EXPECT_EQ(content.bands[0].from_months, 0);
  EXPECT_EQ(content.bands[0].to_months, 18);
  EXPECT_EQ(content.bands[1].to_months, 36);
  EXPECT_EQ(content.bands[2].to_months, std::nullopt);
  ExpectPillars(content.bands[0].pillars, 0.6, 0.2, 0.2);
  ExpectPillars(content.bands[1].pillars, 0.4, 0.3, 0.3);
  ExpectPillars(content.bands[2].pillars, 0.3, 0.4, 0.3);
  ExpectPillars(content.untenured_pillars, 0.4, 0.3, 0.3);
}

TEST(CheckProfileTest, AcceptsTheDefault) {
  EXPECT_THAT(MessageOf(CheckProfile(DefaultProfile())), "");
}

TEST(CheckProfileTest, AcceptsAProfileWithoutTenureBands) {
  WeightProfile profile = DefaultProfile();
  profile.content.bands.clear();
  EXPECT_THAT(MessageOf(CheckProfile(profile)), "");
}

TEST(CheckProfileTest, AcceptsWeightsThatSumToOneButForRounding) {
  WeightProfile profile = DefaultProfile();
  profile.content.untenured_pillars = {{Pillar::kRelationships, 1.0 / 3},
                                       {Pillar::kRevenue, 1.0 / 3},
                                       {Pillar::kRetention, 1.0 / 3 + 5e-10}};
  EXPECT_THAT(MessageOf(CheckProfile(profile)), "");
}

TEST(CheckProfileTest, NamesTheFieldOfEachFault) {
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
         p.content.selector = {SelectorKind::kTeam, ""};
       }},
      {"selector: ", [](WeightProfile& p) { p.content.selector.id = "north"; }},
      {"tenure_bands[0].from_months: must be 0, not 1",
       [](WeightProfile& p) { p.content.bands[0].from_months = 1; }},
      {"tenure_bands[1].from_months: must be 18, not 20",
       [](WeightProfile& p) { p.content.bands[1].from_months = 20; }},
      {"tenure_bands[1].from_months: must be 18, not 12",
       [](WeightProfile& p) { p.content.bands[1].from_months = 12; }},
      {"tenure_bands[0].to_months: is missing",
       [](WeightProfile& p) { p.content.bands[0].to_months.reset(); }},
      {"tenure_bands[2].to_months: the last band must have no end",
       [](WeightProfile& p) { p.content.bands[2].to_months = 60; }},
      {"tenure_bands[1].to_months: 18 must lie above from_months (18)",
       [](WeightProfile& p) { p.content.bands[1].to_months = 18; }},
      {"tenure_bands[0].pillars: the weights must sum to 1, they sum to 0.9",
       [](WeightProfile& p) { p.content.bands[0].pillars[0].weight = 0.5; }},
      {"tenure_bands[0].pillars: weight nan",
       [](WeightProfile& p) { p.content.bands[0].pillars[0].weight = kNan; }},
      {"untenured_pillars: weight -0.1",
       [](WeightProfile& p) {
         p.content.untenured_pillars[0].weight = -0.1;
         p.content.untenured_pillars[1].weight = 0.8;
       }},
      {"untenured_pillars: the weights must sum to 1",
       [](WeightProfile& p) { p.content.untenured_pillars.clear(); }},
      {"untenured_pillars: the weights must sum to 1",
       [](WeightProfile& p) { p.content.untenured_pillars[3].weight = 2e-9; }},
      {"untenured_pillars: a pillar is there twice",
       [](WeightProfile& p) { p.content.untenured_pillars[3].pillar = Pillar::kRevenue; }},
      {"untenured_pillars: a pillar is not named",
       [](WeightProfile& p) { p.content.untenured_pillars[3].pillar = static_cast<Pillar>(0); }},
      {"minimum_coverage: must be 0 to 1",
       [](WeightProfile& p) { p.content.minimum_coverage = 1.01; }},
      {"minimum_coverage: must be 0 to 1",
       [](WeightProfile& p) { p.content.minimum_coverage = kNan; }},
      {"kpis[1].kpi: kpis/nps is there twice",
       [](WeightProfile& p) {
         p.content.kpis = {{"nps", 1}, {"nps", 2}};
       }},
      {"kpis[0].kpi: is missing",
       [](WeightProfile& p) {
         p.content.kpis = {{"", 1}};
       }},
      {"kpis[0].weight: ",
       [](WeightProfile& p) {
         p.content.kpis = {{"nps", -1}};
       }},
      {"kpis[0].weight: ",
       [](WeightProfile& p) {
         p.content.kpis = {{"nps", HUGE_VAL}};
       }},
      {"kpis[0].curve: must have 2 to 32 points",
       [](WeightProfile& p) {
         p.content.kpis = {{"nps", 1, {{0, 0}}}};
       }},
      {"kpis[0].curve[1].value: 0 must lie above 0",
       [](WeightProfile& p) {
         p.content.kpis = {{"nps", 1, {{0, 0}, {0, 100}}}};
       }},
      {"kpis[0].curve[1].value: must be a finite number",
       [](WeightProfile& p) {
         p.content.kpis = {{"nps", 1, {{0, 0}, {HUGE_VAL, 100}}}};
       }},
      {"kpis[0].curve[1].score: must be 0 to 100, not 101",
       [](WeightProfile& p) {
         p.content.kpis = {{"nps", 1, {{0, 0}, {1, 101}}}};
       }},
      {"kpis[0].target: ",
       [](WeightProfile& p) {
         p.content.kpis = {{"nps", 1, {}, kNan}};
       }},
      {"effective_date: must lie in the years 1970 to 2199",
       [](WeightProfile& p) { p.content.effective_date = absl::CivilDay(2200, 1, 1); }},
      {"display_name: has 201 bytes",
       [](WeightProfile& p) { p.content.display_name = std::string(201, 'x'); }},
      {"display_name: is not well-formed UTF-8",
       [](WeightProfile& p) { p.content.display_name = "\xc3\x28"; }},
      {"tenure_bands[1].display_name: ",
       [](WeightProfile& p) { p.content.bands[1].display_name = "\xff"; }},
      {"tenure_bands: has 25 bands", [](WeightProfile& p) { p.content.bands.resize(25); }},
      {"kpis: has 201 entries", [](WeightProfile& p) { p.content.kpis.resize(201); }},
      {"selector: ",
       [](WeightProfile& p) {
         p.content.selector = {SelectorKind::kSegment, "\xff"};
       }},
      {"name: ", [](WeightProfile& p) { p.id = std::string(64, 'x'); }},
  };
  for (const Case& c : cases) {
    WeightProfile profile = DefaultProfile();
    c.spoil(profile);
    EXPECT_THAT(MessageOf(CheckProfile(profile)), HasSubstr(c.fault));
  }
}

TEST(CheckProfileTest, FindsAllFaultsAtOnce) {
  WeightProfile profile = DefaultProfile();
  profile.content.bands[0].pillars[0].weight = 0.5;
  profile.content.minimum_coverage = 2;
  profile.content.kpis = {{"nps", -1}};
  EXPECT_THAT(MessageOf(CheckProfile(profile)),
              AllOf(HasSubstr("tenure_bands[0].pillars: "), HasSubstr("\nminimum_coverage: "),
                    HasSubstr("\nkpis[0].weight: ")));
}

std::shared_ptr<const kpis::RegistrySnapshot> SmallRegistry() {
  return kpis::RegistryOf({kpis::MakeKpi("contact", Pillar::kRelationships, 1),
                           kpis::MakeKpi("plan", Pillar::kRelationships, 1),
                           kpis::MakeKpi("growth", Pillar::kRevenue, 1),
                           kpis::MakeKpi("churn_rate", Pillar::kRetention, 1)});
}

TEST(CheckProfileTest, WithTheRegistryNamesUnknownKpis) {
  const auto registry = SmallRegistry();
  WeightProfile profile = DefaultProfile();
  profile.content.kpis = {{"churn_rat", 0.5}, {"moon_phase", std::nullopt}};
  EXPECT_THAT(
      MessageOf(CheckProfile(profile, *registry)),
      AllOf(HasSubstr("kpis[0].kpi: kpis/churn_rat is not known; did you mean kpis/churn_rate?"),
            HasSubstr("kpis[1].kpi: kpis/moon_phase is not known")));
}

TEST(CheckProfileTest, WithTheRegistryEachWeightedPillarMustSumToOne) {
  const auto registry = SmallRegistry();
  WeightProfile profile = DefaultProfile();
  profile.content.kpis = {{"contact", 0.25}, {"growth", 0.5}, {"plan", 0.75}};
  EXPECT_EQ(MessageOf(CheckProfile(profile, *registry)),
            "kpis: the weights within revenue (growth) must sum to 1, they sum to 0.5");
  profile.content.kpis[1].weight.reset();
  EXPECT_EQ(MessageOf(CheckProfile(profile, *registry)), "");
  profile.content.kpis[2].weight = 0.75 + 2e-9;
  EXPECT_THAT(MessageOf(CheckProfile(profile, *registry)), HasSubstr("within relationships"));
}

TEST(NormalizeTest, ScalesEveryLevelToOne) {
  const auto registry = SmallRegistry();
  ProfileContent content = DefaultProfile().content;
  content.bands[1].pillars = {{Pillar::kRelationships, 50}, {Pillar::kRevenue, 150}};
  content.untenured_pillars = {{Pillar::kRevenue, 3}, {Pillar::kRetention, 1}};
  content.kpis = {{"contact", 1}, {"plan", 4}, {"growth", 1e300}, {"churn_rate", std::nullopt}};
  Normalize(content, *registry);
  EXPECT_EQ(content.bands[1].pillars[0].weight, 0.25);
  EXPECT_EQ(content.bands[1].pillars[1].weight, 0.75);
  EXPECT_EQ(content.untenured_pillars[0].weight, 0.75);
  EXPECT_EQ(content.kpis[0].weight, 0.2);
  EXPECT_EQ(content.kpis[1].weight, 0.8);
  EXPECT_EQ(content.kpis[2].weight, 1);
  EXPECT_EQ(content.kpis[3].weight, std::nullopt);
  WeightProfile profile = DefaultProfile();
  profile.content = content;
  EXPECT_EQ(MessageOf(CheckProfile(profile, *registry)), "");
}

TEST(NormalizeTest, LeavesAloneWhatSumsToOneAndWhatCannotBeScaled) {
  const auto registry = SmallRegistry();
  ProfileContent content = DefaultProfile().content;
  content.bands[0].pillars = {{Pillar::kRevenue, 1.0 / 3}, {Pillar::kRetention, 2.0 / 3 + 4e-10}};
  content.bands[1].pillars = {{Pillar::kRevenue, 0}, {Pillar::kRetention, 0}};
  content.bands[2].pillars = {{Pillar::kRevenue, -1}, {Pillar::kRetention, 4}};
  content.untenured_pillars = {{Pillar::kRevenue, HUGE_VAL}, {Pillar::kRetention, 1}};
  content.kpis = {{"moon_phase", 7}, {"growth", 0}};
  const ProfileContent before = content;
  Normalize(content, *registry);
  EXPECT_EQ(content, before);
}

TEST(FaultTest, AStatusCarriesTheFaultsOneByOne) {
  EXPECT_TRUE(ToStatus({}).ok());
  const Faults faults = {{"kpis[0].weight", "must be 0 to 1"}, {"selector", "names\nno one"}};
  const absl::Status status = ToStatus(Under("profiles[2].", faults));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(),
            "profiles[2].kpis[0].weight: must be 0 to 1\nprofiles[2].selector: names\nno one");
  const Faults carried = FaultsOf(status);
  ASSERT_EQ(carried.size(), 2);
  EXPECT_EQ(carried[0].field, "profiles[2].kpis[0].weight");
  EXPECT_EQ(carried[1].phrase, "names\nno one");
  EXPECT_TRUE(FaultsOf(absl::InvalidArgumentError("a: b")).empty());
  EXPECT_TRUE(FaultsOf(absl::OkStatus()).empty());
}

}  // namespace
}  // namespace keyscore::weighting
