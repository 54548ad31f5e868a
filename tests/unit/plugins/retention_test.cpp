// The Retention KPIs, by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "unit/plugins/catalogue.h"

namespace keyscore::catalogue {
namespace {

testing::FakeKpi Kpi(const char* id) { return Library("retention").Kpi(id); }

TEST(ContractRenewalRateTest, Finds80Of100) {
  const auto result =
      Kpi("contract_renewal_rate").Set("renewed", {80, 0}).Set("due", {100, 0}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 80);
  EXPECT_EQ(result[0].sample_size, 100);
  // Wilson's interval for 80 of 100, as printed in many tables: 71.1 % to 86.7 %.
  EXPECT_NEAR(result[0].low, 71.1, 0.05);
  EXPECT_NEAR(result[0].high, 86.7, 0.05);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(NetPromoterScoreTest, Finds60PromotersAnd20DetractorsOf100As40) {
  const auto result = Kpi("net_promoter_score")
                          .Set("promoters", {60, 0, 0})
                          .Set("detractors", {20, 4, 0})
                          .Set("responses", {100, 4, 0})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 40);
  EXPECT_EQ(result[0].sample_size, 100);
  // p = 60.75/103, d = 20.75/103: 38.835 ± 1.96·sqrt((p + d − (p−d)²) / 103) = ± 15.455 points.
  EXPECT_NEAR(result[0].low, 23.380, 1e-3);
  EXPECT_NEAR(result[0].high, 54.290, 1e-3);
  EXPECT_DOUBLE_EQ(result[1].value, -100);
  EXPECT_EQ(result[1].low, -100);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(IssueResolutionTimeTest, Finds500HoursOver50IssuesAs10) {
  const auto result = Kpi("issue_resolution_time")
                          .Set("hours_to_resolve", {500, 0})
                          .Set("resolved", {50, 0})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 10);
  EXPECT_EQ(result[0].sample_size, 50);
  EXPECT_TRUE(std::isnan(result[0].low));
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(ChurnRateTest, Finds5Of100) {
  const auto result =
      Kpi("churn_rate").Set("active_accounts", {100, 3, 0}).Set("churned", {5, 0, 0}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 5);
  EXPECT_EQ(result[0].sample_size, 100);
  EXPECT_EQ(result[1].state, KS_STATE_VALUE);
  EXPECT_EQ(result[1].value, 0);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(RetentionRateTest, IsWhatChurnLeaves) {
  const auto kept =
      Kpi("retention_rate").Set("active_accounts", {100, 0}).Set("churned", {5, 0}).Evaluate();
  const auto lost = Kpi("churn_rate").Set("active_accounts", {100}).Set("churned", {5}).Evaluate();
  EXPECT_DOUBLE_EQ(kept[0].value, 95);
  EXPECT_NEAR(kept[0].low, 100 - lost[0].high, 1e-9);
  EXPECT_NEAR(kept[0].high, 100 - lost[0].low, 1e-9);
  EXPECT_EQ(kept[1].state, KS_STATE_NO_DATA);
}

TEST(CustomerSatisfactionTest, Finds80SatisfiedOf100) {
  const auto result =
      Kpi("customer_satisfaction").Set("satisfied", {80, 0}).Set("responses", {100, 0}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 80);
  EXPECT_EQ(result[0].sample_size, 100);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(TicketSatisfactionTest, IsTheMeanOfTheRatedTickets) {
  const auto result =
      Kpi("ticket_satisfaction").Set("satisfaction", {21, 0}).Set("rated", {5, 0}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 4.2);
  EXPECT_EQ(result[0].sample_size, 5);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

}  // namespace
}  // namespace keyscore::catalogue
