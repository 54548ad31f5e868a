// The Relationships KPIs about how often and how well, by hand: 2024-01-01T00:00:00Z is 1704067200
// seconds since 1970.
#include <gtest/gtest.h>

#include "unit/plugins/expect.h"

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
  // 60, 70 and 80: variance 100, so ± 4.30265 × 10 / sqrt(3) = 24.8414.
  const auto result = Kpi("account_plan_quality")
                          .Set("quality", {210, 0})
                          .Set("quality_squares", {14900, 0})
                          .Set("reviews", {3, 0})
                          .Evaluate();
  ExpectValue(result[0], 70, 3);
  ExpectInterval(result[0], 45.1586, 94.8414);
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

TEST(CustomerNeedsAnalysisTest, IsTheShareOfActiveAccounts) {
  ExpectProportion(Kpi("customer_needs_analysis"), "analysed_accounts", "active_accounts");
}

TEST(CheckInCadenceTest, IsTheShareOfActiveAccounts) {
  ExpectProportion(Kpi("check_in_cadence"), "accounts_checked", "active_accounts");
}

TEST(VoiceOfCustomerCadenceTest, IsTheShareOfActiveAccounts) {
  ExpectProportion(Kpi("voice_of_customer_cadence"), "accounts_heard", "active_accounts");
}

TEST(SwotCadenceTest, IsTheShareOfActiveAccounts) {
  ExpectProportion(Kpi("swot_cadence"), "accounts_assessed", "active_accounts");
}

TEST(ReferenceableClientsTest, IsTheShareOfActiveAccounts) {
  ExpectProportion(Kpi("referenceable_clients"), "referenceable_accounts", "active_accounts");
}

// An account may have left since it was checked on: more than all, and no interval then.
TEST(CheckInCadenceTest, MayExceedAHundred) {
  const auto result =
      Kpi("check_in_cadence").Set("accounts_checked", {5}).Set("active_accounts", {4}).Evaluate();
  ExpectValue(result[0], 125, 4);
  ExpectNoInterval(result[0]);
}

TEST(InternalCollaborationTest, IsTheMeanOfTheRatings) {
  ExpectMean(Kpi("internal_collaboration"), "score", "ratings", 5);
}

TEST(SolutionProposalRelevanceTest, IsTheMeanOfTheProposals) {
  ExpectMean(Kpi("solution_proposal_relevance"), "relevance", "proposals", 5);
}

TEST(CustomerTimeTest, IsHoursPerAccountPer30Days) {
  // 1,800 minutes are 30 hours; over 4 accounts and 90 days: 30 / 4 / 3 = 2.5.
  const auto result = Kpi("customer_time")
                          .Set("minutes", {1800, 0, 60})
                          .Set("interactions", {40, 0, 1})
                          .Set("active_accounts", {4, 4, 0})
                          .Period(kJanuary1, 90)
                          .Evaluate();
  ExpectValue(result[0], 2.5, 40);
  ExpectValue(result[1], 0, 0);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(CustomerEducationTest, IsHoursPerAccountPer30Days) {
  // 90 minutes are 1.5 hours; over 2 accounts and 15 days: 1.5 / 2 × 2 = 1.5.
  const auto result = Kpi("customer_education")
                          .Set("minutes", {90, 60})
                          .Set("sessions", {2, 1})
                          .Set("active_accounts", {2, 0})
                          .Period(kJanuary1, 15)
                          .Evaluate();
  ExpectValue(result[0], 1.5, 2);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(SharedGoalsSetTest, AsksForThreeToFiveOpenGoals) {
  const auto result = Kpi("shared_goals_set")
                          .Set("open_goals", {2, 3, 5, 6, 0, 4})
                          .Set("active_accounts", {1, 1, 1, 1, 1, 0})
                          .Evaluate();
  ExpectValue(result[0], 0, 1);
  ExpectValue(result[1], 100, 1);
  ExpectValue(result[2], 100, 1);
  ExpectValue(result[3], 0, 1);
  ExpectValue(result[4], 0, 1);
  EXPECT_EQ(result[5].state, KS_STATE_NO_DATA) << "the account is not in the book";
  for (const auto& row : result.rows) EXPECT_EQ(row.weight, 1);
}

}  // namespace
}  // namespace keyscore::catalogue
