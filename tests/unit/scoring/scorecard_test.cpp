// Whole cards over a store in memory: weights by tenure, what is listed, what is asked of whom.
#include "scoring/scorecard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

#include "unit/kpis/fake_store.h"
#include "unit/weighting/registry_of.h"

namespace keyscore::scoring {
namespace {

using kpis::Pillar;
using kpis::State;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The KPI's one input is its value; without a fact there is none. Above 1,000 it can't be computed,
// below 0 it doesn't apply.
class InputItself : public kpis::KpiFunction {
 public:
  absl::StatusOr<std::vector<kpis::RowResult>> Evaluate(
      const kpis::EvaluationContext&, const kpis::EvaluationBatch& batch) const override {
    std::vector<kpis::RowResult> results(batch.row_count);
    const store::MeasureColumn& input = *batch.columns[0];
    for (size_t row = 0; row < batch.row_count; ++row) {
      if (input.fact_count[row] == 0) continue;
      const double value = input.numbers[row];
      results[row].state = value > 1'000 ? State::kError
                           : value < 0   ? State::kNotApplicable
                                         : State::kValue;
      results[row].value = value;
      results[row].sample_size = input.fact_count[row];
    }
    return results;
  }
};

kpis::LoadedKpi Kpi(const std::string& id, Pillar pillar, double weight) {
  kpis::LoadedKpi kpi = kpis::MakeKpi(id, pillar, weight, std::make_shared<InputItself>());
  kpi.definition.inputs = {
      {.name = "value", .dataset = id, .aggregate = store::Aggregate::kSum, .value = "value"}};
  return kpi;
}

class ScorecardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    pinned_.registry = kpis::RegistryOf(
        {Kpi("engagement", Pillar::kRelationships, 1), Kpi("conversion", Pillar::kRevenue, 1),
         Kpi("time_to_close", Pillar::kRevenue, 0), Kpi("nps", Pillar::kRetention, 1),
         Kpi("coaching", Pillar::kLearning, 1)});
    SetProfiles({weighting::DefaultProfile()});
    pinned_.now = absl::FromCivil(absl::CivilDay(2018, 1, 1), absl::UTCTimeZone());
    request_.period = *measures::ParsePeriod("2017-Q3", pinned_.calendar, pinned_.now);
    request_.subjects = {Manager("anna", absl::CivilDay(2016, 4, 2)),
                         Manager("bea", absl::CivilDay(2016, 4, 1)),
                         Manager("cem", absl::CivilDay(2014, 10, 1))};
    for (const char* manager : {"anna", "bea", "cem"}) {
      Record("engagement", manager, 80);
      Record("conversion", manager, 50);
      Record("time_to_close", manager, 30);
      Record("nps", manager, 20);
      Record("coaching", manager, 90);
    }
  }

  void SetProfiles(std::vector<weighting::WeightProfile> profiles) {
    pinned_.profiles =
        std::make_shared<const std::vector<weighting::WeightProfile>>(std::move(profiles));
  }

  static SubjectInfo Manager(const std::string& id, absl::CivilDay role_started) {
    SubjectInfo info;
    info.facts.kind = store::SubjectKind::kManager;
    info.facts.id = id;
    info.facts.role_started = role_started;
    info.display_name = "Ms " + id;
    return info;
  }

  void Record(const std::string& dataset, const std::string& manager, double value) {
    store_.facts.push_back(
        {.dataset = dataset,
         .manager_id = manager,
         .account_id = "acme",
         .occurred_at = absl::FromCivil(absl::CivilDay(2017, 8, 1), absl::UTCTimeZone()),
         .numbers = {{"value", value}},
         .watermark = 7});
  }

  void Forget(const std::string& dataset, const std::string& manager) {
    std::erase_if(store_.facts, [&](const store::FakeFact& fact) {
      return fact.dataset == dataset && fact.manager_id == manager;
    });
  }

  std::vector<Scorecard> Make() {
    absl::StatusOr<std::vector<Scorecard>> cards = MakeScorecards(request_, pinned_, store_);
    EXPECT_TRUE(cards.ok()) << cards.status();
    return cards.ok() ? *std::move(cards) : std::vector<Scorecard>(request_.subjects.size());
  }

  static std::vector<std::string> Listed(const Scorecard& card) {
    std::vector<std::string> ids;
    for (const KpiLine& line : card.lines) ids.push_back(line.outcome.kpi->definition.id);
    return ids;
  }

  store::FakeStore store_;
  Pinned pinned_;
  CardRequest request_;
};

TEST_F(ScorecardTest, TheSameScoresWeighDifferentlyByTenure) {
  const std::vector<Scorecard> cards = Make();
  ASSERT_EQ(cards.size(), 3);
  // At the period's end, 1 October, they are 17, 18 and 36 months in role.
  EXPECT_EQ(cards[0].weights.tenure_months, 17);
  EXPECT_EQ(cards[1].weights.tenure_months, 18);
  EXPECT_EQ(cards[2].weights.tenure_months, 36);
  // 80, 50 and 20 at 60/20/20, 40/30/30 and 30/40/30.
  EXPECT_NEAR(*cards[0].total.total, 48 + 10 + 4, 1e-10);
  EXPECT_NEAR(*cards[1].total.total, 32 + 15 + 6, 1e-10);
  EXPECT_NEAR(*cards[2].total.total, 24 + 20 + 6, 1e-10);
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
  EXPECT_THAT(cards[1].weights.reasons[1], HasSubstr("Ms bea has been in role 18 months"));
  EXPECT_EQ(cards[1].period.expression, "2017-Q3");
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
  just_anna.selector = {weighting::SelectorKind::kManager, "anna"};
  // A day for closing is worth ten points less than the day before.
  just_anna.kpis = {{"time_to_close", 3, {{20, 100}, {30, 0}}, 25}, {"conversion", 1}};
  SetProfiles({weighting::DefaultProfile(), just_anna});
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
  SetProfiles({});
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
