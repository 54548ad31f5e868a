// KPIs evaluated by account and rolled up; every expected value is worked by hand.
#include "kpis/rollup.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/kpis/evaluation_case.h"

namespace keyscore::kpis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// (1/4·4 + 1/2·2 + 3/8·8) ÷ (4 + 2 + 8) = 5 ÷ 14: what pooling gives, as the weight is the
// denominator.
TEST(RollupTest, ARatioWeightedWithItsDenominatorPoolsExactly) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 4), Sale("anna", "a2", 1, 2), Sale("anna", "a3", 3, 8)};
  const LoadedKpi by_account = Kpi("by_account", Rollup::kAccounts, SaleInputs(), Ratio);
  const LoadedKpi pooled = Kpi("pooled", Rollup::kPooled, SaleInputs(), Ratio);
  const EvaluationResult result = Evaluated(March({&by_account, &pooled}, {"anna"}), store);
  const KpiOutcome& outcome = result.outcomes[0][0];
  EXPECT_EQ(outcome.state, State::kValue);
  EXPECT_EQ(outcome.value, 5.0 / 14);
  EXPECT_EQ(outcome.value, result.outcomes[0][1].value);
  EXPECT_EQ(outcome.sample_size, 14);
  EXPECT_EQ(outcome.account_count, 3u);
  EXPECT_EQ(outcome.inputs[0].value, 5);
  EXPECT_EQ(outcome.inputs[1].value, 14);
  EXPECT_EQ(outcome.inputs[1].fact_count, 3);
  EXPECT_FALSE(outcome.low.has_value());
}

TEST(RollupTest, AMeanOverAccountsIsWeightedAndLeavesOutAccountsWithoutData) {
  store::FakeStore store;
  // a3 has a fact but no amount, so no denominator.
  store.facts = {Sale("anna", "a1", 2, 2), Sale("anna", "a2", 0, 6), Sale("anna", "a3", 5, 0)};
  const LoadedKpi kpi = Kpi("share", Rollup::kAccounts, SaleInputs(), Ratio);
  const KpiOutcome outcome = Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0];
  EXPECT_DOUBLE_EQ(outcome.value, (2.0 * 1 + 6.0 * 0) / 8);
  EXPECT_EQ(outcome.account_count, 2u);
}

// 2, 4, 9: mean 5, variance 13; t(2 degrees) = 4.30265, so 5 ± 4.30265 · √(13/3).
TEST(RollupTest, AccountsOfEqualWeightCarryATInterval) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 2, 1), Sale("anna", "a2", 4, 1), Sale("anna", "a3", 9, 1)};
  LoadedKpi kpi = Kpi("days", Rollup::kAccounts, SaleInputs(), First);
  kpi.definition.unit = "days";
  const KpiOutcome outcome = Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0];
  ASSERT_TRUE(outcome.low.has_value() && outcome.high.has_value());
  EXPECT_NEAR(*outcome.low, 5 - 8.956686, 1e-5);
  EXPECT_NEAR(*outcome.high, 5 + 8.956686, 1e-5);
}

// One yes of four, Wilson at 95 %: 4.5587 to 69.9358.
TEST(RollupTest, AShareOfAccountsCarriesAWilsonInterval) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 100, 1), Sale("anna", "a2", 0, 1), Sale("anna", "a3", 0, 1),
                 Sale("anna", "a4", 0, 1)};
  LoadedKpi kpi = Kpi("share", Rollup::kAccounts, SaleInputs(), First);
  kpi.definition.unit = "%";
  const KpiOutcome outcome = Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0];
  EXPECT_DOUBLE_EQ(outcome.value, 25);
  ASSERT_TRUE(outcome.low.has_value() && outcome.high.has_value());
  EXPECT_NEAR(*outcome.low, 4.5587, 1e-4);
  EXPECT_NEAR(*outcome.high, 69.9358, 1e-4);
}

TEST(RollupTest, OneAccountKeepsItsOwnInterval) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 1)};
  LoadedKpi kpi = Kpi("share", Rollup::kAccounts, SaleInputs(), [](const auto&) {
    return Rows{{.state = State::kValue, .value = 100, .low = 20, .high = 100}};
  });
  kpi.definition.unit = "%";
  const KpiOutcome outcome = Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0];
  EXPECT_EQ(outcome.low, 20);
  EXPECT_EQ(outcome.high, 100);
}

TEST(RollupTest, WithoutAnyWeightThereIsNoData) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 1)};
  const LoadedKpi kpi = Kpi("x", Rollup::kAccounts, SaleInputs(), [](const auto&) {
    return Rows{{.state = State::kValue, .value = 3, .weight = 0}};
  });
  const KpiOutcome outcome = Evaluated(March({&kpi}, {"anna"}), store).outcomes[0][0];
  EXPECT_EQ(outcome.state, State::kNoData);
  EXPECT_THAT(outcome.reason, HasSubstr("NO_WEIGHT"));
}

TEST(RollupTest, NotApplicableToEveryAccountIsNotApplicable) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 1), Sale("anna", "a2", 1, 1), Sale("bert", "b1", 1, 1),
                 Sale("bert", "b2", 1, 2)};
  const LoadedKpi kpi = Kpi("x", Rollup::kAccounts, SaleInputs(), [](const auto& batch) {
    Rows rows(batch.row_count);
    for (size_t row = 0; row < rows.size(); ++row) {
      if (Cell(batch, 1, row) == 1) rows[row].state = State::kNotApplicable;
    }
    return rows;
  });
  const EvaluationResult result = Evaluated(March({&kpi}, {"anna", "bert"}), store);
  EXPECT_EQ(result.outcomes[0][0].state, State::kNotApplicable);
  EXPECT_EQ(result.outcomes[1][0].state, State::kNoData);  // one of two might have had a value
}

// Accounts that only another KPI has facts of are none of this one's.
TEST(RollupTest, AResultDoesNotHangOnWhatElseIsAsked) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 4, 4),
                 {.dataset = "call",
                  .manager_id = "anna",
                  .account_id = "a2",
                  .occurred_at = Day(3, 2),
                  .numbers = {{"minutes", 9}}}};
  const LoadedKpi sales = Kpi("sales", Rollup::kAccounts, {Sum("sale", "amount")}, First);
  const LoadedKpi calls = Kpi("calls", Rollup::kAccounts, {Sum("call", "minutes")}, First);
  const KpiOutcome alone = Evaluated(March({&sales}, {"anna"}), store).outcomes[0][0];
  const KpiOutcome together = Evaluated(March({&sales, &calls}, {"anna"}), store).outcomes[0][0];
  EXPECT_EQ(alone.value, 4);
  EXPECT_EQ(together.value, 4);
  EXPECT_EQ(together.account_count, 1u);
}

TEST(RollupTest, ListsTheWorstAccountsPoorestFirst) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 2, 4), Sale("anna", "a2", 1, 4), Sale("anna", "a4", 1, 4),
                 Sale("anna", "a3", 4, 4)};
  LoadedKpi kpi = Kpi("share", Rollup::kAccounts, SaleInputs(), Ratio);
  EvaluationRequest request = March({&kpi}, {"anna"});
  request.worst_accounts = 3;
  const auto ids = [&] {
    std::vector<std::string> ids;
    const KpiOutcome outcome = Evaluated(request, store).outcomes[0][0];
    for (const AccountPart& part : outcome.worst) {
      ids.push_back(part.account_id);
    }
    return ids;
  };
  kpi.definition.direction = Direction::kHigherIsBetter;
  EXPECT_THAT(ids(), ElementsAre("a2", "a4", "a1"));
  kpi.definition.direction = Direction::kLowerIsBetter;
  EXPECT_THAT(ids(), ElementsAre("a3", "a1", "a2"));
  kpi.definition.direction = Direction::kRangeIsBest;  // a1 scores 100, a2 and a4 50, a3 0
  kpi.definition.curve = {{0, 0}, {0.5, 100}, {1, 0}};
  EXPECT_THAT(ids(), ElementsAre("a3", "a2", "a4"));
  const AccountPart part = Evaluated(request, store).outcomes[0][0].worst[0];
  EXPECT_EQ(part.weight_share, 0.25);
  EXPECT_EQ(part.result.value, 1);
  EXPECT_EQ(part.inputs[0].value, 4);
}

TEST(RollupTest, AnAccountsErrorIsItsSubjectsAndNamed) {
  store::FakeStore store;
  store.facts = {Sale("anna", "a1", 1, 2), Sale("anna", "a2", 1, 13), Sale("bert", "b1", 1, 2)};
  const LoadedKpi kpi = Kpi("x", Rollup::kAccounts, SaleInputs(), FearsThirteen);
  const EvaluationResult result = Evaluated(March({&kpi}, {"anna", "bert"}), store);
  EXPECT_EQ(result.outcomes[0][0].state, State::kError);
  EXPECT_EQ(result.outcomes[0][0].reason, "PLUGIN_ERROR: thirteen (accounts/a2, 1 of 2 accounts)");
  EXPECT_EQ(result.outcomes[1][0].state, State::kValue);
}

}  // namespace
}  // namespace keyscore::kpis
