// Targets on a card: pacing, seasons, what comes first, attainment and curves over it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scoring/held_target.h"
#include "unit/scoring/card_world.h"

namespace keyscore::scoring {
namespace {

using kpis::Direction;
using kpis::Pillar;
using kpis::State;
using ::testing::HasSubstr;
using weighting::Pacing;

class TargetsTest : public CardWorld {
 protected:
  void SetUp() override {
    kpis::LoadedKpi revenue = ValueKpi("revenue", Pillar::kRevenue, 1);
    revenue.definition.default_target = 40;
    kpis::LoadedKpi churn = ValueKpi("churn", Pillar::kRetention, 1);
    churn.definition.direction = Direction::kLowerIsBetter;
    churn.definition.curve = {{0, 100}, {100, 0}};
    pinned_.registry = kpis::RegistryOf(
        {ValueKpi("engagement", Pillar::kRelationships, 1), std::move(revenue), std::move(churn)});
    // Under 18 months in role: 60/20/20.
    request_.subjects = {Manager("anna", absl::CivilDay(2017, 1, 1))};
    Record("engagement", "anna", 80);
    Record("revenue", "anna", 50);
    Record("churn", "anna", 20);
    profile_ = weighting::DefaultProfile();
  }

  void Publish(std::vector<weighting::TargetSeries> targets = {}) {
    weighting::Rules rules = RulesOf({profile_});
    rules.targets = std::move(targets);
    SetRules(std::move(rules));
  }

  // 92 from July to September 2017, and 90 from October to December.
  static weighting::TargetSeries Series(Pacing pacing) {
    weighting::TargetSeries series;
    series.id = "revenue-2017";
    series.content.kpi_id = "revenue";
    series.content.pacing = pacing;
    series.content.points = {{absl::CivilDay(2017, 7, 1), absl::CivilDay(2017, 10, 1), 92},
                             {absl::CivilDay(2017, 10, 1), absl::CivilDay(2018, 1, 1), 90}};
    return series;
  }

  KpiLine Line(const std::string& kpi_id) {
    request_.selection.all = true;
    const std::vector<Scorecard> cards = Make();
    for (const KpiLine& line : cards[0].lines) {
      if (line.outcome.kpi->definition.id == kpi_id) return line;
    }
    ADD_FAILURE() << "no line for " << kpi_id;
    return {};
  }

  weighting::WeightProfile profile_;
};

TEST_F(TargetsTest, TheKpisOwnTargetCountsWhereNobodySetOne) {
  Publish();
  const KpiLine line = Line("revenue");
  EXPECT_EQ(line.target, 40);
  EXPECT_EQ(line.full_target, std::nullopt);
  EXPECT_EQ(line.target_source, "kpis/revenue");
  EXPECT_EQ(line.target_note, "");
  EXPECT_DOUBLE_EQ(*line.attainment, 1.25);
  EXPECT_DOUBLE_EQ(*line.target_gap, 10);
}

TEST_F(TargetsTest, WithoutATargetNothingIsSaidOfAttainment) {
  Publish();
  const KpiLine line = Line("engagement");
  EXPECT_EQ(line.target, std::nullopt);
  EXPECT_EQ(line.target_source, "");
  EXPECT_EQ(line.attainment, std::nullopt);
  EXPECT_EQ(line.target_gap, std::nullopt);
}

TEST_F(TargetsTest, TheProfilesTargetBeatsTheKpis) {
  profile_.content.kpis = {{.kpi_id = "revenue", .target = 100}};
  Publish();
  const KpiLine line = Line("revenue");
  EXPECT_EQ(line.target, 100);
  EXPECT_EQ(line.target_source, "weightProfiles/default");
  EXPECT_DOUBLE_EQ(*line.attainment, 0.5);
}

TEST_F(TargetsTest, ASeriesBeatsTheProfilesTarget) {
  profile_.content.kpis = {{.kpi_id = "revenue", .target = 100}};
  Publish({Series(Pacing::kLinear)});
  const KpiLine line = Line("revenue");
  EXPECT_EQ(line.target, 92);
  EXPECT_EQ(line.target_source, "targetSeries/revenue-2017");
}

TEST_F(TargetsTest, ASeriesThatSaysNothingOfThePeriodLeavesItToTheProfile) {
  profile_.content.kpis = {{.kpi_id = "revenue", .target = 100}};
  weighting::TargetSeries series = Series(Pacing::kLinear);
  series.content.points.erase(series.content.points.begin());
  Publish({series});
  EXPECT_EQ(Line("revenue").target, 100);
  EXPECT_EQ(Line("revenue").target_source, "weightProfiles/default");
}

TEST_F(TargetsTest, HalfAQuarterIsHeldAgainstHalfItsTarget) {
  Publish({Series(Pacing::kLinear)});
  SetToday(absl::CivilDay(2017, 8, 16));  // 31 + 15 of 92 days are over
  const KpiLine line = Line("revenue");
  EXPECT_DOUBLE_EQ(*line.target, 46);
  EXPECT_DOUBLE_EQ(*line.full_target, 92);
  EXPECT_THAT(line.target_note, HasSubstr("46 of 92 days"));
  EXPECT_DOUBLE_EQ(*line.attainment, 50.0 / 46);
  EXPECT_DOUBLE_EQ(*line.target_gap, 4);
}

TEST_F(TargetsTest, ALevelHoldsWhateverPartOfThePeriodIsOver) {
  Publish({Series(Pacing::kLevel)});
  SetToday(absl::CivilDay(2017, 8, 16));
  EXPECT_EQ(Line("revenue").target, 92);
  EXPECT_EQ(Line("revenue").full_target, std::nullopt);
}

class SeasonTest : public TargetsTest {
 protected:
  // A year before the organisation made 100 in July to September, 30 of it by 15 August.
  void SetUp() override {
    TargetsTest::SetUp();
    Record("revenue", "anna", 12, absl::CivilDay(2016, 7, 1));
    Record("revenue", "bea", 18, absl::CivilDay(2016, 8, 15));
    Record("revenue", "bea", 70, absl::CivilDay(2016, 8, 16));
    Publish({Series(Pacing::kSeasonal)});
    SetToday(absl::CivilDay(2017, 8, 16));
  }
};

TEST_F(SeasonTest, APartIsAskedForItsShareOfLastYear) {
  const KpiLine line = Line("revenue");
  EXPECT_NEAR(*line.target, 0.3 * 92, 1e-12);
  EXPECT_EQ(line.full_target, 92);
  EXPECT_THAT(line.target_note, HasSubstr("30 %"));
}

TEST_F(SeasonTest, AWholeSpanNeedsNoShape) {
  SetToday(absl::CivilDay(2018, 1, 1));
  EXPECT_EQ(Line("revenue").target, 92);
  EXPECT_EQ(store_.measure_calls.size(), 1);
}

TEST_F(SeasonTest, TheShapeIsMeasuredOnceForAllCardsOfARequest) {
  for (const char* id : {"bea", "cem", "dora", "emil"}) {
    request_.subjects.push_back(Manager(id, absl::CivilDay(2017, 1, 1)));
  }
  const std::vector<Scorecard> cards = Make();
  for (const Scorecard& card : cards) EXPECT_NEAR(*card.lines[1].target, 27.6, 1e-12);
  // The subjects', the span's and the part's.
  ASSERT_EQ(store_.measure_calls.size(), 3);
  EXPECT_EQ(store_.measure_calls[1].scope.kind, store::SubjectKind::kOrganization);
  EXPECT_EQ(store_.measure_calls[1].watermark, 7);
}

TEST_F(SeasonTest, WithoutLastYearsFiguresItGoesByDaysAndSaysSo) {
  Forget("revenue", "anna");
  Forget("revenue", "bea");
  Record("revenue", "anna", 50);
  const KpiLine line = Line("revenue");
  EXPECT_DOUBLE_EQ(*line.target, 46);
  EXPECT_THAT(line.target_note, HasSubstr("46 of 92 days"));
  EXPECT_THAT(line.target_note, HasSubstr("no shape of last year"));
}

TEST_F(SeasonTest, AFigureThatIsNoSumOfItsPartsGivesNoShape) {
  // The part's 30 is more than the whole's, which a credit brought down to 10.
  Record("revenue", "bea", -90, absl::CivilDay(2016, 9, 1));
  EXPECT_DOUBLE_EQ(*Line("revenue").target, 46);
}

TEST_F(SeasonTest, ALeapDayIsTheDayBeforeInAnOrdinaryYear) {
  store_.facts.clear();
  Record("revenue", "anna", 60, absl::CivilDay(2019, 2, 27));
  Record("revenue", "anna", 40, absl::CivilDay(2019, 2, 28));
  Season season(store_, pinned_.calendar, pinned_.now, 7, nullptr);
  const auto shape = season.ShapeOf(*pinned_.registry->FindKpi("revenue"));
  const weighting::TargetPoint span{absl::CivilDay(2020, 2, 1), absl::CivilDay(2020, 3, 1), 1};
  // Until 29 February, exclusive, is until the 28th a year before.
  EXPECT_EQ(shape(span, absl::CivilDay(2020, 2, 1), absl::CivilDay(2020, 2, 29)), 0.6);
  EXPECT_EQ(shape(span, absl::CivilDay(2020, 2, 1), absl::CivilDay(2020, 3, 1)), 1);
  EXPECT_EQ(shape(span, absl::CivilDay(2020, 2, 1), absl::CivilDay(2020, 2, 1)), 0);
}

TEST_F(SeasonTest, AStoreThatFailsForTheShapeFailsTheCall) {
  int asked = 0;
  request_.stop = [&asked] { return ++asked > 1; };
  EXPECT_EQ(MakeScorecards(request_, pinned_, store_).status().code(),
            absl::StatusCode::kCancelled);
}

class AttainmentCurveTest : public TargetsTest {
 protected:
  // Half of the target scores 0, the target 80, 1.2 times the target 100.
  weighting::KpiWeight OverAttainment(const std::string& kpi_id) {
    return {.kpi_id = kpi_id,
            .curve = {{0.5, 0}, {1, 80}, {1.2, 100}},
            .basis = weighting::CurveBasis::kAttainment};
  }
};

TEST_F(AttainmentCurveTest, ScoresByHowFarTheTargetIsReached) {
  profile_.content.kpis = {OverAttainment("revenue")};
  for (const auto& [target, score] : {std::pair(50.0, 80.0),
                                      {100.0, 0.0},
                                      {40.0, 100.0},
                                      {62.5, 48.0}}) {  // attainment 1, 0.5, 1.25 and 0.8
    profile_.content.kpis[0].target = target;
    Publish();
    const KpiLine line = Line("revenue");
    EXPECT_NEAR(*line.score, score, 1e-10) << target;
    EXPECT_EQ(line.basis, weighting::CurveBasis::kAttainment);
  }
}

TEST_F(AttainmentCurveTest, WhereLowerIsBetterLessThanTheTargetIsMoreThanReached) {
  profile_.content.kpis = {OverAttainment("churn")};
  profile_.content.kpis[0].target = 25;
  Publish();
  const KpiLine line = Line("churn");  // 1 + (25 - 20) / 25
  EXPECT_DOUBLE_EQ(*line.attainment, 1.2);
  EXPECT_NEAR(*line.score, 100, 1e-10);
  EXPECT_DOUBLE_EQ(*line.target_gap, 5);
}

TEST_F(AttainmentCurveTest, APartIsScoredAgainstItsPartOfTheTarget) {
  profile_.content.kpis = {OverAttainment("revenue")};
  Publish({Series(Pacing::kLinear)});
  SetToday(absl::CivilDay(2017, 8, 16));
  // 50 of 46 is 1.087: 80 + 20 × 0.087 / 0.2.
  EXPECT_NEAR(*Line("revenue").score, 80 + 100 * (50.0 / 46 - 1), 1e-10);
}

TEST_F(AttainmentCurveTest, WithoutATargetThereIsAValueAndNoScoreAndThatIsMissing) {
  profile_.content.kpis = {OverAttainment("engagement")};
  Publish();
  const KpiLine line = Line("engagement");
  EXPECT_EQ(line.outcome.state, State::kValue);
  EXPECT_EQ(line.score, std::nullopt);
  EXPECT_EQ(line.target_note, "no target, so no score");
  EXPECT_EQ(line.weight, 0);
  const Scorecard card = Make()[0];
  EXPECT_NEAR(card.total.coverage, 0.4, 1e-12);
  EXPECT_EQ(card.total.state, TotalState::kNotScored);
}

TEST_F(AttainmentCurveTest, ATargetOfZeroHasNoAttainment) {
  profile_.content.kpis = {OverAttainment("revenue")};
  profile_.content.kpis[0].target = 0;
  Publish();
  const KpiLine line = Line("revenue");
  EXPECT_EQ(line.score, std::nullopt);
  EXPECT_EQ(line.target, 0);
  EXPECT_DOUBLE_EQ(*line.target_gap, 50);
  EXPECT_THAT(line.target_note, HasSubstr("so no score"));
}

}  // namespace
}  // namespace keyscore::scoring
