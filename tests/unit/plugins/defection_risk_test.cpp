// The likelihood of leaving and its explanation, by hand: 2024-01-01T00:00:00Z is 1704067200
// seconds since 1970.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "unit/plugins/expect.h"

namespace keyscore::catalogue {
namespace {

constexpr double kDay = 86400;
constexpr double kEnd = 1704067200 + 30 * kDay;  // of the fake host's period

// An account in the book that was contacted this very instant and shows no sign.
testing::FakeKpi Calm() {
  testing::FakeKpi kpi = Library("retention").Kpi("customer_defection_risk");
  kpi.Set("active_accounts", {1}).Set("last_contact", {kEnd}).Set("started", {kEnd - 900 * kDay});
  kpi.Set("revenue", {1000}).Set("revenue_recent", {500}).Set("revenue_earlier", {500});
  return kpi;
}

TEST(CustomerDefectionRiskTest, IsTheInterceptWhereNoSignShows) {
  const auto result = Calm().Evaluate();
  // 100 / (1 + e^4), e^4 = 54.598150.
  EXPECT_NEAR(result[0].value, 1.798621, 1e-6);
  EXPECT_EQ(result[0].sample_size, 1);
  EXPECT_EQ(result[0].weight, 1000);
  EXPECT_EQ(result[0].details.at("log_odds"), -4);
}

TEST(CustomerDefectionRiskTest, AddsEachSignalTimesItsCoefficient) {
  const auto result = Calm()
                          .Set("last_contact", {kEnd - 60 * kDay})
                          .Set("detractors", {1})
                          .Set("responses", {2})
                          .Set("open_tickets", {2})
                          .Set("revenue_recent", {60})
                          .Set("revenue_earlier", {100})
                          .Set("contracts_due", {3})
                          .Evaluate();
  const std::map<std::string, double> expected = {{"intercept", -4},
                                                  {"contact_gap", 2},
                                                  {"contact_gap_part", 1},
                                                  {"detractor_share", 0.5},
                                                  {"detractor_share_part", 0.75},
                                                  {"ticket_backlog", 2},
                                                  {"ticket_backlog_part", 0.6},
                                                  {"revenue_decline", 0.4},
                                                  {"revenue_decline_part", 0.8},
                                                  {"contract_due_soon", 1},
                                                  {"contract_due_soon_part", 0.7},
                                                  {"log_odds", -0.15}};
  ASSERT_EQ(result[0].details.size(), expected.size());
  for (const auto& [name, value] : expected) {
    EXPECT_NEAR(result[0].details.at(name), value, 1e-12) << name;
  }
  // 100 / (1 + e^0.15), e^0.15 = 1.161834243.
  EXPECT_NEAR(result[0].value, 46.257015, 1e-6);
}

TEST(CustomerDefectionRiskTest, CountsFromTheAccountsStartWhereItWasNeverContacted) {
  const auto result =
      Calm().Set("last_contact", {std::nullopt}).Set("started", {kEnd - 45 * kDay}).Evaluate();
  EXPECT_DOUBLE_EQ(result[0].details.at("contact_gap"), 1.5);
}

TEST(CustomerDefectionRiskTest, KeepsSignalsWithinTheirRanges) {
  // A year of silence, nine tickets, revenue that became credits; then revenue that grew, and
  // earlier revenue that was none or less.
  const auto result = Calm()
                          .Set("last_contact", {kEnd - 365 * kDay, kEnd, kEnd, kEnd})
                          .Set("open_tickets", {9, 0, 0, 0})
                          .Set("revenue_recent", {-50, 300, 0, 0})
                          .Set("revenue_earlier", {100, 100, 0, -20})
                          .Evaluate();
  EXPECT_EQ(result[0].details.at("contact_gap"), 6);
  EXPECT_EQ(result[0].details.at("ticket_backlog"), 5);
  EXPECT_EQ(result[0].details.at("revenue_decline"), 1);
  for (size_t row : {1, 2, 3}) EXPECT_EQ(result[row].details.at("revenue_decline"), 0) << row;
}

TEST(CustomerDefectionRiskTest, WeighsByRevenueAndNeverBelowZero) {
  const auto result = Calm().Set("revenue", {250, 0, -10}).Evaluate();
  EXPECT_EQ(result[0].weight, 250);
  EXPECT_EQ(result[1].weight, 0);
  EXPECT_EQ(result[2].weight, 0);
}

TEST(CustomerDefectionRiskTest, TakesItsCoefficientsFromTheSettings) {
  const auto result = Calm()
                          .Set("open_tickets", {2})
                          .Setting("intercept", -1)
                          .Setting("ticket_backlog", 0.5)
                          .Evaluate();
  EXPECT_DOUBLE_EQ(result[0].value, 50);
  EXPECT_NE(Calm().Setting("intercept", -21).TryEvaluate().code, 0);
}

TEST(CustomerDefectionRiskTest, IsNoDataForAnAccountThatIsNotInTheBook) {
  const auto result = Calm().Set("active_accounts", {0}).Evaluate();
  EXPECT_EQ(result[0].state, KS_STATE_NO_DATA);
  EXPECT_TRUE(result[0].details.empty());
}

}  // namespace
}  // namespace keyscore::catalogue
