// The Relationships KPIs, by hand: 2024-01-01T00:00:00Z is 1704067200 seconds since 1970.
#include <gtest/gtest.h>

#include "unit/plugins/catalogue.h"

namespace keyscore::catalogue {
namespace {

constexpr int64_t kJanuary1 = 1704067200;
constexpr int64_t kDay = 86400;

testing::FakeKpi Kpi(const char* id) { return Library("relationships").Kpi(id); }

TEST(AccountEngagementTest, IsQualityPointsPerAccountPer30Days) {
  // 120 quality points are 24 engagement points; over 4 accounts and 60 days: 24 / 4 / 2 = 3.
  const auto result = Kpi("account_engagement")
                          .Set("quality_points", {120})
                          .Set("interactions", {30})
                          .Set("active_accounts", {4})
                          .Period(kJanuary1, 60)
                          .Evaluate();
  EXPECT_EQ(result[0].state, KS_STATE_VALUE);
  EXPECT_DOUBLE_EQ(result[0].value, 3);
  EXPECT_EQ(result[0].sample_size, 30);
}

TEST(AccountEngagementTest, IsZeroWithoutInteractionsAndNoDataWithoutAccounts) {
  const auto result = Kpi("account_engagement")
                          .Set("quality_points", {0, 25})
                          .Set("interactions", {0, 5})
                          .Set("active_accounts", {2, 0})
                          .Evaluate();
  EXPECT_EQ(result[0].state, KS_STATE_VALUE);
  EXPECT_EQ(result[0].value, 0);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(InteractionVolumeTest, CountsPerAccountPer30Days) {
  const auto result = Kpi("interaction_volume")
                          .Set("interactions", {90})
                          .Set("active_accounts", {10})
                          .Period(kJanuary1, 90)
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 3);
  EXPECT_EQ(result[0].sample_size, 90);
}

TEST(ExecutiveSponsorshipTest, IsTheShareOfActiveAccountsWithASeniorContactMet) {
  const auto result = Kpi("executive_sponsorship")
                          .Set("sponsored_accounts", {6, 0, 3})
                          .Set("active_accounts", {8, 8, 0})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 75);
  EXPECT_EQ(result[0].sample_size, 8);
  // Wilson's interval for 6 of 8: (0.75 + z²/16 ± z·sqrt(0.75·0.25/8 + z²/256)) / (1 + z²/8).
  EXPECT_NEAR(result[0].low, 40.9275, 1e-3);
  EXPECT_NEAR(result[0].high, 92.8521, 1e-3);
  EXPECT_EQ(result[1].state, KS_STATE_VALUE);
  EXPECT_EQ(result[1].value, 0);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(AccountPlanQualityTest, IsTheMeanOfTheReviews) {
  const auto result =
      Kpi("account_plan_quality").Set("quality", {210, 0}).Set("reviews", {3, 0}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 70);
  EXPECT_EQ(result[0].sample_size, 3);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(BusinessReviewsCompletedTest, IsReviewsPerActiveAccount) {
  const auto result = Kpi("business_reviews_completed")
                          .Set("business_reviews", {9, 0})
                          .Set("active_accounts", {12, 0})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 0.75);
  EXPECT_EQ(result[0].sample_size, 9);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(ClientInitiatedShareTest, IsInboundOfAll) {
  const auto result =
      Kpi("client_initiated_share").Set("inbound", {7, 0}).Set("interactions", {20, 0}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 35);
  EXPECT_EQ(result[0].sample_size, 20);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(DaysSinceContactTest, CountsFromTheLastInteractionElseFromTheAccountsStart) {
  const auto result =
      Kpi("days_since_contact")
          .Set("last_contact", {kJanuary1 + 10.5 * kDay, std::nullopt, kJanuary1 + 0.0})
          .Set("started", {kJanuary1 - 300.0 * kDay, kJanuary1 - 2.0 * kDay, std::nullopt})
          .Set("active_accounts", {1, 1, 0})
          .Period(kJanuary1, 30)
          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 19.5);
  EXPECT_DOUBLE_EQ(result[1].value, 32);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA) << "the account is no longer in the book";
  EXPECT_EQ(result[0].weight, 1);
  EXPECT_EQ(Kpi("days_since_contact").descriptor().rollup, uint32_t{KS_ROLLUP_ACCOUNTS});
}

}  // namespace
}  // namespace keyscore::catalogue
