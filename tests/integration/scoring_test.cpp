// The scoring oracle: from the KPI results that a card shows, everything else on it is computed a
// second time and must be the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "integration/oracle/scoring_case.h"
#include "support/matchers.h"

namespace keyscore::testing {
namespace {

using ::testing::DoubleNear;

TEST_F(ScoringTest, TotalsFollowFromTheResultsShown) {
  const std::map<std::string, absl::CivilDay> role_starts = RoleStarts();
  std::map<v1::Scorecard::TotalState, int> states;
  std::map<std::string, int> bands;
  int crossed = 0;
  for (const std::string period : {"2024-02", "2025", "2023-Q2"}) {
    for (const v1::Scorecard& card : Cards(period)) {
      SCOPED_TRACE(card.name());
      std::optional<absl::CivilDay> since;
      const auto start = role_starts.find(card.subject());
      if (start != role_starts.end()) {
        // Before the latest role began there was another, or none: the tenure of that is not ours
        // to tell here.
        since = start->second;
        const absl::CivilDay last = DayOf(card.period().end_date()) - 1;
        if (*since > last) continue;
        EXPECT_EQ(card.weights().tenure_months(), WholeMonths(*since, last));
        EXPECT_FALSE(card.weights().tenure_band().empty());
        ++bands[card.weights().tenure_band()];
        crossed += card.weights().bands_size() > 1 ? 1 : 0;
      } else {
        EXPECT_FALSE(card.weights().has_tenure_months());
      }
      Compare(card, PlainScore(card, catalogue_,
                               {.shares = SharesOf(DefaultProfile(), since, card.period()),
                                .weights = {},
                                .exceptions = {}}));
      ++states[card.total_state()];
      if (HasFailure()) FAIL() << card.ShortDebugString();
    }
  }
  EXPECT_EQ(bands.size(), 3u);
  EXPECT_GT(crossed, 0);
  EXPECT_GT(states[v1::Scorecard::SCORED], 50);
  EXPECT_GT(states[v1::Scorecard::NOT_SCORED], 5);
}

TEST_F(ScoringTest, TheVitalFewAreWeightedAndTheirWeightsAddUp) {
  std::vector<std::string> weighted;
  for (const auto& [name, kpi] : catalogue_) {
    if (kpi.default_weight() > 0) weighted.push_back(name);
  }
  EXPECT_THAT(weighted, ::testing::UnorderedElementsAre(
                            "kpis/account_engagement", "kpis/executive_sponsorship",
                            "kpis/account_plan_quality", "kpis/revenue_per_account",
                            "kpis/opportunity_conversion_rate", "kpis/upsell_revenue_share",
                            "kpis/organic_growth", "kpis/contract_renewal_rate",
                            "kpis/net_promoter_score", "kpis/issue_resolution_time"));
  v1::GetScorecardRequest request;
  request.set_name("organization/scorecards/2025");
  const auto card = server_->client().GetScorecard(request);
  ASSERT_THAT(card, IsOk());
  EXPECT_EQ(card->kpis_size(), 10);
  double sum = 0;
  for (const v1::KpiResult& result : card->kpis()) sum += result.weight();
  EXPECT_THAT(sum, DoubleNear(1, kTolerance));
  // The receipt names what made the card.
  EXPECT_GT(card->receipt().fact_watermark(), 0);
  EXPECT_GE(card->receipt().plugins_size(), 3);
  EXPECT_EQ(card->receipt().weight_profile(), card->weights().profile());
  EXPECT_EQ(card->receipt().period_start_time().seconds(), card->period().start_time().seconds());
}

TEST_F(ScoringTest, EqualQuestionsGiveEqualBits) {
  v1::GetScorecardRequest request;
  request.set_all_kpis(true);
  request.set_name("organization/scorecards/2024-Q4");
  const auto first = server_->client().GetScorecard(request);
  const auto second = server_->client().GetScorecard(request);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
}

TEST_F(ScoringTest, ExplanationAgreesWithTheCard) {
  const std::string name = "organization/scorecards/2024-Q4";
  v1::GetScorecardRequest request;
  request.set_name(name);
  const auto card = server_->client().GetScorecard(request);
  ASSERT_THAT(card, IsOk());
  for (const v1::KpiResult& result : card->kpis()) {
    v1::ExplainKpiResultRequest ask;
    ask.set_name(name);
    ask.set_kpi(result.kpi());
    const auto explained = server_->client().ExplainKpiResult(ask);
    ASSERT_THAT(explained, IsOk()) << result.kpi();
    EXPECT_EQ(explained->result().value(), result.value()) << result.kpi();
    EXPECT_EQ(explained->result().score(), result.score()) << result.kpi();
    EXPECT_EQ(explained->result().weight(), result.weight()) << result.kpi();
    EXPECT_FALSE(explained->curve_step().empty());
    EXPECT_FALSE(explained->weight_step().empty());
    if (explained->kpi().rollup() == v1::Kpi::ROLLUP_ACCOUNTS) {
      EXPECT_GT(explained->worst_accounts_size(), 0) << result.kpi();
    }
    if (result.score() < 50) {
      EXPECT_GT(explained->actions_size(), 0) << result.kpi();
    }
  }
}

}  // namespace
}  // namespace keyscore::testing
