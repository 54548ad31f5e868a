// Which profile, which band, which share of the total; expected shares worked out by hand.
#include "weighting/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "unit/weighting/resolve_fixture.h"

namespace keyscore::weighting {
namespace {

using kpis::MakeKpi;
using kpis::Pillar;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

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
  const Rules rules = RulesOf({DefaultProfile()});
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
    const ResolvedWeights weights = Resolved(rules, Anna(c.started), *registry);
    EXPECT_EQ(weights.tenure_months, c.months) << c.started;
    EXPECT_EQ(weights.tenure_band, c.band) << c.started;
    EXPECT_EQ(Pillars(weights), c.pillars) << c.started;
  }
}

TEST(ResolveTest, KpisShareTheirPillar) {
  const auto registry = SmallRegistry();
  const Rules rules = RulesOf({DefaultProfile()});
  const ResolvedWeights weights = Resolved(rules, Anna(absl::CivilDay(2016, 8, 1)), *registry);
  // 60 % as 1 : 1 : 2, 20 % as 3 : 1, 20 % to one.
  EXPECT_DOUBLE_EQ(Share(weights, "engagement"), 0.15);
  EXPECT_DOUBLE_EQ(Share(weights, "sponsorship"), 0.15);
  EXPECT_DOUBLE_EQ(Share(weights, "plan"), 0.3);
  EXPECT_DOUBLE_EQ(Share(weights, "conversion"), 0.15);
  EXPECT_DOUBLE_EQ(Share(weights, "growth"), 0.05);
  EXPECT_DOUBLE_EQ(Share(weights, "nps"), 0.2);
  EXPECT_EQ(Share(weights, "coaching"), 0);
  EXPECT_EQ(weights.minimum_coverage, 0.5);
  EXPECT_EQ(weights.profile, &rules.versions[0].profile);
}

TEST(ResolveTest, EveryKpiIsThereInRegistryOrder) {
  const auto registry = SmallRegistry();
  const Rules rules = RulesOf({DefaultProfile()});
  const ResolvedWeights weights = Resolved(rules, Anna(std::nullopt), *registry);
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
  const Rules rules = RulesOf({DefaultProfile()});
  const ResolvedWeights weights = Resolved(rules, Anna(absl::CivilDay(2016, 8, 1)), *registry);
  EXPECT_DOUBLE_EQ(Share(weights, "engagement"), 0.75);
  EXPECT_DOUBLE_EQ(Share(weights, "nps"), 0.25);
  EXPECT_EQ(Share(weights, "conversion"), 0);
  EXPECT_THAT(weights.reasons,
              Contains("No KPI of revenue has weight, so its share goes to the other pillars in "
                       "proportion: 75 % relationships, 25 % retention."));
}

TEST(ResolveTest, WithoutAnyWeightedKpiEverythingIsZeroAndSaysSo) {
  const auto registry = kpis::RegistryOf({MakeKpi("coaching", Pillar::kLearning, 1)});
  const Rules rules = RulesOf({DefaultProfile()});
  const ResolvedWeights weights = Resolved(rules, Anna(std::nullopt), *registry);
  EXPECT_EQ(Share(weights, "coaching"), 0);
  EXPECT_EQ(Pillars(weights), (std::vector<double>{0, 0, 0, 0}));
  EXPECT_THAT(weights.reasons,
              Contains("No pillar with weight has a KPI with weight, so there is no total."));
}

TEST(ResolveTest, ProfileOverridesWeightCurveAndTarget) {
  const auto registry = SmallRegistry();
  WeightProfile profile = DefaultProfile();
  profile.content.kpis = {{"engagement", 0.5},
                          {"plan", 0.5, {{50, 0}, {90, 100}}, 85},
                          {"growth", std::nullopt, {}, 12},
                          {"acme.gone", 0.4}};
  const Rules rules = RulesOf({profile});
  const ResolvedWeights weights = Resolved(rules, Anna(absl::CivilDay(2016, 8, 1)), *registry);
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

TEST(ResolveTest, ManagersOfAnAccountAndTheirTeamsCountForIt) {
  const auto registry = SmallRegistry();
  std::vector<WeightProfile> profiles = {For("all", SelectorKind::kEveryone, ""),
                                         For("enterprise", SelectorKind::kSegment, "enterprise"),
                                         For("team-north", SelectorKind::kTeam, "north"),
                                         For("just-anna", SelectorKind::kManager, "anna"),
                                         For("just-acme", SelectorKind::kAccount, "acme"),
                                         // An id like somebody else's makes no match across kinds.
                                         For("account-anna", SelectorKind::kAccount, "anna"),
                                         For("team-anna", SelectorKind::kTeam, "anna")};
  const auto account = [](const std::string& id, const std::string& owner,
                          const std::string& team) {
    return SubjectFacts{.kind = store::SubjectKind::kAccount,
                        .id = id,
                        .manager_id = owner,
                        .team_id = team,
                        .segment = "enterprise"};
  };
  SubjectFacts bea = Anna(std::nullopt);
  bea.id = "bea";
  const std::vector<std::pair<SubjectFacts, std::string>> expected = {
      {Anna(std::nullopt), "just-anna"},
      {bea, "team-north"},
      {{.kind = store::SubjectKind::kTeam, .id = "north"}, "team-north"},
      {{.kind = store::SubjectKind::kTeam, .id = "south"}, "all"},
      {account("acme", "anna", "north"), "just-acme"},
      {account("bolt", "anna", "north"), "just-anna"},
      {account("core", "bea", "north"), "team-north"},
      {account("dune", "carl", "south"), "enterprise"},
      {account("echo", "", ""), "enterprise"},
      {{.kind = store::SubjectKind::kOrganization}, "all"}};
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(profiles.begin(), profiles.end(), random);
    const Rules rules = RulesOf(profiles);
    for (const auto& [subject, profile] : expected) {
      EXPECT_EQ(Resolved(rules, subject, *registry).profile->id, profile) << subject.id;
    }
  }
}

TEST(ResolveTest, AVersionCountsFromItsFirstDayUntilItsLast) {
  const auto registry = SmallRegistry();
  Rules rules = RulesOf({For("all", SelectorKind::kEveryone),
                         For("north", SelectorKind::kTeam, "north", absl::CivilDay(2017, 10, 1))});
  rules.versions[1].until = absl::CivilDay(2018, 1, 1);
  const auto on = [&](int year, int month, int day) {
    return Resolved(rules, Anna(std::nullopt), *registry, absl::CivilDay(year, month, day))
        .profile->id;
  };
  EXPECT_EQ(on(2017, 9, 30), "all");
  EXPECT_EQ(on(2017, 10, 1), "north");
  EXPECT_EQ(on(2017, 12, 31), "north");
  EXPECT_EQ(on(2018, 1, 1), "all");
}

TEST(ResolveTest, NotFoundBeforeAnyProfileTookEffect) {
  const Rules rules =
      RulesOf({For("late", SelectorKind::kEveryone, "", absl::CivilDay(2018, 1, 1))});
  const absl::Status status = Resolve(rules, Anna(std::nullopt), kDate, *SmallRegistry()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("2017-10-01"));
}

TEST(ResolveTest, PoliciesAndBasisOfTheProfileReachTheKpi) {
  const auto registry = SmallRegistry();
  WeightProfile profile = DefaultProfile();
  profile.content.kpis = {{.kpi_id = "nps",
                           .target = 40,
                           .missing = MissingPolicy::kBlock,
                           .basis = CurveBasis::kAttainment}};
  const Rules rules = RulesOf({profile});
  const ResolvedWeights weights = Resolved(rules, Anna(kDate), *registry);
  const auto nps = std::find_if(weights.kpis.begin(), weights.kpis.end(),
                                [](const auto& kpi) { return kpi.kpi->definition.id == "nps"; });
  EXPECT_EQ(nps->missing, MissingPolicy::kBlock);
  EXPECT_EQ(nps->basis, CurveBasis::kAttainment);
  EXPECT_EQ(nps->target, 40);
  EXPECT_EQ(nps->target_source, TargetSource::kProfile);
  // A pillar without a weight in the profile keeps the plugins' defaults.
  EXPECT_DOUBLE_EQ(nps->weight, 0.2);
}

TargetSeries Series(const std::string& id, SelectorKind kind, const std::string& whom,
                    absl::CivilDay from, absl::CivilDay to) {
  TargetSeries series;
  series.id = id;
  series.content.kpi_id = "growth";
  series.content.selector = {kind, whom};
  series.content.points = {{from, to, 10}};
  return series;
}

TEST(ResolveTest, TheMostSpecificSeriesWithAPointInThePeriodIsTheTarget) {
  const auto registry = SmallRegistry();
  const auto quarter = measures::ParsePeriod("2017-Q3", measures::Calendar(), absl::UnixEpoch());
  const absl::CivilDay july(2017, 7, 1);
  const absl::CivilDay october(2017, 10, 1);
  WeightProfile profile = DefaultProfile();
  profile.content.kpis = {{.kpi_id = "growth", .target = 3}};
  Rules rules = RulesOf({profile});
  const auto growth = [&] {
    const auto weights =
        ResolveForPeriod(rules, Anna(std::nullopt), *quarter, quarter->to_day - 1, *registry);
    EXPECT_TRUE(weights.ok()) << weights.status();
    for (const ResolvedKpi& kpi : weights->kpis) {
      if (kpi.kpi->definition.id == "growth") return kpi;
    }
    return ResolvedKpi();
  };
  EXPECT_EQ(growth().target, 3);
  EXPECT_EQ(growth().target_source, TargetSource::kProfile);
  // A series for everyone beats the profile's own number.
  rules.targets = {Series("all", SelectorKind::kEveryone, "", july, october)};
  EXPECT_EQ(growth().target_source, TargetSource::kSeries);
  EXPECT_EQ(growth().series->id, "all");
  EXPECT_EQ(growth().target, std::nullopt);
  // One for the team beats that, but one that begins later or ended before has nothing to say.
  rules.targets.push_back(Series("north", SelectorKind::kTeam, "north", july, july + 1));
  rules.targets.push_back(Series("anna", SelectorKind::kManager, "anna", october, october + 9));
  rules.targets.push_back(Series("bea", SelectorKind::kManager, "bea", july, october));
  EXPECT_EQ(growth().series->id, "north");
  rules.targets.push_back(Series("anna-2", SelectorKind::kManager, "anna", july - 9, july));
  EXPECT_EQ(growth().series->id, "north");
  rules.targets.push_back(Series("anna-3", SelectorKind::kManager, "anna", july - 9, july + 1));
  EXPECT_EQ(growth().series->id, "anna-3");
}

TEST(ResolveTest, AnExceptionInForceIsFound) {
  const auto registry = SmallRegistry();
  Rules rules = RulesOf({DefaultProfile()});
  ScoreOverride exception;
  exception.id = "leave";
  exception.subject_id = "anna";
  exception.kpi_id = "nps";
  exception.start_date = kDate;
  exception.expire_date = kDate + 10;
  exception.state = OverrideState::kActive;
  rules.overrides = {exception};
  const auto found = [&](absl::CivilDay day) {
    const ResolvedWeights weights = Resolved(rules, Anna(std::nullopt), *registry, day);
    size_t excepted = 0;
    for (const ResolvedKpi& kpi : weights.kpis) {
      if (kpi.exception == nullptr) continue;
      ++excepted;
      EXPECT_EQ(kpi.kpi->definition.id, "nps");
    }
    return excepted;
  };
  EXPECT_EQ(found(kDate - 1), 0);
  EXPECT_EQ(found(kDate), 1);
  EXPECT_EQ(found(kDate + 9), 1);
  EXPECT_EQ(found(kDate + 10), 0);
  rules.overrides[0].subject_id = "bea";
  EXPECT_EQ(found(kDate), 0);
}

}  // namespace
}  // namespace keyscore::weighting
