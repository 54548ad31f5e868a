// Every rule of lint, found and not found.
#include "scoring/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "unit/scoring/card_world.h"

namespace keyscore::scoring {
namespace {

using kpis::Pillar;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Twelve managers, two KPIs in each of three pillars; nothing to find until a test bends something.
class LintTest : public CardWorld {
 protected:
  void SetUp() override {
    profile_ = weighting::DefaultProfile();
    profile_.review_time = Day(2017, 12, 1);
    AddKpi("engagement", Pillar::kRelationships);
    AddKpi("plan", Pillar::kRelationships);
    AddKpi("conversion", Pillar::kRevenue);
    AddKpi("growth", Pillar::kRevenue);
    AddKpi("nps", Pillar::kRetention);
    AddKpi("renewals", Pillar::kRetention);
    Kpi("growth").timing = kpis::Timing::kLagging;
    std::mt19937 random(3);
    for (int i = 0; i < 12; ++i) {
      request_.subjects.push_back(Manager(Id(i), absl::CivilDay(2017, 1, 1)));
      for (const kpis::LoadedKpi& kpi : kpis_) {
        Record(kpi.definition.id, Id(i), 1 + static_cast<double>(random() % 98));
      }
    }
  }

  static std::string Id(int i) { return "m" + std::to_string(i); }
  static absl::Time Day(int year, int month, int day) {
    return absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
  }

  void AddKpi(const std::string& id, Pillar pillar, double weight = 1) {
    kpis_.push_back(ValueKpi(id, pillar, weight));
    kpis_.back().definition.default_target = 50;
  }
  kpis::KpiDefinition& Kpi(const std::string& id) {
    for (kpis::LoadedKpi& kpi : kpis_) {
      if (kpi.definition.id == id) return kpi.definition;
    }
    ADD_FAILURE() << id;
    return kpis_.front().definition;
  }
  void Drop(const std::string& id) {
    std::erase_if(kpis_, [&](const kpis::LoadedKpi& kpi) { return kpi.definition.id == id; });
  }
  void SetValue(const std::string& kpi, int manager, double value) {
    Forget(kpi, Id(manager));
    Record(kpi, Id(manager), value);
  }

  std::vector<LintFinding> FindAll() {
    pinned_.registry = kpis::RegistryOf(kpis_);
    weighting::Rules rules = RulesOf({profile_});
    rules.targets = targets_;
    SetRules(std::move(rules));
    cards_ = Make();
    std::vector<const Scorecard*> cards;
    for (const Scorecard& card : cards_) cards.push_back(&card);
    return Lint(profile_, cards, *pinned_.registry, pinned_.now);
  }
  std::vector<LintFinding> FindWithoutCards() {
    return Lint(profile_, {}, *kpis::RegistryOf(kpis_), pinned_.now);
  }

  // The one finding there is, which is of this rule.
  LintFinding Only(const std::string& rule) {
    const std::vector<LintFinding> findings = FindAll();
    EXPECT_THAT(RulesFound(findings), ElementsAre(rule));
    if (findings.empty()) return {};
    EXPECT_FALSE(findings[0].remedy.empty());
    EXPECT_EQ(findings[0].profile, "default");
    return findings[0];
  }
  static std::vector<std::string> RulesFound(const std::vector<LintFinding>& findings) {
    std::vector<std::string> rules;
    for (const LintFinding& finding : findings) rules.push_back(finding.rule);
    return rules;
  }

  weighting::WeightProfile profile_;
  std::vector<kpis::LoadedKpi> kpis_;
  std::vector<weighting::TargetSeries> targets_;
  std::vector<Scorecard> cards_;
};

TEST_F(LintTest, FindsNothingWhereThereIsNothing) {
  EXPECT_THAT(RulesFound(FindAll()), IsEmpty());
  EXPECT_THAT(RulesFound(FindWithoutCards()), IsEmpty());
}

TEST_F(LintTest, TooManyKpis) {
  std::mt19937 random(4);
  for (int k = 7; k <= 11; ++k) {
    AddKpi("extra" + std::to_string(k), Pillar::kRelationships);
    for (int i = 0; i < 12; ++i) {
      Record("extra" + std::to_string(k), Id(i), 1 + static_cast<double>(random() % 98));
    }
    if (k == 10) {
      EXPECT_THAT(RulesFound(FindAll()), IsEmpty());
    }
  }
  const LintFinding finding = Only("too-many-kpis");
  EXPECT_THAT(finding.evidence, HasSubstr("11 KPIs have weight"));
  // One of the seven of relationships, in the band where they are 60 %.
  EXPECT_THAT(finding.evidence, HasSubstr("8.6 %"));
  EXPECT_EQ(finding.kpis.size(), 11);
}

TEST_F(LintTest, AKpiWithoutWeightIsNotCounted) {
  for (int k = 7; k <= 30; ++k) AddKpi("extra" + std::to_string(k), Pillar::kRevenue, 0);
  // … nor one in a pillar without.
  for (int k = 31; k <= 40; ++k) AddKpi("extra" + std::to_string(k), Pillar::kLearning);
  EXPECT_THAT(RulesFound(FindWithoutCards()), IsEmpty());
}

TEST_F(LintTest, TooFewKpisAndPillarsOnOne) {
  Drop("plan");
  EXPECT_THAT(RulesFound(FindAll()), ElementsAre("pillar-on-one-kpi"));
  Drop("conversion");
  Drop("renewals");
  const std::vector<LintFinding> findings = FindAll();
  ASSERT_THAT(RulesFound(findings), ElementsAre("too-few-kpis", "pillar-on-one-kpi",
                                                "pillar-on-one-kpi", "pillar-on-one-kpi"));
  EXPECT_THAT(findings[0].evidence, HasSubstr("Only 3 KPIs have weight"));
  EXPECT_THAT(findings[1].kpis, ElementsAre("engagement"));
  EXPECT_THAT(findings[1].evidence, HasSubstr("relationships rests on engagement alone"));
  EXPECT_THAT(findings[1].evidence, HasSubstr("60 %"));
  EXPECT_THAT(findings[2].evidence, HasSubstr("40 %"));
}

TEST_F(LintTest, FourAreEnough) {
  for (const char* id : {"plan", "growth", "renewals"}) Drop(id);
  AddKpi("spare", Pillar::kRevenue);
  EXPECT_THAT(RulesFound(FindWithoutCards()), ::testing::Not(::testing::Contains("too-few-kpis")));
}

TEST_F(LintTest, AProfileWithoutAnyWeightHasTooFewAndNoMoreIsSaid) {
  kpis_.clear();
  EXPECT_THAT(RulesFound(FindWithoutCards()), ElementsAre("too-few-kpis"));
}

TEST_F(LintTest, NoLeadingKpi) {
  for (kpis::LoadedKpi& kpi : kpis_) kpi.definition.timing = kpis::Timing::kLagging;
  EXPECT_THAT(Only("no-leading-kpi").evidence, HasSubstr("All 6 weighted KPIs are lagging"));
}

TEST_F(LintTest, NoLaggingKpi) {
  Kpi("growth").timing = kpis::Timing::kLeading;
  EXPECT_THAT(Only("no-lagging-kpi").evidence, HasSubstr("All 6 weighted KPIs are leading"));
}

TEST_F(LintTest, WeightOnWhatAManagerCannotControl) {
  Kpi("engagement").controllability = kpis::Controllability::kShared;
  EXPECT_THAT(RulesFound(FindAll()), IsEmpty());
  Kpi("engagement").controllability = kpis::Controllability::kLow;
  const LintFinding finding = Only("not-controllable");
  EXPECT_THAT(finding.kpis, ElementsAre("engagement"));
  EXPECT_THAT(finding.evidence, HasSubstr("30.0 %"));  // half of 60
}

TEST_F(LintTest, NoTarget) {
  Kpi("plan").default_target.reset();
  Kpi("nps").default_target.reset();
  const LintFinding finding = Only("no-target");
  EXPECT_THAT(finding.kpis, ElementsAre("plan", "nps"));
  EXPECT_THAT(finding.evidence, HasSubstr("2 of 6"));
}

TEST_F(LintTest, ATargetOfTheProfileOrOfASeriesIsOne) {
  Kpi("plan").default_target.reset();
  Kpi("nps").default_target.reset();
  profile_.content.kpis = {{.kpi_id = "plan", .target = 70}};
  weighting::TargetSeries& series = targets_.emplace_back();
  series.id = "nps";
  series.content.kpi_id = "nps";
  series.content.points = {{.from = absl::CivilDay(2017, 1, 1), .value = 40}};
  EXPECT_THAT(RulesFound(FindAll()), IsEmpty());
  // Which series are in force only cards can tell.
  EXPECT_THAT(RulesFound(FindWithoutCards()), ElementsAre("no-target"));
}

TEST_F(LintTest, LittleData) {
  for (int i = 0; i < 6; ++i) Forget("nps", Id(i));
  EXPECT_THAT(RulesFound(FindAll()), IsEmpty());  // half of them is enough
  SetValue("nps", 6, -1);
  const LintFinding finding = Only("little-data");
  EXPECT_THAT(finding.kpis, ElementsAre("nps"));
  EXPECT_THAT(finding.evidence, HasSubstr("a value for 5 of 12 subjects"));
  EXPECT_THAT(finding.evidence, HasSubstr("does not apply to 1"));
}

TEST_F(LintTest, CorrelatedKpis) {
  for (int i = 0; i < 12; ++i) {
    SetValue("plan", i, 10 + 5 * i);
    SetValue("growth", i, 20 + 3 * i + (i % 2));
  }
  const LintFinding finding = Only("correlated");
  EXPECT_THAT(finding.kpis, ElementsAre("plan", "growth"));
  EXPECT_THAT(finding.evidence, HasSubstr("1.00"));
  EXPECT_THAT(finding.evidence, HasSubstr("12 subjects"));
}

TEST_F(LintTest, WhereLessOfOneIsBetterTheySayTheSameWhenTheyGoAgainstEachOther) {
  for (int i = 0; i < 12; ++i) {
    SetValue("plan", i, 10 + 5 * i);
    SetValue("growth", i, 90 - 3 * i);
  }
  EXPECT_THAT(RulesFound(FindAll()), IsEmpty());
  Kpi("growth").direction = kpis::Direction::kLowerIsBetter;
  EXPECT_THAT(Only("correlated").evidence, HasSubstr("-1.00"));
}

TEST_F(LintTest, NineSubjectsShowNoCorrelation) {
  for (int i = 0; i < 12; ++i) {
    SetValue("plan", i, 10 + 5 * i);
    SetValue("growth", i, 20 + 3 * i);
    if (i < 3) Forget("plan", Id(i));
  }
  EXPECT_THAT(RulesFound(FindAll()), IsEmpty());
  SetValue("plan", 2, 20);
  Only("correlated");
}

TEST_F(LintTest, NotReviewed) {
  profile_.review_time = Day(2017, 7, 1);  // today is 1 January
  EXPECT_THAT(RulesFound(FindAll()), IsEmpty());
  profile_.review_time = Day(2017, 6, 30);
  EXPECT_THAT(Only("not-reviewed").evidence, HasSubstr("last reviewed on 2017-06-30"));
}

TEST_F(LintTest, TheBuiltInDefaultWasNeverReviewedHere) {
  profile_ = weighting::DefaultProfile();
  EXPECT_THAT(Only("not-reviewed").evidence, HasSubstr("nobody here has reviewed it"));
  profile_.state = weighting::ProfileState::kDraft;
  EXPECT_THAT(RulesFound(FindAll()), IsEmpty());
}

TEST_F(LintTest, BandJump) {
  profile_.content.bands[1].pillars = {
      {Pillar::kRelationships, 0.35}, {Pillar::kRevenue, 0.30}, {Pillar::kRetention, 0.35}};
  const LintFinding finding = Only("band-jump");
  EXPECT_THAT(finding.evidence, HasSubstr("At 18 months in role"));
  EXPECT_THAT(finding.evidence, HasSubstr("relationships goes from 60 % to 35 %"));
  profile_.content.bands[1].pillars[0].weight = 0.40;  // 20 points, and no more
  profile_.content.bands[1].pillars[2].weight = 0.30;
  EXPECT_THAT(RulesFound(FindAll()), IsEmpty());
}

TEST_F(LintTest, SaturatedCurve) {
  Kpi("plan").curve = {{0, 0}, {1, 100}};
  const LintFinding finding = Only("saturated-curve");
  EXPECT_THAT(finding.kpis, ElementsAre("plan"));
  EXPECT_THAT(finding.evidence, HasSubstr("All 12 subjects with a value score 100"));
  Kpi("plan").curve = {{200, 0}, {300, 100}};
  EXPECT_THAT(Only("saturated-curve").evidence, HasSubstr("score 0"));
  SetValue("plan", 4, 250);
  EXPECT_THAT(RulesFound(FindAll()), IsEmpty());
}

TEST_F(LintTest, NineSubjectsShowNothingOfACurve) {
  Kpi("plan").curve = {{0, 0}, {1, 100}};
  for (int i = 0; i < 3; ++i) Forget("plan", Id(i));
  EXPECT_THAT(RulesFound(FindAll()), IsEmpty());
}

}  // namespace
}  // namespace keyscore::scoring
