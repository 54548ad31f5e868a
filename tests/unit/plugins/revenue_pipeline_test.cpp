// The Revenue KPIs about plans, opportunities, referrals and contracts, by hand.
#include <gtest/gtest.h>

#include "unit/plugins/expect.h"

namespace keyscore::catalogue {
namespace {

testing::FakeKpi Kpi(const char* id) { return Library("revenue").Kpi(id); }

TEST(OpportunityConversionRateTest, IsWonOfDecided) {
  const auto result =
      Kpi("opportunity_conversion_rate").Set("won", {3, 0, 0}).Set("lost", {5, 4, 0}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 37.5);
  EXPECT_EQ(result[0].sample_size, 8);
  EXPECT_LT(result[0].low, 37.5);
  EXPECT_GT(result[0].high, 37.5);
  EXPECT_EQ(result[1].value, 0);
  EXPECT_EQ(result[1].low, 0);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(TimeToCloseTest, IsTheMeanOfTheWon) {
  // 20 and 23 days: variance 4.5, so ± 12.7062 × sqrt(4.5 / 2) = 19.0593.
  const auto result = Kpi("time_to_close")
                          .Set("days_to_close", {43, 0})
                          .Set("days_to_close_squares", {929, 0})
                          .Set("won", {2, 0})
                          .Evaluate();
  ExpectValue(result[0], 21.5, 2);
  ExpectInterval(result[0], 2.4407, 40.5593);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(AccountPlanExecutionTest, IsTheShareOfActionsDoneInTime) {
  ExpectProportion(Kpi("account_plan_execution"), "done_in_time", "due");
}

TEST(PlanOnBudgetTest, IsTheShareOfCostedActionsWithinBudget) {
  ExpectProportion(Kpi("plan_on_budget"), "on_budget", "costed");
}

TEST(CrossSellingTest, IsWonOfDecided) {
  const auto result = Kpi("cross_selling").Set("won", {3, 0, 0}).Set("lost", {1, 5, 0}).Evaluate();
  ExpectValue(result[0], 75, 4);
  ExpectInterval(result[0], 30.0642, 95.4413);
  ExpectValue(result[1], 0, 5);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(UpsellRateTest, IsWonOfDecided) {
  const auto result = Kpi("upsell_rate").Set("won", {3, 0, 0}).Set("lost", {1, 5, 0}).Evaluate();
  ExpectValue(result[0], 75, 4);
  ExpectInterval(result[0], 30.0642, 95.4413);
  ExpectValue(result[1], 0, 5);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(LeadManagementTest, IsTheShareOfOpenedThatIsQualified) {
  ExpectProportion(Kpi("lead_management"), "qualified", "opened");
}

TEST(OpportunityPrioritisationTest, IsTheShareOfOpenedWithAPriority) {
  ExpectProportion(Kpi("opportunity_prioritisation"), "prioritised", "opened");
}

TEST(NewBusinessOpportunitiesTest, IsAPlainCountAndZeroWhereNothingWasOpened) {
  const auto result = Kpi("new_business_opportunities").Set("new_opportunities", {7, 0}).Evaluate();
  ExpectValue(result[0], 7, 7);
  ExpectValue(result[1], 0, 0);
}

TEST(NumberOfReferralsTest, IsAPlainCountAndZeroWhereNothingWasReferred) {
  const auto result = Kpi("number_of_referrals").Set("referrals", {4, 0}).Evaluate();
  ExpectValue(result[0], 4, 4);
  ExpectValue(result[1], 0, 0);
}

TEST(ReferralRateTest, IsTheShareOfActiveAccountsThatReferred) {
  ExpectProportion(Kpi("referral_rate"), "referring_accounts", "active_accounts");
}

TEST(ProductMixTest, IsTheShareOfTheAmountOnGrowthProducts) {
  const auto result = Kpi("product_mix")
                          .Set("growth_amount", {150, 0, 0})
                          .Set("amount", {400, 90, 0})
                          .Set("opened", {8, 2, 3})
                          .Evaluate();
  ExpectValue(result[0], 37.5, 8);
  ExpectValue(result[1], 0, 2);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA) << "opportunities without an amount";
}

TEST(PipelineGrowthTest, ComparesWhatIsOpenAtTheEndWithTheStart) {
  const auto result = Kpi("pipeline_growth")
                          .Set("open_at_end", {130, 0, 50})
                          .Set("open_at_start", {100, 40, 0})
                          .Set("opportunities_at_start", {6, 2, 0})
                          .Evaluate();
  EXPECT_NEAR(result[0].value, 30, 1e-12);
  EXPECT_EQ(result[0].sample_size, 6);
  ExpectValue(result[1], -100, 2);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(ContractExpansionTest, IsTheShareOfRenewedThatGrew) {
  ExpectProportion(Kpi("contract_expansion"), "expanded", "renewed");
}

TEST(TimeToImplementTest, IsTheMeanOfThoseGoneLive) {
  ExpectMean(Kpi("time_to_implement"), "days_to_live", "went_live", 1000);
}

}  // namespace
}  // namespace keyscore::catalogue
