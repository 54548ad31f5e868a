// Models: fitted once over all accounts, handed to every row, remembered per period and state of
// what they are fitted to.
#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kpis/model_cache.h"
#include "unit/kpis/evaluation_case.h"

namespace keyscore::kpis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr ModelCache::Key kKey{.watermark = 7};

// Accounts a1 and b1 spent 10 and 30, so the mean is 20.
store::FakeStore TwoAccounts() {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 10), Sale("bert", "b1", 1, 30)};
  return store;
}

TEST(ModelTest, IsFittedOverAllAccountsWhoeverIsAskedAbout) {
  store::FakeStore store = TwoAccounts();
  const auto function = std::make_shared<AgainstMean>();
  const LoadedKpi kpi = KpiAgainstMean(Rollup::kAccounts, function);
  const KpiOutcome anna = Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0];
  EXPECT_EQ(anna.state, State::kValue);
  EXPECT_DOUBLE_EQ(anna.value, 0.5);
  EXPECT_THAT(anna.parameters, ElementsAre(20));
}

TEST(ModelTest, IsFittedOnceForAPeriodAndAStateOfItsInputs) {
  store::FakeStore store = TwoAccounts();
  const auto function = std::make_shared<AgainstMean>();
  const LoadedKpi kpi = KpiAgainstMean(Rollup::kAccounts, function);
  EvaluationRequest request = March({&kpi}, {"anna"});
  request.watermark = 1;
  Evaluated(request, store);
  Evaluated(request, store);
  EXPECT_EQ(function->fits, 1);
  // A batch of something else changes nothing of it.
  store.facts.push_back(Sale("anna", "a1", 2, 50));
  store.facts.back().dataset = "call";
  store.facts.back().watermark = 2;
  request.watermark = 2;
  Evaluated(request, store);
  EXPECT_EQ(function->fits, 1);
  store.facts.push_back(Sale("anna", "a1", 2, 50));
  store.facts.back().watermark = 3;
  request.watermark = 3;
  EXPECT_THAT(Evaluated(request, store).outcomes[0][0].parameters, ElementsAre(45));
  EXPECT_EQ(function->fits, 2);
  request.period.from = Day(2, 1);
  Evaluated(request, store);
  EXPECT_EQ(function->fits, 3);
}

// Sales were written by batch 3; how they stood as of 1 and 2 has to be looked up.
TEST(ModelTest, AsOfAnEarlierBatchItIsFittedToWhatWasKnownThen) {
  store::FakeStore store = TwoAccounts();
  store.facts.push_back(Sale("anna", "a1", 2, 50));
  store.facts.back().watermark = 3;
  const auto function = std::make_shared<AgainstMean>();
  const LoadedKpi kpi = KpiAgainstMean(Rollup::kAccounts, function);
  EvaluationRequest request = March({&kpi}, {"anna"});
  for (const auto& [watermark, mean] : {std::pair(3, 45.0), std::pair(1, 20.0), std::pair(2, 20.0),
                                        std::pair(4, 45.0), std::pair(1, 20.0)}) {
    request.watermark = watermark;
    EXPECT_THAT(Evaluated(request, store).outcomes[0][0].parameters, ElementsAre(mean))
        << watermark;
  }
  EXPECT_EQ(function->fits, 3);  // as of 3 (and 4), 1 and 2
}

// Who is there and whose they are may change a model as well.
TEST(ModelTest, IsFittedAnewWhenTheDirectoryChanges) {
  store::FakeStore store = TwoAccounts();
  const auto function = std::make_shared<AgainstMean>();
  const LoadedKpi kpi = KpiAgainstMean(Rollup::kAccounts, function);
  EvaluationRequest request = March({&kpi}, {"anna"});
  request.watermark = 1;
  Evaluated(request, store);
  store.facts.push_back({.dataset = "ownership", .occurred_at = Day(3, 1), .watermark = 2});
  request.watermark = 2;
  Evaluated(request, store);
  EXPECT_EQ(function->fits, 2);
}

TEST(ModelTest, AnInputThatLooksIntoAnotherDatasetHangsOnEveryBatch) {
  store::FakeStore store = TwoAccounts();
  const auto function = std::make_shared<AgainstMean>();
  LoadedKpi kpi = KpiAgainstMean(Rollup::kAccounts, function);
  kpi.definition.inputs[0].filter = "not product.price > 0.5";
  EvaluationRequest request = March({&kpi}, {"anna"});
  for (request.watermark = 1; request.watermark < 4; ++request.watermark) {
    Evaluated(request, store);
  }
  EXPECT_EQ(function->fits, 3);
}

TEST(ModelTest, TooLittleToFitIsNoDataWithTheReason) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 10)};
  const LoadedKpi kpi = KpiAgainstMean(Rollup::kAccounts, std::make_shared<AgainstMean>());
  const KpiOutcome anna = Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0];
  EXPECT_EQ(anna.state, State::kNoData);
  EXPECT_EQ(anna.reason, "MODEL_NOT_FITTED: too few accounts");
  EXPECT_THAT(anna.parameters, IsEmpty());
}

// The store would read watermark 0 as the newest state, which may have facts by now.
TEST(ModelTest, AnEmptyLogIsNotAskedForAModel) {
  store::FakeStore store;
  const auto function = std::make_shared<AgainstMean>();
  const LoadedKpi kpi = KpiAgainstMean(Rollup::kAccounts, function);
  const KpiOutcome anna = Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0];
  EXPECT_EQ(anna.state, State::kNoData);
  EXPECT_THAT(anna.reason, HasSubstr("MODEL_NOT_FITTED: no fact was recorded yet"));
  EXPECT_EQ(function->fits, 0);
  EXPECT_TRUE(store.measure_calls.empty());
}

TEST(ModelTest, AFailingFitIsAnErrorOfItsOwnKpiOnly) {
  store::FakeStore store = TwoAccounts();
  store.facts.push_back(Sale("carl", "c1", 1, 13));
  const LoadedKpi kpi = KpiAgainstMean(Rollup::kPooled, std::make_shared<AgainstMean>());
  const LoadedKpi other = Kpi("other", Rollup::kPooled, SaleInputs(), First);
  const auto outcomes = Evaluated(March({&kpi, &other}, {"anna"}), store).outcomes[0];
  EXPECT_EQ(outcomes[0].state, State::kError);
  EXPECT_THAT(outcomes[0].reason, HasSubstr("PLUGIN_ERROR: mean: thirteen"));
  EXPECT_EQ(outcomes[1].state, State::kValue);
}

// (10·10 + 30·30) ÷ 40 = 25: weighted like the value.
TEST(ModelTest, DetailsOfARollupAreWeightedLikeItsValue) {
  store::FakeStore store = TwoAccounts();
  const LoadedKpi kpi = KpiAgainstMean(Rollup::kAccounts, std::make_shared<AgainstMean>());
  EvaluationRequest request = March({&kpi}, {""});
  request.kind = store::SubjectKind::kOrganization;
  request.worst_accounts = 10;
  const KpiOutcome all = Evaluated(request, store).outcomes[0][0];
  EXPECT_THAT(all.details, ElementsAre(std::optional(25.0), std::nullopt));
  ASSERT_EQ(all.worst.size(), 2u);
  EXPECT_EQ(all.worst[0].account_id, "a1");
  EXPECT_THAT(all.worst[0].result.details, ElementsAre(std::optional(10.0), std::nullopt));
}

TEST(ModelTest, APooledKpiNamesItsPoorestAccountsWhenExplained) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2), Sale("anna", "a2", 1, 10), Sale("anna", "a3", 3, 4)};
  const LoadedKpi kpi = Kpi("share", Rollup::kPooled, SaleInputs(), Ratio);
  EvaluationRequest request = March({&kpi}, {"anna"});
  request.worst_accounts = 2;
  EXPECT_THAT(Evaluated(request, store).outcomes[0][0].worst, IsEmpty());
  request.explained = &kpi;
  const KpiOutcome anna = Evaluated(request, store).outcomes[0][0];
  EXPECT_DOUBLE_EQ(anna.value, 5.0 / 16);
  ASSERT_EQ(anna.worst.size(), 2u);
  EXPECT_EQ(anna.worst[0].account_id, "a2");
  EXPECT_DOUBLE_EQ(anna.worst[0].result.value, 0.1);
  EXPECT_EQ(anna.worst[0].weight_share, 0);
  EXPECT_EQ(anna.worst[1].account_id, "a1");
}

TEST(ModelCacheTest, CallersAtTheSameTimeWaitForOneFit) {
  ModelCache cache;
  std::atomic<int> fits = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const auto model = cache.Get(kKey, {}, [&]() -> absl::StatusOr<std::vector<double>> {
        ++fits;
        absl::SleepFor(absl::Milliseconds(30));
        return std::vector<double>{1};
      });
      EXPECT_TRUE(model.ok());
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(fits, 1);
}

TEST(ModelCacheTest, AStoppedFitIsTriedAgainByTheNextCaller) {
  ModelCache cache;
  const auto stopped = [] { return absl::StatusOr<std::vector<double>>(absl::CancelledError()); };
  EXPECT_TRUE(absl::IsCancelled(cache.Get(kKey, {}, stopped).status()));
  const auto model = cache.Get(kKey, {}, [] { return std::vector<double>{2}; });
  ASSERT_TRUE(model.ok());
  EXPECT_THAT(*model, ElementsAre(2));
}

TEST(ModelCacheTest, AWaitingCallerMayStop) {
  ModelCache cache;
  std::atomic<bool> done = false;
  std::atomic<bool> fitting = false;
  std::thread slow([&] {
    cache
        .Get(kKey, {},
             [&]() -> absl::StatusOr<std::vector<double>> {
               fitting = true;
               while (!done) absl::SleepFor(absl::Milliseconds(1));
               return std::vector<double>{1};
             })
        .IgnoreError();
  });
  while (!fitting) absl::SleepFor(absl::Milliseconds(1));
  const auto model = cache.Get(
      kKey, [] { return true; }, [] { return std::vector<double>{2}; });
  EXPECT_TRUE(absl::IsCancelled(model.status()));
  done = true;
  slow.join();
}

TEST(ModelCacheTest, TheOldestUseIsForgottenFirst) {
  ModelCache cache;
  int fits = 0;
  const auto get = [&](int64_t watermark) {
    return cache.Get({.watermark = watermark}, {}, [&]() -> absl::StatusOr<std::vector<double>> {
      ++fits;
      return std::vector<double>{1};
    });
  };
  for (int64_t watermark = 1; watermark <= 64; ++watermark) ASSERT_TRUE(get(watermark).ok());
  ASSERT_TRUE(get(1).ok());   // still there, now the newest
  ASSERT_TRUE(get(65).ok());  // pushes 2 out
  EXPECT_EQ(fits, 65);
  ASSERT_TRUE(get(1).ok());
  EXPECT_EQ(fits, 65);
  ASSERT_TRUE(get(2).ok());
  EXPECT_EQ(fits, 66);
}

}  // namespace
}  // namespace keyscore::kpis
