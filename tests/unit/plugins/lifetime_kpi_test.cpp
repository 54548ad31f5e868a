// predicted_lifetime_value through the plugin's interface, as the server calls it.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "plugins/revenue/lifetime/fit.h"
#include "plugins/revenue/lifetime/value.h"
#include "unit/plugins/catalogue.h"
#include "unit/plugins/lifetime_population.h"

namespace keyscore::catalogue {
namespace {

constexpr double kEndDay = 10135;  // 1997-10-01

testing::FakeKpi Kpi() { return Library("revenue").Kpi("predicted_lifetime_value"); }

// Invoice lines with the given figures: the first purchase costs 1000, which must not matter.
void AddLines(const lifetime::PurchaseHistory& history, testing::ListColumn& days,
              testing::ListColumn& amounts) {
  const double first = kEndDay - 1 - std::round(history.age * 7);
  days.push_back({first});
  amounts.push_back({1000});
  for (double i = 1; i <= history.repeats; ++i) {
    const bool last = i == history.repeats;
    days.back().push_back(first + (last ? std::round(history.recency * 7) : i));
    amounts.back().push_back(history.spend);
  }
}

testing::FakeKpi Asked(const std::vector<lifetime::PurchaseHistory>& accounts) {
  testing::ListColumn days;
  testing::ListColumn amounts;
  for (const lifetime::PurchaseHistory& history : accounts) AddLines(history, days, amounts);
  testing::FakeKpi kpi = Kpi();
  kpi.SetLists("purchase_days", days).SetLists("purchase_amounts", amounts);
  kpi.Set("end_day", {kEndDay});
  return kpi;
}

const std::map<std::string, double> kPublished = {{"r", 0.243},
                                                  {"alpha", 4.414},
                                                  {"a", 0.793},
                                                  {"b", 2.426},
                                                  {"p", 6.25},
                                                  {"q", 3.74},
                                                  {"gamma", 15.44},
                                                  {"bg_nbd_log_likelihood", -9582.4},
                                                  {"gamma_gamma_log_likelihood", -4055.9},
                                                  {"accounts", 2357},
                                                  {"repeat_accounts", 946}};

TEST(PredictedLifetimeValueTest, FitsThePublishedEstimatesFromInvoiceLines) {
  const auto fitted = Asked(lifetime::Cdnow()).Fit();
  ASSERT_EQ(fitted.code, 0) << fitted.message;
  // Half a unit of the last digit printed, or (gamma) one: see lifetime_fit_test.cpp.
  const std::map<std::string, double> tolerance = {{"r", 0.0005},
                                                   {"alpha", 0.0005},
                                                   {"a", 0.0005},
                                                   {"b", 0.0005},
                                                   {"p", 0.005},
                                                   {"q", 0.005},
                                                   {"gamma", 0.01},
                                                   {"bg_nbd_log_likelihood", 0.05},
                                                   {"gamma_gamma_log_likelihood", 0.05},
                                                   {"accounts", 0},
                                                   {"repeat_accounts", 0}};
  ASSERT_EQ(fitted.parameters.size(), tolerance.size());
  for (const auto& [name, published] : kPublished) {
    EXPECT_NEAR(fitted.parameters.at(name), published, tolerance.at(name)) << name;
  }
}

TEST(PredictedLifetimeValueTest, ShowsHowAValueCameAbout) {
  // First purchase 272 days before the last whole day, then 10 and 20 on days 30 and 213.
  const double first = kEndDay - 1 - 272;
  const auto result =
      Kpi()
          .SetLists("purchase_days", {{first, first + 30, first + 213, first + 213}})
          .SetLists("purchase_amounts", {{99, 10, 15, 5}})
          .Set("end_day", {kEndDay})
          .Setting("horizon_days", 273)
          .Setting("discount_rate", 0)
          .Parameters(kPublished)
          .Evaluate();
  const testing::RowResult& row = result[0];
  EXPECT_EQ(row.state, KS_STATE_VALUE);
  EXPECT_EQ(row.weight, 1);
  EXPECT_EQ(row.sample_size, 4);
  EXPECT_EQ(row.details.at("repeat_purchases"), 2);
  EXPECT_DOUBLE_EQ(row.details.at("recency_weeks"), 213.0 / 7);
  EXPECT_DOUBLE_EQ(row.details.at("age_weeks"), 272.0 / 7);
  // The papers' example: 1.226 purchases in 39 weeks.
  EXPECT_NEAR(row.details.at("expected_purchases"), 1.226, 0.0005);
  // a / (b + 1) ((alpha + T) / (alpha + t_x))^(r + 2) = 0.3763 to 1.
  EXPECT_NEAR(row.details.at("probability_alive"), 1 / 1.3763, 0.0005);
  // 6.25 * (15.44 + 2 * 15) / (12.5 + 2.74)
  EXPECT_NEAR(row.details.at("expected_value_per_purchase"), 284 / 15.24, 1e-9);
  EXPECT_NEAR(row.value,
              row.details.at("expected_purchases") * row.details.at("expected_value_per_purchase"),
              1e-9);
}

TEST(PredictedLifetimeValueTest, DiscountsATenthAYearUnlessSet) {
  const std::vector<lifetime::PurchaseHistory> accounts = {{3, 30, 38, 25}};
  const lifetime::ExpectedOverHorizon expected =
      lifetime::ExpectOverHorizon({0.243, 4.414, 0.793, 2.426}, accounts[0], 365, 0.1);
  const auto result = Asked(accounts).Parameters(kPublished).Evaluate();
  EXPECT_NEAR(result[0].value,
              expected.discounted_purchases * result[0].details.at("expected_value_per_purchase"),
              1e-9);
  const auto plain = Asked(accounts).Setting("discount_rate", 0).Parameters(kPublished).Evaluate();
  // All of it lies within the year: more than 1 / 1.1 of the plain sum, less than all.
  EXPECT_LT(result[0].value, plain[0].value);
  EXPECT_GT(result[0].value, plain[0].value / 1.1);
}

TEST(PredictedLifetimeValueTest, HasNoDataForAnAccountWithoutPurchases) {
  const auto result = Kpi().Parameters(kPublished).Evaluate();
  EXPECT_EQ(result[0].state, KS_STATE_NO_DATA);
  EXPECT_TRUE(result[0].details.empty());
}

TEST(PredictedLifetimeValueTest, HasNoDataForANewAccountWhereSpendHasNoMean) {
  std::map<std::string, double> parameters = kPublished;
  parameters["q"] = 0.9;
  const auto result = Asked({{0, 0, 20, 0}, {2, 5, 20, 30}}).Parameters(parameters).Evaluate();
  EXPECT_EQ(result[0].state, KS_STATE_NO_DATA);
  EXPECT_EQ(result[1].state, KS_STATE_VALUE);
  // 6.25 * (15.44 + 2 * 30) / (12.5 - 0.1)
  EXPECT_NEAR(result[1].details.at("expected_value_per_purchase"), 471.5 / 12.4, 1e-9);
}

TEST(PredictedLifetimeValueTest, RefusesToFitTooLittle) {
  const auto fitted = Asked({{1, 5, 20, 30}, {2, 5, 20, 40}}).Fit();
  EXPECT_EQ(fitted.code, 9);  // FAILED_PRECONDITION, which the server shows as NO_DATA
  EXPECT_NE(fitted.message.find("20 accounts"), std::string::npos) << fitted.message;
}

TEST(PredictedLifetimeValueTest, StopsFittingWhenTheCallerGoes) {
  const auto fitted = Asked(lifetime::Cdnow()).CancelAfter(5).Fit();
  EXPECT_EQ(fitted.code, 1);  // CANCELLED
}

}  // namespace
}  // namespace keyscore::catalogue
