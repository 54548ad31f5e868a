// The Revenue KPIs about what is invoiced, by hand.
#include <gtest/gtest.h>

#include "unit/plugins/expect.h"

namespace keyscore::catalogue {
namespace {

testing::FakeKpi Kpi(const char* id) { return Library("revenue").Kpi(id); }

TEST(RevenuePerAccountTest, DividesByTheActiveAccounts) {
  const auto result = Kpi("revenue_per_account")
                          .Set("revenue", {90000, 500})
                          .Set("invoice_lines", {40, 1})
                          .Set("active_accounts", {4, 0})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 22500);
  EXPECT_EQ(result[0].sample_size, 40);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(UpsellRevenueShareTest, Finds2000Of10000AsTwentyPercent) {
  const auto result = Kpi("upsell_revenue_share")
                          .Set("upsell_revenue", {2000, 0, 0})
                          .Set("revenue", {10000, 500, 0})
                          .Set("invoice_lines", {25, 2, 0})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 20);
  EXPECT_EQ(result[0].sample_size, 25);
  EXPECT_EQ(result[1].value, 0);
  EXPECT_EQ(result[1].state, KS_STATE_VALUE);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(OrganicGrowthTest, LeavesOutAccountsWithoutEarlierRevenue) {
  const auto result = Kpi("organic_growth")
                          .Set("revenue", {110, 0, 900, 50})
                          .Set("revenue_last_year", {100, 200, 0, -10})
                          .Set("invoice_lines_last_year", {4, 5, 0, 1})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 110);
  EXPECT_EQ(result[0].weight, 100);
  EXPECT_EQ(result[0].sample_size, 4);
  EXPECT_EQ(result[1].value, 0);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
  EXPECT_EQ(result[3].state, KS_STATE_NO_DATA);
}

TEST(OrganicGrowthTest, RollsUpToTheRatioOfTheSums) {
  // (110 + 150) / (100 + 300) = 65 %.
  const auto result = Kpi("organic_growth")
                          .Set("revenue", {110, 150})
                          .Set("revenue_last_year", {100, 300})
                          .Evaluate();
  double sum = 0;
  double weight = 0;
  for (const auto& row : result.rows) {
    sum += row.weight * row.value;
    weight += row.weight;
  }
  EXPECT_DOUBLE_EQ(sum / weight, 65);
  EXPECT_EQ(Kpi("organic_growth").descriptor().rollup, uint32_t{KS_ROLLUP_ACCOUNTS});
}

TEST(SalesGrowthTest, ComparesWithTheYearBefore) {
  const auto result = Kpi("sales_growth")
                          .Set("revenue", {125, 50, 10})
                          .Set("revenue_last_year", {100, 200, 0})
                          .Set("invoice_lines_last_year", {4, 3, 0})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 25);
  EXPECT_DOUBLE_EQ(result[1].value, -75);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(CrossSellRevenueShareTest, IsAShareOfTheRevenue) {
  const auto result = Kpi("cross_sell_revenue_share")
                          .Set("cross_sell_revenue", {300, 0, 0})
                          .Set("revenue", {4000, 500, 0})
                          .Set("invoice_lines", {25, 2, 0})
                          .Evaluate();
  ExpectValue(result[0], 7.5, 25);
  ExpectValue(result[1], 0, 2);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(ShareOfWalletTest, IsRevenueOfWhatTheClientSpends) {
  const auto result = Kpi("share_of_wallet")
                          .Set("revenue", {30000, 30000})
                          .Set("category_spend", {120000, 0})
                          .Set("wallets", {3, 0})
                          .Evaluate();
  ExpectValue(result[0], 25, 3);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(CustomerLifetimeValueTest, IsPurchaseTimesPurchasesTimesLifespan) {
  // 500,000 over 100 invoices are 5,000 a purchase; 10 purchases an account; 40 account-years over
  // 8 that left are 5 years: 250,000.
  const auto result = Kpi("customer_lifetime_value")
                          .Set("revenue", {500000})
                          .Set("invoices", {100})
                          .Set("active_accounts", {10})
                          .Set("account_days", {40 * 365})
                          .Set("churned", {8})
                          .Evaluate();
  ExpectValue(result[0], 250000, 100);
}

TEST(CustomerLifetimeValueTest, CapsTheLifespan) {
  // 12 years an account, and no one left: 1,000 a year over the longest lifespan, both times.
  auto kpi = Kpi("customer_lifetime_value");
  kpi.Set("revenue", {1000})
      .Set("invoices", {4})
      .Set("active_accounts", {1})
      .Set("account_days", {12 * 365, 365})
      .Set("churned", {1, 0});
  const auto usual = kpi.Evaluate();
  EXPECT_DOUBLE_EQ(usual[0].value, 10000);
  EXPECT_DOUBLE_EQ(usual[1].value, 10000);
  const auto longer = kpi.Setting("max_lifespan_years", 20).Evaluate();
  EXPECT_DOUBLE_EQ(longer[0].value, 12000);
  EXPECT_DOUBLE_EQ(longer[1].value, 20000);
}

TEST(CustomerLifetimeValueTest, IsNoDataWithoutInvoicesOrAccounts) {
  const auto result = Kpi("customer_lifetime_value")
                          .Set("revenue", {0, 100})
                          .Set("invoices", {0, 1})
                          .Set("active_accounts", {3, 0})
                          .Set("account_days", {1000})
                          .Set("churned", {1})
                          .Evaluate();
  EXPECT_EQ(result[0].state, KS_STATE_NO_DATA);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(ProfitMarginIncreaseTest, IsTheDifferenceOfTheMarginsInPoints) {
  // 500 of 1,000 is 50 %, 200 of 800 was 25 %; without revenue on either side there is no margin.
  const auto result = Kpi("profit_margin_increase")
                          .Set("revenue", {1000, 0, 1000})
                          .Set("cost", {500, 0, 500})
                          .Set("revenue_before", {800, 800, 0})
                          .Set("cost_before", {600, 600, 0})
                          .Set("invoice_lines", {12, 0, 12})
                          .Evaluate();
  ExpectValue(result[0], 25, 12);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(CostToServeReductionTest, ComparesServiceCostsPerRevenue) {
  // 50 / 1,000 against 80 / 1,000: 1 − 0.625 = 37.5 %. No costs at all now is 100.
  const auto result = Kpi("cost_to_serve_reduction")
                          .Set("service_cost", {50, 0, 50, 50, 50})
                          .Set("revenue", {1000, 1000, 0, 1000, 1000})
                          .Set("service_cost_before", {80, 80, 80, 80, 0})
                          .Set("revenue_before", {1000, 1000, 1000, 0, 1000})
                          .Set("service_costs", {6, 0, 6, 6, 6})
                          .Evaluate();
  ExpectValue(result[0], 37.5, 6);
  ExpectValue(result[1], 100, 0);
  for (size_t row : {2, 3, 4}) EXPECT_EQ(result[row].state, KS_STATE_NO_DATA) << row;
}

TEST(UnprofitableCustomersTest, IsAHundredWhereCostsExceedRevenue) {
  // A loss of 10, exactly nothing left, a profit, a credit note alone, and nothing invoiced.
  const auto result = Kpi("unprofitable_customers")
                          .Set("revenue", {100, 100, 100, -5, 0})
                          .Set("cost", {60, 60, 0, 0, 0})
                          .Set("service_cost", {50, 40, 0, 0, 70})
                          .Set("invoice_lines", {3, 2, 1, 1, 0})
                          .Evaluate();
  ExpectValue(result[0], 100, 1);
  ExpectValue(result[1], 0, 1);
  ExpectValue(result[2], 0, 1);
  ExpectValue(result[3], 100, 1);
  EXPECT_EQ(result[4].state, KS_STATE_NO_DATA);
  for (const auto& row : result.rows) EXPECT_EQ(row.weight, 1);
}

}  // namespace
}  // namespace keyscore::catalogue
