// Evaluation against a store in memory; every expected value is worked by hand.
#include "kpis/evaluate.h"

#include <algorithm>
#include <bit>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/kpis/evaluation_case.h"

namespace keyscore::kpis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(EvaluateTest, PoolsASubjectsFactsAndTellsItsInputs) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 10, 40), Sale("anna", "a2", 20, 80), Sale("bert", "a3", 1, 4)};
  const LoadedKpi kpi = Kpi("share", Rollup::kPooled, SaleInputs(), Ratio);
  const EvaluationResult result = Evaluated(March({&kpi}, {"bert", "anna", "carl"}), store);
  ASSERT_EQ(result.outcomes.size(), 3u);
  const KpiOutcome& anna = result.outcomes[1][0];
  EXPECT_EQ(anna.kpi, &kpi);
  EXPECT_EQ(anna.state, State::kValue);
  EXPECT_DOUBLE_EQ(anna.value, 30.0 / 120);
  EXPECT_EQ(anna.sample_size, 120);
  ASSERT_EQ(anna.inputs.size(), 2u);
  EXPECT_EQ(anna.inputs[1].value, 120);
  EXPECT_EQ(anna.inputs[1].fact_count, 2);
  EXPECT_EQ(anna.inputs[1].interval.from, Day(3, 1));
  EXPECT_EQ(anna.inputs[1].interval.to, Day(4, 1));
  EXPECT_EQ(anna.newest_fact, Day(3, 10));
  EXPECT_DOUBLE_EQ(result.outcomes[0][0].value, 0.25);
}

TEST(EvaluateTest, ASubjectWithoutFactsGetsEmptyCells) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 10, 40)};
  measures::MeasureSpec largest = Sum("sale", "amount");
  largest.aggregate = store::Aggregate::kMax;
  measures::MeasureSpec list = Sum("sale", "amount");
  list.aggregate = store::Aggregate::kList;
  const LoadedKpi kpi =
      Kpi("x", Rollup::kPooled, {Sum("sale", "amount"), largest, list}, [](const auto& batch) {
        EXPECT_EQ(batch.columns[0]->valid[1], 1);
        EXPECT_EQ(batch.columns[0]->numbers[1], 0);
        EXPECT_EQ(batch.columns[1]->valid[1], 0);
        EXPECT_THAT(batch.columns[2]->lists[1], IsEmpty());
        return Rows(batch.row_count);
      });
  const EvaluationResult result = Evaluated(March({&kpi}, {"anna", "carl"}), store);
  const KpiOutcome& carl = result.outcomes[1][0];
  EXPECT_EQ(carl.state, State::kNoData);
  EXPECT_THAT(carl.reason, HasSubstr("NO_FACTS"));
  EXPECT_EQ(carl.inputs[0].value, 0);
  EXPECT_EQ(carl.inputs[1].value, std::nullopt);
  EXPECT_THAT(result.outcomes[0][0].inputs[2].values, ElementsAre(40));
}

TEST(EvaluateTest, TheOrganisationIsOneSubject) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 10, 40), Sale("bert", "a2", 20, 80)};
  const LoadedKpi kpi = Kpi("share", Rollup::kPooled, SaleInputs(), Ratio);
  EvaluationRequest request = March({&kpi}, {""});
  request.kind = store::SubjectKind::kOrganization;
  const EvaluationResult result = Evaluated(request, store);
  EXPECT_DOUBLE_EQ(result.outcomes[0][0].value, 30.0 / 120);
  EXPECT_THAT(store.measure_calls[0].scope.subject_ids, IsEmpty());
}

TEST(EvaluateTest, FactsThatLeaveTheFormulaNothingToDivideByAreSaidToDoSo) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 10, 0)};
  const LoadedKpi kpi = Kpi("share", Rollup::kPooled, SaleInputs(), Ratio);
  const KpiOutcome anna = Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0];
  EXPECT_EQ(anna.state, State::kNoData);
  EXPECT_THAT(anna.reason, HasSubstr("NOTHING_TO_DIVIDE_BY"));
}

TEST(EvaluateTest, ADatasetThatNeverHeldAFactMeansNoData) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2)};
  store.known_datasets = {"survey"};
  const LoadedKpi kpi =
      Kpi("x", Rollup::kPooled, {Sum("sale", "amount"), Sum("survey", "score")}, First);
  const KpiOutcome outcome = Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0];
  EXPECT_EQ(outcome.state, State::kNoData);
  EXPECT_EQ(outcome.reason, "DATASET_EMPTY: no fact was ever recorded in datasets/survey");
  EXPECT_EQ(outcome.inputs[0].value, 2);  // what is known is told all the same
  EXPECT_EQ(outcome.inputs[1].value, 0);
}

TEST(EvaluateTest, AnOptionalInputMayBeOfAnEmptyDataset) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2)};
  store.known_datasets = {"survey"};
  measures::MeasureSpec optional = Sum("survey", "score");
  optional.optional = true;
  const LoadedKpi kpi = Kpi("x", Rollup::kPooled, {Sum("sale", "amount"), optional}, First);
  EXPECT_EQ(Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0].state, State::kValue);
}

TEST(EvaluateTest, TheBookIsEmptyWhileThereAreNoAccounts) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2)};
  store.known_datasets = {"account", "book"};
  const LoadedKpi kpi = Kpi("x", Rollup::kPooled, {Sum("book", "n")}, First);
  EXPECT_THAT(Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0].reason,
              HasSubstr("DATASET_EMPTY: no fact was ever recorded in datasets/book"));
  store.facts.push_back({.dataset = "account", .account_id = "a1", .occurred_at = Day(1, 1)});
  EXPECT_EQ(Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0].state, State::kValue);
}

TEST(EvaluateTest, AnEmptyStoreIsAskedNothing) {
  store::FakeStore store;
  store.known_datasets = {"sale"};
  const LoadedKpi kpi = Kpi("share", Rollup::kAccounts, SaleInputs(), Ratio);
  const EvaluationResult result = Evaluated(March({&kpi}, {"anna"}), store);
  EXPECT_EQ(result.watermark, 0);
  EXPECT_THAT(result.outcomes[0][0].reason, HasSubstr("DATASET_EMPTY"));
  EXPECT_EQ(result.outcomes[0][0].inputs[0].value, 0);
  EXPECT_THAT(store.measure_calls, IsEmpty());
}

TEST(EvaluateTest, AValueOfOldFactsIsStale) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2, /*day=*/10)};
  LoadedKpi kpi = Kpi("x", Rollup::kPooled, {Sum("sale", "amount")}, First);
  const auto stale = [&](int cadence_days, absl::Time now) {
    kpi.definition.cadence_days = cadence_days;
    return Evaluated(March({&kpi}, {"anna"}), store, now).outcomes[0][0].stale;
  };
  // From 10 March to the period's end on 1 April are 22 days.
  EXPECT_TRUE(stale(21, Day(12, 31)));
  EXPECT_FALSE(stale(22, Day(12, 31)));
  // The period isn't over on 20 March: 10 days.
  EXPECT_FALSE(stale(10, Day(3, 20)));
  EXPECT_TRUE(stale(9, Day(3, 20)));
  EXPECT_FALSE(stale(0, Day(12, 31)));  // no cadence
}

TEST(EvaluateTest, AValueWithoutFactsInAnyWindowIsStaleAndNoDataNever) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2)};
  LoadedKpi kpi = Kpi("x", Rollup::kPooled, {Sum("sale", "amount")}, First);
  kpi.definition.cadence_days = 90;
  EXPECT_TRUE(Evaluated(March({&kpi}, {"carl"}), store).outcomes[0][0].stale);
  kpi.function = std::make_shared<LambdaFunction>(
      [](const EvaluationBatch& batch) { return Rows(batch.row_count); });
  EXPECT_FALSE(Evaluated(March({&kpi}, {"carl"}), store).outcomes[0][0].stale);
}

TEST(EvaluateTest, WindowsAtAnInstantSayNothingAboutStaleness) {
  store::FakeStore store;
  store.facts = {
      {.dataset = "book", .manager_id = "anna", .account_id = "a1", .occurred_at = Day(1, 1)},
      {.dataset = "account", .account_id = "a1", .occurred_at = Day(1, 1)}};
  measures::MeasureSpec at_end{.name = "accounts",
                               .dataset = "book",
                               .window = measures::Window::kAtEnd,
                               .end_column = "ended_at"};
  LoadedKpi kpi = Kpi("x", Rollup::kPooled, {at_end}, First);
  kpi.definition.cadence_days = 7;
  const KpiOutcome outcome = Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0];
  EXPECT_EQ(outcome.value, 1);
  EXPECT_FALSE(outcome.stale);
  EXPECT_EQ(outcome.newest_fact, absl::InfinitePast());
}

TEST(EvaluateTest, AFailingKpiTouchesNoOther) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2)};
  const LoadedKpi good = Kpi("good", Rollup::kPooled, SaleInputs(), Ratio);
  const LoadedKpi bad = Kpi("bad", Rollup::kPooled, SaleInputs(), [](const auto&) {
    return absl::StatusOr<Rows>(absl::InternalError("bad: no model"));
  });
  const EvaluationResult result = Evaluated(March({&bad, &good}, {"anna"}), store);
  EXPECT_EQ(result.outcomes[0][0].state, State::kError);
  EXPECT_EQ(result.outcomes[0][0].reason, "PLUGIN_ERROR: bad: no model");
  EXPECT_EQ(result.outcomes[0][0].inputs[1].value, 2);
  EXPECT_EQ(result.outcomes[0][1].state, State::kValue);
}

TEST(EvaluateTest, AFailureStaysWithTheSubjectThatCausedIt) {
  store::FakeStore store;
  std::vector<std::string> managers;
  for (int i = 0; i < 9; ++i) {
    managers.push_back("m" + std::to_string(i));
    store.facts.push_back(Sale(managers.back(), "a", 1, i == 4 ? 13 : 2));
  }
  LoadedKpi kpi = Kpi("x", Rollup::kPooled, SaleInputs(), FearsThirteen);
  EvaluationResult result = Evaluated(March({&kpi}, managers), store);
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(result.outcomes[i][0].state, i == 4 ? State::kError : State::kValue) << i;
  }
  // Rows that depend on one another can't be tried apart.
  kpi.definition.row_independent = false;
  result = Evaluated(March({&kpi}, managers), store);
  EXPECT_EQ(result.outcomes[0][0].state, State::kError);
}

TEST(EvaluateTest, ARowThatTheHostRefusedSaysWhy) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2)};
  const LoadedKpi kpi = Kpi("x", Rollup::kPooled, SaleInputs(), [](const auto&) {
    return Rows{{.state = State::kError, .fault = "the value is not finite"}};
  });
  EXPECT_EQ(Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0].reason,
            "PLUGIN_INVALID_OUTPUT: x: the value is not finite");
}

TEST(EvaluateTest, AsksOnceARollupAsOfOneWatermark) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2), Sale("anna", "a2", 1, 4)};
  store.facts[1].watermark = 8;
  const LoadedKpi p1 = Kpi("p1", Rollup::kPooled, SaleInputs(), Ratio);
  const LoadedKpi p2 = Kpi("p2", Rollup::kPooled, {Sum("sale", "amount")}, First);
  const LoadedKpi a1 = Kpi("a1", Rollup::kAccounts, SaleInputs(), Ratio);
  EvaluationRequest request = March({&p1, &a1, &p2}, {"anna"});
  const EvaluationResult newest = Evaluated(request, store);
  EXPECT_EQ(newest.watermark, 8);
  ASSERT_EQ(store.measure_calls.size(), 2u);
  EXPECT_EQ(store.measure_calls[0].measures.size(), 2u);  // p2's is p1's
  EXPECT_FALSE(store.measure_calls[0].scope.by_account);
  EXPECT_TRUE(store.measure_calls[1].scope.by_account);
  EXPECT_EQ(store.measure_calls[0].watermark, 8);
  EXPECT_EQ(store.measure_calls[1].watermark, 8);
  EXPECT_EQ(newest.outcomes[0][2].value, 6);
  request.watermark = 7;
  EXPECT_EQ(Evaluated(request, store).outcomes[0][2].value, 2);
}

TEST(EvaluateTest, EqualInputGivesEqualBits) {
  store::FakeStore store;
  for (int i = 0; i < 50; ++i) {
    store.facts.push_back(Sale("anna", "a" + std::to_string(i), 0.1 * i, 0.3 * i + 0.7));
  }
  const LoadedKpi kpi = Kpi("x", Rollup::kAccounts, SaleInputs(), Ratio);
  const double once = Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0].value;
  std::reverse(store.facts.begin(), store.facts.end());
  const double again = Evaluated(March({&kpi}, {"bert", "anna"}), store).outcomes[1][0].value;
  EXPECT_EQ(std::bit_cast<uint64_t>(once), std::bit_cast<uint64_t>(again));
}

TEST(EvaluateTest, AFailingStoreFailsTheCall) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2)};
  store.measure_status = absl::UnavailableError("closed");
  const LoadedKpi kpi = Kpi("x", Rollup::kPooled, SaleInputs(), Ratio);
  EXPECT_EQ(Evaluate(March({&kpi}, {"anna"}), store, kCalendar, Day(12, 31)).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(EvaluateTest, AnExpressionThatFailsOnTheFactsIsAnErrorOfItsKpiAlone) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2)};
  store.failing_value = "cast(note as double)";
  auto broken_inputs = SaleInputs();
  broken_inputs.front().value = store.failing_value;
  const LoadedKpi good = Kpi("good", Rollup::kPooled, SaleInputs(), Ratio);
  const LoadedKpi broken = Kpi("broken", Rollup::kPooled, broken_inputs, Ratio);
  const auto result = Evaluated(March({&broken, &good}, {"anna"}), store);
  EXPECT_EQ(result.outcomes[0][0].state, State::kError);
  EXPECT_EQ(result.outcomes[0][0].reason, "MEASURE_FAILED: can't cast 'x' to a number");
  EXPECT_EQ(result.outcomes[0][1].state, State::kValue);
}

TEST(EvaluateTest, AStopDuringAKpiFailsTheCall) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2)};
  bool stopped = false;
  const LoadedKpi kpi = Kpi("x", Rollup::kPooled, SaleInputs(), [&](const auto&) {
    stopped = true;
    return absl::StatusOr<Rows>(absl::CancelledError("told to"));
  });
  EvaluationRequest request = March({&kpi}, {"anna"});
  request.stop = [&] { return stopped; };
  EXPECT_EQ(Evaluate(request, store, kCalendar, Day(12, 31)).status().code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace keyscore::kpis
