// The Revenue KPIs, by hand.
#include <gtest/gtest.h>

#include "unit/plugins/catalogue.h"

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
  const auto result =
      Kpi("time_to_close").Set("days_to_close", {150.5, 0}).Set("won", {7, 0}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 21.5);
  EXPECT_EQ(result[0].sample_size, 7);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
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

}  // namespace
}  // namespace keyscore::catalogue
