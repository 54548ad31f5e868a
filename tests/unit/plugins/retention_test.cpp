// The Retention KPIs, by hand.
#include <gtest/gtest.h>

#include "unit/plugins/expect.h"

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
  // 25 of 8 hours and 25 of 12: variance 200 / 49, so ± 2.00958 × sqrt(4 / 49) = 0.57416.
  const auto result = Kpi("issue_resolution_time")
                          .Set("hours_to_resolve", {500, 0})
                          .Set("hours_to_resolve_squares", {5200, 0})
                          .Set("resolved", {50, 0})
                          .Evaluate();
  ExpectValue(result[0], 10, 50);
  ExpectInterval(result[0], 9.42584, 10.57416);
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
  // 3, 4, 4, 5 and 5: variance 0.7, so ± 2.77645 × sqrt(0.14) = 1.03885, cut at 5.
  const auto result = Kpi("ticket_satisfaction")
                          .Set("satisfaction", {21, 0})
                          .Set("satisfaction_squares", {91, 0})
                          .Set("rated", {5, 0})
                          .Evaluate();
  ExpectValue(result[0], 4.2, 5);
  ExpectInterval(result[0], 3.16115, 5);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(RepFeedbackTest, IsTheMeanOfTheAnswers) {
  ExpectMean(Kpi("rep_feedback"), "score", "responses", 5);
}

TEST(RenewalWithoutRebidRateTest, IsAShareOfAllDue) {
  ExpectProportion(Kpi("renewal_without_rebid_rate"), "renewed_without_rebid", "due");
}

TEST(ContractLengthIncreaseTest, IsTheMeanOfTheRenewed) {
  // 12, 0, −6 and 6 months: variance 60, so ± 3.18245 × sqrt(15) = 12.3256.
  const auto result = Kpi("contract_length_increase")
                          .Set("months_longer", {12, 0})
                          .Set("months_longer_squares", {216, 0})
                          .Set("renewed", {4, 0})
                          .Evaluate();
  ExpectValue(result[0], 3, 4);
  ExpectInterval(result[0], -9.32556, 15.32556);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(CompetitorResponseTest, IsTheShareAnsweredInTime) {
  ExpectProportion(Kpi("competitor_response"), "answered_in_time", "events");
}

TEST(PreferredSupplierTest, TakesTheLatestStatusOfEachAccount) {
  const auto result = Kpi("preferred_supplier").Set("preferred", {1, 0, std::nullopt}).Evaluate();
  ExpectValue(result[0], 100, 1);
  ExpectValue(result[1], 0, 1);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA) << "nothing was ever noted of the account";
  for (const auto& row : result.rows) EXPECT_EQ(row.weight, 1);
}

TEST(SupplierConsolidationTest, WeighsAccountsByTheSuppliersAtTheStart) {
  // 5 to 4 is 20 % fewer, 3 to 6 twice as many.
  const auto result = Kpi("supplier_consolidation")
                          .Set("suppliers_at_end", {4, 6, 3, 3})
                          .Set("suppliers_at_start", {5, 3, std::nullopt, 0})
                          .Evaluate();
  EXPECT_NEAR(result[0].value, 20, 1e-12);
  EXPECT_EQ(result[0].weight, 5);
  ExpectValue(result[1], -100, 1);
  EXPECT_EQ(result[1].weight, 3);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA) << "nothing noted before the start";
  EXPECT_EQ(result[3].state, KS_STATE_NO_DATA) << "no suppliers at the start";
}

TEST(GoalAttainmentTest, IsTheMeanProgress) {
  // 50, 100 and 60: variance 700, so ± 4.30265 × sqrt(700 / 3) = 65.7241, cut at 100.
  const auto result = Kpi("goal_attainment")
                          .Set("progress", {210, 0})
                          .Set("progress_squares", {16100, 0})
                          .Set("goals", {3, 0})
                          .Evaluate();
  ExpectValue(result[0], 70, 3);
  ExpectInterval(result[0], 4.2759, 100);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(DependentObjectivesTest, IsTheShareAchievedInTime) {
  ExpectProportion(Kpi("dependent_objectives"), "achieved_in_time", "due");
}

TEST(SlaAttainmentTest, IsTheShareResolvedInTime) {
  ExpectProportion(Kpi("sla_attainment"), "resolved_in_time", "resolved");
}

TEST(FirstContactResolutionTest, IsTheShareOfTicketsWithOneContact) {
  ExpectProportion(Kpi("first_contact_resolution"), "first_contact", "resolved");
}

}  // namespace
}  // namespace keyscore::catalogue
