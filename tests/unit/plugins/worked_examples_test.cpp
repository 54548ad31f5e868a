// The worked examples of the catalogue's page, by the numbers given there.
#include <gtest/gtest.h>

#include "unit/plugins/catalogue.h"

namespace keyscore::catalogue {
namespace {

testing::FakeKpi Kpi(const char* library, const char* id) { return Library(library).Kpi(id); }

TEST(WorkedExamplesTest, EightyOfAHundredSatisfiedIsACustomerSatisfactionOf80) {
  const auto result = Kpi("retention", "customer_satisfaction")
                          .Set("satisfied", {80})
                          .Set("responses", {100})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 80);
}

TEST(WorkedExamplesTest, AHundredAMonthOverThreeYearsIsALifetimeValueOf3600) {
  // One account, twelve invoices of 100 in the last year; the one before it left after 3 years.
  const auto result = Kpi("revenue", "customer_lifetime_value")
                          .Set("revenue", {1200})
                          .Set("invoices", {12})
                          .Set("active_accounts", {1})
                          .Set("account_days", {3 * 365})
                          .Set("churned", {1})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 3600);
}

TEST(WorkedExamplesTest, SixtyPercentPromotersAndTwentyDetractorsIsANetPromoterScoreOf40) {
  const auto result = Kpi("retention", "net_promoter_score")
                          .Set("promoters", {60})
                          .Set("detractors", {20})
                          .Set("responses", {100})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 40);
}

TEST(WorkedExamplesTest, FiveOfAHundredCustomersLostIsAChurnOf5) {
  const auto result =
      Kpi("retention", "churn_rate").Set("active_accounts", {100}).Set("churned", {5}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 5);
}

TEST(WorkedExamplesTest, TwoThousandUpsellOfTenThousandIsAShareOf20) {
  const auto result = Kpi("revenue", "upsell_revenue_share")
                          .Set("upsell_revenue", {2000})
                          .Set("revenue", {10000})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 20);
}

TEST(WorkedExamplesTest, EightyOfAHundredContractsRenewedIsARenewalRateOf80) {
  const auto result =
      Kpi("retention", "contract_renewal_rate").Set("renewed", {80}).Set("due", {100}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 80);
}

TEST(WorkedExamplesTest, SeventyPercentHappyAndTwentyNotIsAnEmployeeSatisfactionOf50) {
  const auto result = Kpi("learning", "employee_satisfaction")
                          .Set("promoters", {70})
                          .Set("detractors", {20})
                          .Set("responses", {100})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 50);
}

TEST(WorkedExamplesTest, EightyOfAHundredOnFirstContactIsAFirstContactResolutionOf80) {
  const auto result = Kpi("retention", "first_contact_resolution")
                          .Set("first_contact", {80})
                          .Set("resolved", {100})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 80);
}

TEST(WorkedExamplesTest, FiftyIssuesIn500HoursIsAResolutionTimeOf10Hours) {
  const auto result = Kpi("retention", "issue_resolution_time")
                          .Set("hours_to_resolve", {500})
                          .Set("resolved", {50})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 10);
}

TEST(WorkedExamplesTest, TwentyOfTwoHundredCustomersReferredIsAReferralRateOf10) {
  const auto result = Kpi("revenue", "referral_rate")
                          .Set("referring_accounts", {20})
                          .Set("active_accounts", {200})
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 10);
}

}  // namespace
}  // namespace keyscore::catalogue
