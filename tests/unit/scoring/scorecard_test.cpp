// Whole cards over a store in memory: weights by tenure, what is listed, what is asked of whom.
#include "scoring/scorecard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

#include "unit/scoring/card_world.h"

namespace keyscore::scoring {
namespace {

using kpis::Pillar;
using kpis::State;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ScorecardTest : public CardWorld {
 protected:
  void SetUp() override {
    pinned_.registry = kpis::RegistryOf({ValueKpi("engagement", Pillar::kRelationships, 1),
                                         ValueKpi("conversion", Pillar::kRevenue, 1),
                                         ValueKpi("time_to_close", Pillar::kRevenue, 0),
                                         ValueKpi("nps", Pillar::kRetention, 1),
                                         ValueKpi("coaching", Pillar::kLearning, 1)});
    request_.subjects = {Manager("anna", absl::CivilDay(2016, 4, 2)),
                         Manager("bea", absl::CivilDay(2016, 1, 1)),
                         Manager("cem", absl::CivilDay(2014, 7, 1))};
    for (const char* manager : {"anna", "bea", "cem"}) {
      Record("engagement", manager, 80);
      Record("conversion", manager, 50);
      Record("time_to_close", manager, 30);
      Record("nps", manager, 20);
      Record("coaching", manager, 90);
    }
  }
};

TEST_F(ScorecardTest, TheSameScoresWeighDifferentlyByTenure) {
  const std::vector<Scorecard> cards = Make();
  ASSERT_EQ(cards.size(), 3);
  // From 1 July to 1 October they stay under 18, between 18 and 36, and above 36 months in role.
  EXPECT_EQ(cards[0].weights.tenure_band, "under 18 months");
  EXPECT_EQ(cards[1].weights.tenure_band, "18 to 36 months");
  EXPECT_EQ(cards[2].weights.tenure_band, "from 36 months");
  // 80, 50 and 20 at 60/20/20, 40/30/30 and 30/40/30.
  EXPECT_NEAR(*cards[0].total.total, 48 + 10 + 4, 1e-10);
  EXPECT_NEAR(*cards[1].total.total, 32 + 15 + 6, 1e-10);
  EXPECT_NEAR(*cards[2].total.total, 24 + 20 + 6, 1e-10);
}

TEST_F(ScorecardTest, WhoCrossesABandHasBothByTheirDays) {
  // 18 months on 15 August: 45 of the quarter's 92 days at 60/20/20, 47 at 40/30/30.
  request_.subjects = {Manager("anna", absl::CivilDay(2016, 2, 15))};
  EXPECT_NEAR(*Make()[0].total.total, (45 * 62.0 + 47 * 53.0) / 92, 1e-10);
  weighting::WeightProfile at_end = weighting::DefaultProfile();
  at_end.content.band_policy = weighting::BandPolicy::kAtPeriodEnd;
  SetRules(RulesOf({at_end}));
  EXPECT_NEAR(*Make()[0].total.total, 53, 1e-10);
}

TEST_F(ScorecardTest, APeriodHasTheWeightsOfItsLastDayUnlessTodaysAreAskedFor) {
  weighting::WeightProfile later = weighting::DefaultProfile();
  later.revision = 2;
  later.content.bands.clear();  // 40/30/30 for everyone
  weighting::Rules rules = RulesOf({weighting::DefaultProfile(), later});
  rules.versions[0].until = absl::CivilDay(2017, 10, 1);
  rules.versions[1].from = absl::CivilDay(2017, 10, 1);
  SetRules(rules);
  const Scorecard then = Make()[0];
  EXPECT_NEAR(*then.total.total, 62, 1e-10);
  EXPECT_EQ(then.weights.profile->revision, 1);
  EXPECT_EQ(then.weights.date, absl::CivilDay(2017, 9, 30));
  EXPECT_EQ(then.as_of, absl::CivilDay(2018, 1, 1));
  request_.weights_of = WeightsOf::kToday;
  const Scorecard today = Make()[0];
  EXPECT_NEAR(*today.total.total, 53, 1e-10);
  EXPECT_EQ(today.weights.profile->revision, 2);
  EXPECT_EQ(today.weights.date, absl::CivilDay(2018, 1, 1));
  EXPECT_EQ(today.weights_of, WeightsOf::kToday);
}

TEST_F(ScorecardTest, ListsWhatHasWeightUnlessAsked) {
  const Scorecard card = Make()[0];
  EXPECT_THAT(Listed(card), ElementsAre("engagement", "conversion", "nps"));
  EXPECT_EQ(card.lines[0].score, 80);
  EXPECT_NEAR(card.lines[0].weight, 0.6, 1e-12);
  EXPECT_NEAR(card.lines[0].nominal_weight, 0.6, 1e-12);
  EXPECT_EQ(card.lines[0].outcome.sample_size, 1);
  EXPECT_EQ(card.lines[0].curve.size(), 2);
}

TEST_F(ScorecardTest, ASelectionIsListedAsAskedAndLeavesTheTotalAlone) {
  request_.selection.kpi_ids = {"nps", "time_to_close", "nps"};
  const Scorecard card = Make()[0];
  ASSERT_THAT(Listed(card), ElementsAre("nps", "time_to_close"));
  EXPECT_EQ(card.lines[1].score, 30);
  EXPECT_EQ(card.lines[1].weight, 0);
  EXPECT_EQ(card.lines[1].nominal_weight, 0);
  EXPECT_NEAR(*card.total.total, 62, 1e-10);
  EXPECT_EQ(card.total.pillars.size(), 3);
}

TEST_F(ScorecardTest, AllListsTheWholeRegistryInItsOrder) {
  request_.selection.all = true;
  const Scorecard card = Make()[0];
  EXPECT_THAT(Listed(card),
              ElementsAre("engagement", "conversion", "time_to_close", "nps", "coaching"));
  EXPECT_NEAR(*card.total.total, 62, 1e-10);
  EXPECT_EQ(card.lines[4].score, 90);
  EXPECT_EQ(card.lines[4].weight, 0);  // learning has no share by default
}

TEST_F(ScorecardTest, AnUnknownKpiIsNotFoundAndTheNearestNamed) {
  request_.selection.kpi_ids = {"time_to_klose"};
  const absl::Status status = MakeScorecards(request_, pinned_, store_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("kpis/time_to_klose is not known"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("did you mean kpis/time_to_close?"));
}

TEST_F(ScorecardTest, OneQuestionToTheStoreForAllSubjects) {
  const std::vector<Scorecard> cards = Make();
  ASSERT_EQ(store_.measure_calls.size(), 1);
  EXPECT_EQ(store_.measure_calls[0].measures.size(), 3);
  EXPECT_EQ(store_.measure_calls[0].scope.subject_ids.size(), 3);
  for (const Scorecard& card : cards) EXPECT_EQ(card.watermark, 7);
}

TEST_F(ScorecardTest, CardsStandInTheOrderAskedWithTheirNames) {
  const std::vector<Scorecard> cards = Make();
  EXPECT_EQ(cards[1].subject.id, "bea");
  EXPECT_EQ(cards[1].display_name, "Ms bea");
  EXPECT_EQ(cards[1].period.expression, "2017-Q3");
}

TEST_F(ScorecardTest, TheReasonsForItsWeightsStandInACardThatIsExplained) {
  EXPECT_THAT(Make()[1].weights.reasons, IsEmpty());
  request_.explained = pinned_.registry->FindKpi("nps");
  EXPECT_THAT(Make()[1].weights.reasons[1], HasSubstr("Ms bea has been in role"));
}

TEST_F(ScorecardTest, ALineTellsItsKpiAndStateWithoutBeingMade) {
  Forget("conversion", "anna");
  request_.selection.kpi_ids = {"nps", "conversion"};
  const Scorecard card = Make()[0];
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(card.lines.kpi(i), card.lines[i].outcome.kpi);
    EXPECT_EQ(card.lines.state(i), card.lines[i].outcome.state);
  }
  EXPECT_EQ(card.lines.state(1), State::kNoData);
}

TEST_F(ScorecardTest, ALineOutlivesTheRequestThatItsCardWasMadeFor) {
  const Scorecard copy = [this] { return Scorecard(Make()[0]); }();
  EXPECT_EQ(copy.lines[1].outcome.value, 50);
  EXPECT_EQ(copy.lines[1].outcome.inputs.at(0).value, 50);
}

// The same cards, whoever else is asked about: what subjects share is shared, no more.
TEST_F(ScorecardTest, ThousandsAtATimeAreWhatEachIsAlone) {
  request_.subjects.clear();
  for (int i = 0; i < 4'000; ++i) {
    const std::string id = "m" + std::to_string(i);
    request_.subjects.push_back(Manager(id, absl::CivilDay(2014, 1, 1) + i));
    for (const char* kpi : {"engagement", "conversion", "nps"}) {
      if (i % 7 != 3) Record(kpi, id, i % 100);
    }
  }
  const std::vector<Scorecard> together = Make();
  const std::vector<SubjectInfo> everyone = request_.subjects;
  for (const size_t i : {0u, 3u, 1'000u, 2'468u, 3'999u}) {
    request_.subjects = {everyone[i]};
    const Scorecard alone = Make()[0];
    EXPECT_EQ(together[i].total.total, alone.total.total) << i;
    EXPECT_EQ(together[i].total.effective_weights, alone.total.effective_weights) << i;
    ASSERT_EQ(together[i].lines.size(), alone.lines.size());
    for (size_t line = 0; line < alone.lines.size(); ++line) {
      EXPECT_EQ(together[i].lines[line].score, alone.lines[line].score) << i;
    }
  }
}

TEST_F(ScorecardTest, AMissingKpiKeepsItsLineAndGivesItsWeightAway) {
  Forget("conversion", "anna");
  const std::vector<Scorecard> cards = Make();
  const Scorecard& anna = cards[0];
  // 60 : 20 become 75 : 25.
  EXPECT_NEAR(*anna.total.total, 60 + 5, 1e-10);
  EXPECT_NEAR(anna.total.coverage, 0.8, 1e-12);
  ASSERT_THAT(Listed(anna), ElementsAre("engagement", "conversion", "nps"));
  EXPECT_EQ(anna.lines[1].outcome.state, State::kNoData);
  EXPECT_EQ(anna.lines[1].score, std::nullopt);
  EXPECT_EQ(anna.lines[1].weight, 0);
  EXPECT_NEAR(anna.lines[1].nominal_weight, 0.2, 1e-12);
  EXPECT_NEAR(anna.lines[0].weight, 0.75, 1e-12);
  // Nobody else's card changes.
  EXPECT_NEAR(*cards[1].total.total, 53, 1e-10);
}

TEST_F(ScorecardTest, StatesReachTheTotal) {
  Forget("conversion", "anna");
  Record("conversion", "anna", 5'000);
  Forget("conversion", "bea");
  Record("conversion", "bea", -1);
  Forget("engagement", "cem");
  Forget("conversion", "cem");
  const std::vector<Scorecard> cards = Make();
  EXPECT_EQ(cards[0].total.state, TotalState::kScoredWithErrors);
  EXPECT_EQ(cards[1].total.state, TotalState::kScored);
  EXPECT_EQ(cards[1].total.coverage, 1);
  EXPECT_EQ(cards[2].total.state, TotalState::kNotScored);
  EXPECT_NEAR(cards[2].total.coverage, 0.3, 1e-12);
}

TEST_F(ScorecardTest, EachSubjectsProfileDecidesWhatItsCardWeighsAndLists) {
  weighting::WeightProfile just_anna = weighting::DefaultProfile();
  just_anna.id = "just-anna";
  just_anna.content.selector = {weighting::SelectorKind::kManager, "anna"};
  // A day for closing is worth ten points less than the day before.
  just_anna.content.kpis = {
      {.kpi_id = "time_to_close", .weight = 0.75, .curve = {{20, 100}, {30, 0}}, .target = 25},
      {.kpi_id = "conversion", .weight = 0.25}};
  SetRules(RulesOf({weighting::DefaultProfile(), just_anna}));
  Forget("time_to_close", "anna");
  Record("time_to_close", "anna", 22);
  const std::vector<Scorecard> cards = Make();
  ASSERT_THAT(Listed(cards[0]), ElementsAre("engagement", "conversion", "time_to_close", "nps"));
  EXPECT_DOUBLE_EQ(*cards[0].lines[2].score, 80);
  EXPECT_EQ(cards[0].lines[2].target, 25);
  // Revenue is (50 + 3 × 80) / 4 = 72.5 of 20 %.
  EXPECT_NEAR(*cards[0].total.total, 48 + 14.5 + 4, 1e-10);
  EXPECT_THAT(Listed(cards[1]), ElementsAre("engagement", "conversion", "nps"));
  EXPECT_EQ(cards[0].weights.profile->id, "just-anna");
  EXPECT_EQ(cards[1].weights.profile->id, "default");
}

TEST_F(ScorecardTest, ThePolicyOfAMissingKpiReachesTotalAndLine) {
  Forget("conversion", "anna");
  weighting::WeightProfile profile = weighting::DefaultProfile();
  profile.content.kpis = {{.kpi_id = "conversion", .missing = weighting::MissingPolicy::kNeutral}};
  SetRules(RulesOf({profile}));
  const Scorecard neutral = Make()[0];
  EXPECT_NEAR(*neutral.total.total, 48 + 10 + 4, 1e-10);
  EXPECT_NEAR(neutral.total.coverage, 0.8, 1e-12);
  EXPECT_EQ(neutral.lines[1].score, std::nullopt);
  EXPECT_EQ(neutral.lines[1].assumed_score, 50);
  EXPECT_NEAR(neutral.lines[1].weight, 0.2, 1e-12);
  EXPECT_EQ(neutral.lines[0].assumed_score, std::nullopt);
  profile.content.kpis[0].missing = weighting::MissingPolicy::kBlock;
  SetRules(RulesOf({profile}));
  const Scorecard blocked = Make()[0];
  EXPECT_EQ(blocked.total.state, TotalState::kNotScored);
  EXPECT_THAT(blocked.blocked_by, ElementsAre("conversion"));
}

TEST_F(ScorecardTest, SeveralRulesAreScoredFromOneEvaluation) {
  weighting::WeightProfile flat = weighting::DefaultProfile();
  flat.content.bands.clear();
  const auto flat_rules = std::make_shared<const weighting::Rules>(RulesOf({flat}));
  const auto both = *MakeScorecardsUnder({pinned_.rules, flat_rules}, request_, pinned_, store_);
  EXPECT_EQ(store_.measure_calls.size(), 1);
  const std::vector<Scorecard> under_default = Make();
  SetRules(RulesOf({flat}));
  const std::vector<Scorecard> under_flat = Make();
  ASSERT_EQ(both.size(), 2);
  for (size_t s = 0; s < 3; ++s) {
    EXPECT_EQ(both[0][s].total.total, under_default[s].total.total);
    EXPECT_EQ(both[1][s].total.total, under_flat[s].total.total);
    EXPECT_EQ(both[1][s].rules, flat_rules);
  }
  EXPECT_NE(both[0][0].total.total, both[1][0].total.total);
}

TEST_F(ScorecardTest, TheOrganizationIsOneSubjectWithoutId) {
  request_.kind = store::SubjectKind::kOrganization;
  request_.subjects = {SubjectInfo{.facts = {.kind = store::SubjectKind::kOrganization},
                                   .display_name = "All of us"}};
  // Sums over three managers: 240 is clamped to 100, 150 too, 60 is 60.
  const std::vector<Scorecard> cards = Make();
  ASSERT_EQ(cards.size(), 1);
  EXPECT_NEAR(*cards[0].total.total, 40 + 30 + 18, 1e-10);
  EXPECT_EQ(cards[0].weights.tenure_months, std::nullopt);
}

TEST_F(ScorecardTest, NobodyAskedForIsNoCard) {
  request_.subjects.clear();
  EXPECT_TRUE(Make().empty());
  EXPECT_TRUE(store_.measure_calls.empty());
}

TEST_F(ScorecardTest, AFailingStoreFailsTheCall) {
  store_.measure_status = absl::UnavailableError("closed");
  EXPECT_EQ(MakeScorecards(request_, pinned_, store_).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(ScorecardTest, WithoutAProfileThereIsNoCard) {
  SetRules({});
  EXPECT_EQ(MakeScorecards(request_, pinned_, store_).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ScorecardTest, TheSameQuestionGivesTheSameBitsWhateverIsListed) {
  const std::vector<Scorecard> once = Make();
  request_.selection.all = true;
  std::reverse(request_.subjects.begin(), request_.subjects.end());
  const std::vector<Scorecard> again = Make();
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(std::bit_cast<uint64_t>(*once[i].total.total),
              std::bit_cast<uint64_t>(*again[2 - i].total.total));
  }
}

}  // namespace
}  // namespace keyscore::scoring
