// Which profile, which band, which share of the total; expected shares worked out by hand.
#include "weighting/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "unit/weighting/registry_of.h"

namespace keyscore::weighting {
namespace {

using kpis::MakeKpi;
using kpis::Pillar;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const absl::CivilDay kDate(2017, 10, 1);

// Three relationship KPIs, two of revenue, one of retention; learning has one without weight.
std::shared_ptr<const kpis::RegistrySnapshot> SmallRegistry() {
  return kpis::RegistryOf(
      {MakeKpi("engagement", Pillar::kRelationships, 1),
       MakeKpi("sponsorship", Pillar::kRelationships, 1),
       MakeKpi("plan", Pillar::kRelationships, 2), MakeKpi("conversion", Pillar::kRevenue, 3),
       MakeKpi("growth", Pillar::kRevenue, 1), MakeKpi("nps", Pillar::kRetention, 5),
       MakeKpi("coaching", Pillar::kLearning, 0)});
}

SubjectFacts Anna(std::optional<absl::CivilDay> role_started) {
  return {.kind = store::SubjectKind::kManager,
          .id = "anna",
          .team_id = "north",
          .role_started = role_started,
          .display_name = "Anna"};
}

ResolvedWeights Resolved(const std::vector<WeightProfile>& profiles, const SubjectFacts& subject,
                         const kpis::RegistrySnapshot& registry, absl::CivilDay date = kDate) {
  absl::StatusOr<ResolvedWeights> weights = Resolve(profiles, subject, date, registry);
  EXPECT_TRUE(weights.ok()) << weights.status();
  return weights.ok() ? *std::move(weights) : ResolvedWeights();
}

double Share(const ResolvedWeights& weights, const std::string& id) {
  for (const ResolvedKpi& kpi : weights.kpis) {
    if (kpi.kpi->definition.id == id) return kpi.weight;
  }
  ADD_FAILURE() << id << " is not there";
  return -1;
}

std::vector<double> Pillars(const ResolvedWeights& weights) {
  std::vector<double> shares;
  for (const PillarWeight& pillar : weights.pillars) shares.push_back(pillar.weight);
  return shares;
}

TEST(MonthsBetweenTest, AMonthIsFullOnTheSameDayOfTheNext) {
  EXPECT_EQ(MonthsBetween(absl::CivilDay(2023, 1, 15), absl::CivilDay(2024, 7, 14)), 17);
  EXPECT_EQ(MonthsBetween(absl::CivilDay(2023, 1, 15), absl::CivilDay(2024, 7, 15)), 18);
  EXPECT_EQ(MonthsBetween(absl::CivilDay(2023, 1, 15), absl::CivilDay(2023, 1, 15)), 0);
  EXPECT_EQ(MonthsBetween(absl::CivilDay(2023, 1, 15), absl::CivilDay(2023, 2, 15)), 1);
  EXPECT_EQ(MonthsBetween(absl::CivilDay(2022, 12, 31), absl::CivilDay(2023, 1, 31)), 1);
}

TEST(MonthsBetweenTest, AMonthWithoutThatDayIsFullOnThe1stAfter) {
  EXPECT_EQ(MonthsBetween(absl::CivilDay(2023, 1, 31), absl::CivilDay(2023, 2, 28)), 0);
  EXPECT_EQ(MonthsBetween(absl::CivilDay(2023, 1, 31), absl::CivilDay(2023, 3, 1)), 1);
  EXPECT_EQ(MonthsBetween(absl::CivilDay(2020, 2, 29), absl::CivilDay(2021, 2, 28)), 11);
  EXPECT_EQ(MonthsBetween(absl::CivilDay(2020, 2, 29), absl::CivilDay(2021, 3, 1)), 12);
  EXPECT_EQ(MonthsBetween(absl::CivilDay(2020, 2, 29), absl::CivilDay(2024, 2, 29)), 48);
}

TEST(MonthsBetweenTest, ARoleYetToStartCountsAsNew) {
  EXPECT_EQ(MonthsBetween(absl::CivilDay(2024, 7, 15), absl::CivilDay(2023, 1, 15)), 0);
}

TEST(ResolveTest, TenureBandsOfTheDefault) {
  const auto registry = SmallRegistry();
  const std::vector<WeightProfile> profiles = {DefaultProfile()};
  struct Case {
    absl::CivilDay started;
    int months;
    const char* band;
    std::vector<double> pillars;
  };
  const Case cases[] = {
      {absl::CivilDay(2017, 10, 1), 0, "under 18 months", {0.6, 0.2, 0.2, 0}},
      {absl::CivilDay(2016, 8, 1), 14, "under 18 months", {0.6, 0.2, 0.2, 0}},
      {absl::CivilDay(2016, 4, 2), 17, "under 18 months", {0.6, 0.2, 0.2, 0}},
      {absl::CivilDay(2016, 4, 1), 18, "18 to 36 months", {0.4, 0.3, 0.3, 0}},
      {absl::CivilDay(2014, 10, 2), 35, "18 to 36 months", {0.4, 0.3, 0.3, 0}},
      {absl::CivilDay(2014, 10, 1), 36, "from 36 months", {0.3, 0.4, 0.3, 0}},
      {absl::CivilDay(1990, 1, 1), 333, "from 36 months", {0.3, 0.4, 0.3, 0}},
  };
  for (const Case& c : cases) {
    const ResolvedWeights weights = Resolved(profiles, Anna(c.started), *registry);
    EXPECT_EQ(weights.tenure_months, c.months) << c.started;
    EXPECT_EQ(weights.tenure_band, c.band) << c.started;
    EXPECT_EQ(Pillars(weights), c.pillars) << c.started;
  }
}

TEST(ResolveTest, KpisShareTheirPillar) {
  const auto registry = SmallRegistry();
  const std::vector<WeightProfile> profiles = {DefaultProfile()};
  const ResolvedWeights weights = Resolved(profiles, Anna(absl::CivilDay(2016, 8, 1)), *registry);
  // 60 % as 1 : 1 : 2, 20 % as 3 : 1, 20 % to one.
  EXPECT_DOUBLE_EQ(Share(weights, "engagement"), 0.15);
  EXPECT_DOUBLE_EQ(Share(weights, "sponsorship"), 0.15);
  EXPECT_DOUBLE_EQ(Share(weights, "plan"), 0.3);
  EXPECT_DOUBLE_EQ(Share(weights, "conversion"), 0.15);
  EXPECT_DOUBLE_EQ(Share(weights, "growth"), 0.05);
  EXPECT_DOUBLE_EQ(Share(weights, "nps"), 0.2);
  EXPECT_EQ(Share(weights, "coaching"), 0);
  EXPECT_EQ(weights.minimum_coverage, 0.5);
  EXPECT_EQ(weights.profile, &profiles[0]);
}

TEST(ResolveTest, EveryKpiIsThereInRegistryOrder) {
  const auto registry = SmallRegistry();
  const std::vector<WeightProfile> profiles = {DefaultProfile()};
  const ResolvedWeights weights = Resolved(profiles, Anna(std::nullopt), *registry);
  ASSERT_EQ(weights.kpis.size(), registry->kpis().size());
  for (size_t i = 0; i < weights.kpis.size(); ++i) {
    EXPECT_EQ(weights.kpis[i].kpi, registry->kpis()[i]);
  }
}

TEST(ResolveTest, APillarWithoutWeightedKpisGivesItsShareAwayInProportion) {
  // Nothing of revenue: 60 and 20 become 75 and 25.
  const auto registry = kpis::RegistryOf({MakeKpi("engagement", Pillar::kRelationships, 1),
                                          MakeKpi("conversion", Pillar::kRevenue, 0),
                                          MakeKpi("nps", Pillar::kRetention, 1)});
  const std::vector<WeightProfile> profiles = {DefaultProfile()};
  const ResolvedWeights weights = Resolved(profiles, Anna(absl::CivilDay(2016, 8, 1)), *registry);
  EXPECT_DOUBLE_EQ(Share(weights, "engagement"), 0.75);
  EXPECT_DOUBLE_EQ(Share(weights, "nps"), 0.25);
  EXPECT_EQ(Share(weights, "conversion"), 0);
  EXPECT_THAT(weights.reasons,
              Contains("No KPI of revenue has weight, so its share goes to the other pillars in "
                       "proportion: 75 % relationships, 25 % retention."));
}

TEST(ResolveTest, WithoutAnyWeightedKpiEverythingIsZeroAndSaysSo) {
  const auto registry = kpis::RegistryOf({MakeKpi("coaching", Pillar::kLearning, 1)});
  const std::vector<WeightProfile> profiles = {DefaultProfile()};
  const ResolvedWeights weights = Resolved(profiles, Anna(std::nullopt), *registry);
  EXPECT_EQ(Share(weights, "coaching"), 0);
  EXPECT_EQ(Pillars(weights), (std::vector<double>{0, 0, 0, 0}));
  EXPECT_THAT(weights.reasons,
              Contains("No pillar with weight has a KPI with weight, so there is no total."));
}

TEST(ResolveTest, ProfileOverridesWeightCurveAndTarget) {
  const auto registry = SmallRegistry();
  WeightProfile profile = DefaultProfile();
  profile.kpis = {{"sponsorship", 0}, {"plan", 1, {{50, 0}, {90, 100}}, 85}, {"acme.gone", 4}};
  const std::vector<WeightProfile> profiles = {profile};
  const ResolvedWeights weights = Resolved(profiles, Anna(absl::CivilDay(2016, 8, 1)), *registry);
  EXPECT_DOUBLE_EQ(Share(weights, "engagement"), 0.3);
  EXPECT_EQ(Share(weights, "sponsorship"), 0);
  EXPECT_DOUBLE_EQ(Share(weights, "plan"), 0.3);
  const auto curve_of = [&](const std::string& id) {
    return std::find_if(weights.kpis.begin(), weights.kpis.end(),
                        [&](const ResolvedKpi& kpi) { return kpi.kpi->definition.id == id; });
  };
  EXPECT_EQ(curve_of("plan")->curve.front().value, 50);
  EXPECT_EQ(curve_of("plan")->target, 85);
  EXPECT_EQ(curve_of("engagement")->curve.front().value, 0);
  EXPECT_EQ(curve_of("engagement")->target, std::nullopt);
  EXPECT_THAT(weights.reasons, Contains("The profile gives weight to acme.gone, which no loaded "
                                        "plugin provides; it is left out."));
}

WeightProfile For(const std::string& id, SelectorKind kind, const std::string& whom,
                  absl::Time effective = absl::InfinitePast()) {
  WeightProfile profile = DefaultProfile();
  profile.id = id;
  profile.selector = {kind, whom};
  profile.effective_time = effective;
  return profile;
}

TEST(ResolveTest, TheMostSpecificProfileWinsWhateverTheOrder) {
  const auto registry = SmallRegistry();
  std::vector<WeightProfile> profiles = {For("all", SelectorKind::kEveryone, ""),
                                         For("enterprise", SelectorKind::kSegment, "enterprise"),
                                         For("team-north", SelectorKind::kTeam, "north"),
                                         For("just-anna", SelectorKind::kManager, "anna"),
                                         For("just-acme", SelectorKind::kAccount, "acme"),
                                         // An id like somebody else's makes no match across kinds.
                                         For("account-anna", SelectorKind::kAccount, "anna"),
                                         For("team-anna", SelectorKind::kTeam, "anna")};
  const SubjectFacts acme{
      .kind = store::SubjectKind::kAccount, .id = "acme", .segment = "enterprise"};
  const SubjectFacts bolt{
      .kind = store::SubjectKind::kAccount, .id = "bolt", .segment = "enterprise"};
  const SubjectFacts north{.kind = store::SubjectKind::kTeam, .id = "north"};
  const SubjectFacts south{.kind = store::SubjectKind::kTeam, .id = "south"};
  SubjectFacts bea = Anna(std::nullopt);
  bea.id = "bea";
  const SubjectFacts organization{.kind = store::SubjectKind::kOrganization};
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(profiles.begin(), profiles.end(), random);
    EXPECT_EQ(Resolved(profiles, Anna(std::nullopt), *registry).profile->id, "just-anna");
    EXPECT_EQ(Resolved(profiles, bea, *registry).profile->id, "team-north");
    EXPECT_EQ(Resolved(profiles, north, *registry).profile->id, "team-north");
    EXPECT_EQ(Resolved(profiles, south, *registry).profile->id, "all");
    EXPECT_EQ(Resolved(profiles, acme, *registry).profile->id, "just-acme");
    EXPECT_EQ(Resolved(profiles, bolt, *registry).profile->id, "enterprise");
    EXPECT_EQ(Resolved(profiles, organization, *registry).profile->id, "all");
  }
}

TEST(ResolveTest, OfTwoForTheSameSelectorTheLaterInEffectWins) {
  const auto registry = SmallRegistry();
  const absl::Time noon = absl::FromCivil(absl::CivilHour(2017, 10, 1, 12), absl::UTCTimeZone());
  const std::vector<WeightProfile> profiles = {
      For("new", SelectorKind::kEveryone, "", noon),
      For("old", SelectorKind::kEveryone, "", noon - absl::Hours(24 * 365)), DefaultProfile()};
  const SubjectFacts anna = Anna(std::nullopt);
  // In effect from the day on which it takes effect.
  EXPECT_EQ(Resolved(profiles, anna, *registry, absl::CivilDay(2017, 10, 1)).profile->id, "new");
  EXPECT_EQ(Resolved(profiles, anna, *registry, absl::CivilDay(2017, 9, 30)).profile->id, "old");
  EXPECT_EQ(Resolved(profiles, anna, *registry, absl::CivilDay(2015, 1, 1)).profile->id, "default");
}

TEST(ResolveTest, TheDayOfEffectIsTheReportingZones) {
  absl::TimeZone berlin;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Berlin", &berlin));
  const auto registry = SmallRegistry();
  // Midnight of 1 October in Berlin is still 30 September in UTC.
  const std::vector<WeightProfile> profiles = {
      For("new", SelectorKind::kEveryone, "", absl::FromCivil(absl::CivilDay(2017, 10, 1), berlin)),
      DefaultProfile()};
  const absl::CivilDay last_day(2017, 9, 30);
  EXPECT_EQ(Resolve(profiles, Anna(std::nullopt), last_day, *registry, berlin)->profile->id,
            "default");
  EXPECT_EQ(Resolve(profiles, Anna(std::nullopt), last_day + 1, *registry, berlin)->profile->id,
            "new");
}

TEST(ResolveTest, NotFoundBeforeAnyProfileTookEffect) {
  const std::vector<WeightProfile> profiles = {
      For("late", SelectorKind::kEveryone, "",
          absl::FromCivil(absl::CivilDay(2018, 1, 1), absl::UTCTimeZone()))};
  const absl::Status status =
      Resolve(profiles, Anna(std::nullopt), kDate, *SmallRegistry()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("2017-10-01"));
}

TEST(ResolveForPeriodTest, TenureIsThatOfThePeriodsEndAndTheProfileThatOfItsLastDay) {
  const auto registry = SmallRegistry();
  const absl::StatusOr<measures::Period> quarter =
      measures::ParsePeriod("2017-Q3", measures::Calendar(), absl::UnixEpoch());
  ASSERT_TRUE(quarter.ok());
  const std::vector<WeightProfile> profiles = {
      DefaultProfile(), For("next-quarter", SelectorKind::kEveryone, "",
                            absl::FromCivil(absl::CivilDay(2017, 10, 1), absl::UTCTimeZone()))};
  const absl::StatusOr<ResolvedWeights> weights =
      ResolveForPeriod(profiles, Anna(absl::CivilDay(2016, 4, 1)), *quarter, *registry);
  ASSERT_TRUE(weights.ok());
  EXPECT_EQ(weights->profile->id, "default");
  EXPECT_EQ(weights->tenure_months, 18);
  EXPECT_EQ(weights->tenure_band, "18 to 36 months");
}

TEST(ReasonsTest, SayWhichBandAndWhatItWeighs) {
  const auto registry = SmallRegistry();
  const std::vector<WeightProfile> profiles = {DefaultProfile()};
  EXPECT_THAT(
      Resolved(profiles, Anna(absl::CivilDay(2016, 8, 1)), *registry).reasons,
      ElementsAre("The profile 3R+1 default (revision 1) counts: it is for everyone.",
                  "Anna has been in role 14 months, so the band under 18 months counts: 60 % "
                  "relationships, 20 % revenue, 20 % retention.",
                  "Within relationships: 25 % engagement, 50 % plan, 25 % sponsorship.",
                  "Within revenue: 75 % conversion, 25 % growth.", "Within retention: 100 % nps."));
}

TEST(ReasonsTest, SayWhyTenurePlaysNoPart) {
  const auto registry = SmallRegistry();
  std::vector<WeightProfile> profiles = {DefaultProfile()};
  EXPECT_THAT(Resolved(profiles, Anna(std::nullopt), *registry).reasons[1],
              HasSubstr("not known since when Anna has been in role"));
  EXPECT_THAT(
      Resolved(profiles, {.kind = store::SubjectKind::kTeam, .id = "north"}, *registry).reasons[1],
      HasSubstr("teams/north has no tenure, so the weights without tenure count: 40 % "
                "relationships, 30 % revenue, 30 % retention."));
  profiles[0].bands.clear();
  EXPECT_THAT(Resolved(profiles, Anna(absl::CivilDay(2016, 8, 1)), *registry).reasons[1],
              HasSubstr("makes no difference by tenure"));
}

TEST(ReasonsTest, BandsWithoutANameAreNamedByTheirMonths) {
  const auto registry = SmallRegistry();
  std::vector<WeightProfile> profiles = {DefaultProfile()};
  for (TenureBand& band : profiles[0].bands) band.display_name.clear();
  EXPECT_EQ(Resolved(profiles, Anna(kDate), *registry).tenure_band, "under 18 months");
  EXPECT_EQ(Resolved(profiles, Anna(absl::CivilDay(2016, 1, 1)), *registry).tenure_band,
            "18 to 36 months");
  EXPECT_EQ(Resolved(profiles, Anna(absl::CivilDay(2010, 1, 1)), *registry).tenure_band,
            "from 36 months");
}

TEST(ResolvePropertyTest, SharesSumToOneAndScalingKpiWeightsChangesNothing) {
  std::mt19937 random(36);
  std::uniform_real_distribution<double> unit(0, 1);
  for (int round = 0; round < 300; ++round) {
    std::vector<kpis::LoadedKpi> kpis;
    bool any_weighted = false;
    for (int i = 0; i < 12; ++i) {
      const Pillar pillar = kpis::kPillars[random() % 4];
      const double weight = random() % 3 == 0 ? 0 : unit(random) * std::pow(10, random() % 6);
      any_weighted |= weight > 0 && pillar != Pillar::kLearning;
      kpis.push_back(MakeKpi("k" + std::to_string(i), pillar, weight));
    }
    const auto registry = kpis::RegistryOf(kpis);
    for (kpis::LoadedKpi& kpi : kpis) kpi.definition.default_weight *= 1e302;
    const auto scaled_registry = kpis::RegistryOf(kpis);
    const std::vector<WeightProfile> profiles = {DefaultProfile()};
    const SubjectFacts anna = Anna(absl::CivilDay(2010 + random() % 8, 1, 1));
    const ResolvedWeights weights = Resolved(profiles, anna, *registry);
    const ResolvedWeights scaled = Resolved(profiles, anna, *scaled_registry);
    double sum = 0;
    for (size_t i = 0; i < weights.kpis.size(); ++i) {
      sum += weights.kpis[i].weight;
      ASSERT_GE(weights.kpis[i].weight, 0);
      if (weights.kpis[i].kpi->definition.default_weight == 0) {
        ASSERT_EQ(weights.kpis[i].weight, 0);
      }
      ASSERT_NEAR(weights.kpis[i].weight, scaled.kpis[i].weight, 1e-12);
    }
    ASSERT_NEAR(sum, any_weighted ? 1 : 0, 1e-12);
  }
}

}  // namespace
}  // namespace keyscore::weighting
