// Evaluations column by column: the same outcomes, planned once for a registry, and many at once.
#include <atomic>
#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kpis/plan.h"
#include "kpis/subject_tables.h"
#include "measures/at_once.h"
#include "unit/kpis/evaluation_case.h"
#include "unit/weighting/registry_of.h"

namespace keyscore::kpis {
namespace {

using ::testing::ElementsAre;

std::shared_ptr<const RegistrySnapshot> SalesRegistry() {
  LoadedKpi share = Kpi("share", Rollup::kPooled, SaleInputs(), Ratio);
  LoadedKpi mean = Kpi("mean_share", Rollup::kAccounts, SaleInputs(), Ratio);
  return RegistryOf({std::move(share), std::move(mean)});
}

TEST(EvaluationTest, TellsStateAndValueAsTheWrittenOutcomesDo) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 2, 4), Sale("anna", "a2", 1, 4), Sale("bert", "b1", 0, 0)};
  const auto registry = SalesRegistry();
  const EvaluationRequest request = March(registry->kpis(), {"bert", "anna", "carl", "anna"});
  const measures::Calendar calendar;
  const auto columns = EvaluateColumns(request, store, calendar, request.period.to);
  ASSERT_TRUE(columns.ok()) << columns.status();
  const EvaluationResult written = Evaluated(request, store);
  ASSERT_EQ(written.outcomes.size(), 4u);
  for (size_t subject = 0; subject < 4; ++subject) {
    for (size_t kpi = 0; kpi < 2; ++kpi) {
      const KpiOutcome& outcome = written.outcomes[subject][kpi];
      EXPECT_EQ((*columns)->StateOf(subject, kpi), outcome.state);
      if (outcome.state != State::kValue) continue;
      EXPECT_EQ((*columns)->ValueOf(subject, kpi), outcome.value);
    }
  }
  EXPECT_EQ((*columns)->ValueOf(1, 0), 3.0 / 8);  // anna
  EXPECT_EQ((*columns)->ValueOf(3, 0), 3.0 / 8);  // again
  EXPECT_EQ((*columns)->StateOf(2, 0), State::kNoData);
}

TEST(EvaluationTest, ThousandsAtOnceAreWhatEachIsAlone) {
  store::FakeStore store;
  std::vector<std::string> managers;
  for (int i = 0; i < 6'000; ++i) {
    managers.push_back("m" + std::to_string(i));
    if (i % 5 != 0) store.facts.push_back(Sale(managers.back(), "a", i % 13, i % 29));
  }
  const auto registry = SalesRegistry();
  const EvaluationResult all = Evaluated(March(registry->kpis(), managers), store);
  for (const size_t i : {0u, 1u, 2'999u, 3'000u, 5'999u}) {
    const EvaluationResult alone = Evaluated(March(registry->kpis(), {managers[i]}), store);
    for (size_t kpi = 0; kpi < 2; ++kpi) {
      EXPECT_EQ(all.outcomes[i][kpi].state, alone.outcomes[0][kpi].state) << i;
      EXPECT_EQ(all.outcomes[i][kpi].value, alone.outcomes[0][kpi].value) << i;
      EXPECT_EQ(all.outcomes[i][kpi].reason, alone.outcomes[0][kpi].reason) << i;
    }
  }
}

// The store's rows, in the order of subjects and accounts or not, for subjects named twice or not
// at all.
TEST(SubjectTablesTest, AccountsStandBySubjectAndIdWhateverTheOrderOfTheRows) {
  const auto table = [](std::vector<std::pair<std::string, std::string>> rows) {
    store::MeasureTable table;
    table.columns.resize(1);
    for (auto& [subject, account] : rows) {
      table.columns[0].numbers.push_back(account.back() - '0');
      table.columns[0].valid.push_back(1);
      table.columns[0].fact_count.push_back(1);
      table.columns[0].newest.push_back(Day(3, 1));
      table.subject_ids.push_back(std::move(subject));
      table.account_ids.push_back(std::move(account));
    }
    return table;
  };
  const std::vector<store::ResolvedMeasure> measures(1);
  const auto ordered = table({{"anna", "a1"}, {"anna", "a2"}, {"carl", "a1"}, {"dora", "a4"}});
  const auto mixed = table({{"dora", "a4"}, {"anna", "a2"}, {"carl", "a1"}, {"anna", "a1"}});
  for (const store::MeasureTable& rows : {ordered, mixed}) {
    const AccountTable by_account =
        ByAccount(rows, measures, {"anna", "bert", "carl", "dora", "emil"});
    EXPECT_THAT(by_account.first, ElementsAre(0, 2, 2, 3, 4, 4));
    EXPECT_THAT(by_account.account_ids, ElementsAre("a1", "a2", "a1", "a4"));
    EXPECT_THAT(by_account.columns[0].numbers, ElementsAre(1, 2, 1, 4));
    const AccountTable twice = ByAccount(rows, measures, {"anna", "anna"});
    EXPECT_THAT(twice.first, ElementsAre(0, 2, 4));
    EXPECT_THAT(twice.columns[0].numbers, ElementsAre(1, 2, 1, 2));
    EXPECT_THAT(ByAccount(rows, measures, {"bert"}).first, ElementsAre(0, 0));
  }
}

TEST(PlanCacheTest, OneQuestionHasOnePlanWhateverItsPeriodIsCalled) {
  const auto registry = SalesRegistry();
  PlanCache cache;
  const measures::Calendar calendar;
  measures::Period march = March({}, {}).period;
  const auto plan = cache.Get(registry->kpis(), march, calendar, nullptr);
  EXPECT_EQ(plan->pooled.measures().size(), SaleInputs().size());
  march.expression = "third month";
  EXPECT_EQ(cache.Get(registry->kpis(), march, calendar, nullptr), plan);
  EXPECT_NE(cache.Get({registry->kpis()[0]}, march, calendar, nullptr), plan);
  EXPECT_NE(cache.Get(registry->kpis(), march, calendar, registry->FindKpi("share")), plan);
  measures::Calendar elsewhere;
  elsewhere.time_zone_name = "Europe/Berlin";
  EXPECT_NE(cache.Get(registry->kpis(), march, elsewhere, nullptr), plan);
  march.to += absl::Hours(24);
  EXPECT_NE(cache.Get(registry->kpis(), march, calendar, nullptr), plan);
}

TEST(PlanCacheTest, ForgetsRatherThanGrows) {
  const auto registry = SalesRegistry();
  PlanCache cache;
  measures::Period period = March({}, {}).period;
  const auto first = cache.Get(registry->kpis(), period, {}, nullptr);
  for (int i = 0; i < 500; ++i) {
    period.to += absl::Hours(24);
    cache.Get(registry->kpis(), period, {}, nullptr);
  }
  EXPECT_EQ(first.use_count(), 1);
}

TEST(ForEachAtOnceTest, EachIsDoneOnceWithHelpOrWithout) {
  for (const bool helped : {false, true}) {
    std::vector<std::atomic<int>> done(1'000);
    measures::ForEachAtOnce(done.size(), helped, [&done](size_t i) { ++done[i]; });
    for (const std::atomic<int>& times : done) ASSERT_EQ(times, 1);
  }
}

}  // namespace
}  // namespace keyscore::kpis
