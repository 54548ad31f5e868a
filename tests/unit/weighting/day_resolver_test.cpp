// Many subjects resolved for the same days: the same weights as one by one, lists shared.
#include "weighting/day_resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/weighting/resolve_fixture.h"

namespace keyscore::weighting {
namespace {

using ::testing::IsEmpty;

const Days kDays{.rules_of = absl::CivilDay(2017, 9, 30),
                 .from = absl::CivilDay(2017, 7, 1),
                 .to = absl::CivilDay(2017, 10, 1)};

TargetSeries NpsSeries(const std::string& id, Selector selector) {
  TargetSeries series;
  series.id = id;
  series.content.kpi_id = "nps";
  series.content.selector = std::move(selector);
  series.content.points = {{absl::CivilDay(2017, 1, 1), std::nullopt, 40}};
  return series;
}

const ResolvedKpi& Nps(const ResolvedWeights& weights) {
  for (const ResolvedKpi& kpi : weights.kpis) {
    if (kpi.kpi->definition.id == "nps") return kpi;
  }
  ADD_FAILURE() << "no nps";
  return weights.kpis[0];
}

TEST(DayResolverTest, SubjectsInOneBandShareTheirListAndOthersDoNot) {
  const auto registry = SmallRegistry();
  const Rules rules = RulesOf({DefaultProfile()});
  const DayResolver resolver(rules, *registry, kDays);
  const auto young = resolver.Resolve(Anna(absl::CivilDay(2017, 1, 1)), false);
  const auto as_young = resolver.Resolve(Anna(absl::CivilDay(2017, 2, 1)), false);
  const auto old = resolver.Resolve(Anna(absl::CivilDay(2010, 1, 1)), false);
  const auto crossing = resolver.Resolve(Anna(absl::CivilDay(2016, 2, 15)), false);
  ASSERT_TRUE(young.ok() && as_young.ok() && old.ok() && crossing.ok());
  EXPECT_EQ(young->kpis.identity(), as_young->kpis.identity());
  EXPECT_NE(young->kpis.identity(), old->kpis.identity());
  EXPECT_NE(young->kpis.identity(), crossing->kpis.identity());
  EXPECT_THAT(young->reasons, IsEmpty());
}

TEST(DayResolverTest, GivesWhatResolvingAloneGives) {
  const auto registry = SmallRegistry();
  WeightProfile north = DefaultProfile();
  north.id = "north";
  north.content.selector = {SelectorKind::kTeam, "north"};
  north.content.kpis = {{.kpi_id = "nps", .weight = 1, .target = 50}};
  Rules rules = RulesOf({DefaultProfile(), north});
  rules.targets = {NpsSeries("all", {}), NpsSeries("anna", {SelectorKind::kManager, "anna"})};
  const DayResolver resolver(rules, *registry, kDays);
  measures::Period period;
  period.from_day = kDays.from;
  period.to_day = kDays.to;
  for (int days = 0; days < 2'000; days += 37) {
    const SubjectFacts anna = Anna(absl::CivilDay(2012, 6, 1) + days);
    const auto alone = ResolveForPeriod(rules, anna, period, kDays.rules_of, *registry);
    const auto weights = resolver.Resolve(anna, true);
    ASSERT_TRUE(weights.ok() && alone.ok());
    EXPECT_EQ(weights->profile->id, "north");
    EXPECT_EQ(weights->reasons, alone->reasons);
    EXPECT_EQ(weights->pillars, alone->pillars);
    ASSERT_EQ(weights->kpis.size(), alone->kpis.size());
    for (size_t i = 0; i < alone->kpis.size(); ++i) {
      EXPECT_EQ(weights->kpis[i].weight, alone->kpis[i].weight);
      EXPECT_EQ(weights->kpis[i].series, alone->kpis[i].series);
    }
  }
}

TEST(DayResolverTest, TheMostSpecificSeriesCountsForWhomItIsFor) {
  const auto registry = SmallRegistry();
  Rules rules = RulesOf({DefaultProfile()});
  rules.targets = {NpsSeries("anna", {SelectorKind::kManager, "anna"}), NpsSeries("everyone", {}),
                   NpsSeries("everyone too", {}),
                   NpsSeries("north", {SelectorKind::kTeam, "north"})};
  const DayResolver resolver(rules, *registry, kDays);
  SubjectFacts subject = Anna(absl::CivilDay(2017, 1, 1));
  EXPECT_EQ(Nps(*resolver.Resolve(subject, false)).series->id, "anna");
  subject.id = "bert";
  EXPECT_EQ(Nps(*resolver.Resolve(subject, false)).series->id, "north");
  subject.team_id = "south";
  EXPECT_EQ(Nps(*resolver.Resolve(subject, false)).series->id, "everyone");
}

TEST(DayResolversTest, AreKeptForTheSameRulesAndDays) {
  const auto registry = SmallRegistry();
  const auto rules = std::make_shared<const Rules>(RulesOf({DefaultProfile()}));
  DayResolvers resolvers;
  const auto known = resolvers.Get(rules, *registry, kDays);
  EXPECT_EQ(resolvers.Get(rules, *registry, kDays), known);
  Days later = kDays;
  later.rules_of = absl::CivilDay(2018, 1, 1);
  EXPECT_NE(resolvers.Get(rules, *registry, later), known);
  EXPECT_NE(resolvers.Get(std::make_shared<const Rules>(*rules), *registry, kDays), known);
}

// New rules may stand where others stood before.
TEST(DayResolversTest, AreForgottenWithTheirRules) {
  const auto registry = SmallRegistry();
  DayResolvers resolvers;
  alignas(Rules) std::byte place[sizeof(Rules)];
  const auto at_place = [&place](Rules rules) {
    return std::shared_ptr<const Rules>(new (place) Rules(std::move(rules)),
                                        [](const Rules* gone) { gone->~Rules(); });
  };
  auto rules = at_place(RulesOf({DefaultProfile()}));
  EXPECT_EQ(
      resolvers.Get(rules, *registry, kDays)->Resolve(Anna(std::nullopt), false)->profile->revision,
      1);
  rules.reset();
  WeightProfile second = DefaultProfile();
  second.revision = 2;
  rules = at_place(RulesOf({second}));
  EXPECT_EQ(
      resolvers.Get(rules, *registry, kDays)->Resolve(Anna(std::nullopt), false)->profile->revision,
      2);
}

}  // namespace
}  // namespace keyscore::weighting
