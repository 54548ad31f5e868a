// The scoring oracle: from the KPI results that a card shows, everything else on it is computed a
// second time and must be the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "absl/time/civil_time.h"
#include "fmt/format.h"
#include "integration/oracle/plain_score.h"
#include "support/matchers.h"
#include "support/sample.h"
#include "support/server.h"

namespace keyscore::testing {
namespace {

using ::testing::DoubleNear;

constexpr double kTolerance = 1e-9;

std::map<v1::Pillar, double> Shares(double relationships, double revenue, double retention) {
  return {{v1::PILLAR_RELATIONSHIPS, relationships},
          {v1::PILLAR_REVENUE, revenue},
          {v1::PILLAR_RETENTION, retention},
          {v1::PILLAR_LEARNING, 0}};
}

// The bands of the 3R+1 model.
std::map<v1::Pillar, double> SharesByTenure(int months) {
  if (months < 18) return Shares(0.6, 0.2, 0.2);
  if (months < 36) return Shares(0.4, 0.3, 0.3);
  return Shares(0.3, 0.4, 0.3);
}

// Whole months between two days "YYYY-MM-DD", by counting them off.
int WholeMonths(const std::string& from, const std::string& to) {
  absl::CivilDay start;
  absl::CivilDay end;
  EXPECT_TRUE(absl::ParseCivilTime(from, &start) && absl::ParseCivilTime(to, &end));
  int months = 0;
  while (true) {
    const absl::CivilMonth month = absl::CivilMonth(start) + (months + 1);
    // CivilDay normalises the 31st of a shorter month into the next one.
    const absl::CivilDay anniversary(month.year(), month.month(), start.day());
    if (anniversary > end) return months;
    ++months;
  }
}

class ScoringTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(WriteSample(files_.path().string(),
                            {"--managers", "12", "--accounts", "70", "--seed", "11"}),
                IsOk());
    ReadSample(files_.path().string(), duck_);
    auto server = Server::Start();
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
    ASSERT_THAT(SendSample(duck_, server_->client()), IsOk());
    const auto kpis = server_->client().ListKpis({});
    ASSERT_THAT(kpis, IsOk());
    for (const v1::Kpi& kpi : kpis->kpis()) catalogue_[kpi.name()] = kpi;
  }

  std::map<std::string, std::string> RoleStarts() {
    std::map<std::string, std::string> starts;
    for (const auto& row : duck_.Ask(
             "SELECT 'managers/' || manager_id, max(occurred_at)::DATE FROM manager GROUP BY 1")) {
      starts[*row[0]] = *row[1];
    }
    return starts;
  }

  // Managers whose latest role began after the day, or whose role was another before.
  std::vector<v1::Scorecard> Cards(const std::string& period) {
    v1::BatchGetScorecardsRequest request;
    request.set_all_kpis(true);
    for (const auto& row : duck_.Ask(
             "SELECT DISTINCT 'managers/' || manager_id FROM manager UNION SELECT 'teams/' || "
             "team_id FROM team UNION SELECT DISTINCT 'accounts/' || account_id FROM account UNION "
             "SELECT 'organization' ORDER BY 1")) {
      request.add_names(*row[0] + "/scorecards/" + period);
    }
    const auto response = server_->client().BatchGetScorecards(request);
    EXPECT_THAT(response, IsOk());
    if (!response.ok()) return {};
    return {response->scorecards().begin(), response->scorecards().end()};
  }

  void Compare(const v1::Scorecard& card, const PlainTotal& plain) {
    EXPECT_THAT(card.coverage(), DoubleNear(plain.coverage, kTolerance));
    EXPECT_THAT(card.score_low(), DoubleNear(plain.low, 100 * kTolerance));
    EXPECT_THAT(card.score_high(), DoubleNear(plain.high, 100 * kTolerance));
    const bool scored = plain.coverage >= card.minimum_coverage() - kTolerance;
    EXPECT_EQ(card.total_state(), scored ? v1::Scorecard::SCORED : v1::Scorecard::NOT_SCORED);
    EXPECT_EQ(card.has_total(), scored);
    if (scored && plain.total.has_value()) {
      EXPECT_THAT(card.total(), DoubleNear(*plain.total, 100 * kTolerance));
      EXPECT_LE(card.score_low(), card.total() + kTolerance);
      EXPECT_GE(card.score_high(), card.total() - kTolerance);
    }
    for (const v1::PillarScore& pillar : card.pillars()) {
      const auto score = plain.pillar_scores.find(pillar.pillar());
      ASSERT_EQ(pillar.has_score(), score != plain.pillar_scores.end());
      if (!pillar.has_score()) continue;
      EXPECT_THAT(pillar.score(), DoubleNear(*score->second, 100 * kTolerance));
      EXPECT_THAT(pillar.weight(),
                  DoubleNear(plain.pillar_weights.at(pillar.pillar()), kTolerance));
    }
    for (const v1::KpiResult& result : card.kpis()) {
      const auto weight = plain.kpi_weights.find(result.kpi());
      EXPECT_THAT(result.weight(),
                  DoubleNear(weight == plain.kpi_weights.end() ? 0 : weight->second, kTolerance))
          << result.kpi();
      const auto nominal = plain.nominal_weights.find(result.kpi());
      EXPECT_THAT(
          result.nominal_weight(),
          DoubleNear(nominal == plain.nominal_weights.end() ? 0 : nominal->second, kTolerance))
          << result.kpi();
      ASSERT_EQ(result.has_score(), result.state() == v1::KpiResult::VALUE) << result.kpi();
      if (!result.has_score()) continue;
      EXPECT_THAT(result.score(),
                  DoubleNear(PlainCurveScore(catalogue_.at(result.kpi()), result.value()),
                             100 * kTolerance))
          << result.kpi();
    }
  }

  TempDir files_;
  Duck duck_;
  std::unique_ptr<Server> server_;
  std::map<std::string, v1::Kpi> catalogue_;
};

TEST_F(ScoringTest, TotalsFollowFromTheResultsShown) {
  const std::map<std::string, std::string> role_starts = RoleStarts();
  std::map<v1::Scorecard::TotalState, int> states;
  std::map<std::string, int> bands;
  for (const std::string period : {"2024-02", "2025", "2023-Q2"}) {
    for (const v1::Scorecard& card : Cards(period)) {
      SCOPED_TRACE(card.name());
      std::map<v1::Pillar, double> shares = Shares(0.4, 0.3, 0.3);
      const auto start = role_starts.find(card.subject());
      if (start != role_starts.end()) {
        // Before the latest role began there was another, or none: the tenure of that is not ours
        // to tell here.
        if (start->second > card.period().end_date()) continue;
        const int months = WholeMonths(start->second, card.period().end_date());
        EXPECT_EQ(card.weights().tenure_months(), months);
        EXPECT_FALSE(card.weights().tenure_band().empty());
        shares = SharesByTenure(months);
        ++bands[card.weights().tenure_band()];
      } else {
        EXPECT_FALSE(card.weights().has_tenure_months());
      }
      Compare(card, PlainScore(card, catalogue_, shares));
      ++states[card.total_state()];
      if (HasFailure()) FAIL() << card.ShortDebugString();
    }
  }
  EXPECT_EQ(bands.size(), 3u);
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
