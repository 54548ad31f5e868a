// What counts for whom, worked out by hand: tenure, selectors, targets of a running period,
// exceptions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "integration/weighting_case.h"
#include "support/facts.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

constexpr char kAnnaQ1[] = "managers/anna/scorecards/2024-Q1";
constexpr char kNps[] = "kpis/net_promoter_score";

using WeightingRulesTest = WeightingCase;

void ExpectWeights(const v1::WeightResolution& resolution, double relationships, double revenue,
                   double retention) {
  EXPECT_DOUBLE_EQ(WeightOf(resolution, v1::PILLAR_RELATIONSHIPS), relationships)
      << resolution.DebugString();
  EXPECT_DOUBLE_EQ(WeightOf(resolution, v1::PILLAR_REVENUE), revenue);
  EXPECT_DOUBLE_EQ(WeightOf(resolution, v1::PILLAR_RETENTION), retention);
}

v1::KpiResult ResultIn(const v1::Scorecard& card, const std::string& kpi) {
  for (const v1::KpiResult& result : card.kpis()) {
    if (result.kpi() == kpi) return result;
  }
  ADD_FAILURE() << "no " << kpi << " in " << card.name();
  return {};
}

TEST_F(WeightingRulesTest, TenureDecidesByWholeMonths) {
  // Anna since 15 January 2023, Boris since 1 June 2020.
  ExpectWeights(Resolve("managers/anna", "2023-01-15"), 0.6, 0.2, 0.2);
  ExpectWeights(Resolve("managers/anna", "2024-07-14"), 0.6, 0.2, 0.2);  // 17 months
  ExpectWeights(Resolve("managers/anna", "2024-07-15"), 0.4, 0.3, 0.3);  // 18
  ExpectWeights(Resolve("managers/anna", "2026-01-14"), 0.4, 0.3, 0.3);  // 35
  ExpectWeights(Resolve("managers/anna", "2026-01-15"), 0.3, 0.4, 0.3);  // 36
  ExpectWeights(Resolve("managers/boris", "2023-05-31"), 0.4, 0.3, 0.3);
  ExpectWeights(Resolve("managers/boris", "2023-06-01"), 0.3, 0.4, 0.3);
  EXPECT_EQ(Resolve("managers/anna", "2024-07-14").tenure_months(), 17);
}

TEST_F(WeightingRulesTest, WhoCrossesABandHasTheWeightsOfBothByDays) {
  // Of the 92 days of July to September 2024, Anna has 14 under 18 months and 78 after.
  const v1::Scorecard card = CardOf("managers/anna/scorecards/2024-Q3");
  EXPECT_NEAR(WeightOf(card, v1::PILLAR_RELATIONSHIPS), (14 * 0.6 + 78 * 0.4) / 92, 1e-12);
  EXPECT_NEAR(WeightOf(card, v1::PILLAR_REVENUE), (14 * 0.2 + 78 * 0.3) / 92, 1e-12);
  EXPECT_NEAR(WeightOf(card, v1::PILLAR_RETENTION), (14 * 0.2 + 78 * 0.3) / 92, 1e-12);
  ASSERT_EQ(card.weights().bands_size(), 2) << card.weights().DebugString();
  EXPECT_NEAR(card.weights().bands(0).share(), 14.0 / 92, 1e-12);
  EXPECT_NEAR(card.weights().bands(1).share(), 78.0 / 92, 1e-12);
  EXPECT_EQ(card.weights().tenure_band(), card.weights().bands(1).tenure_band());

  // Where the band at the end counts, it alone does.
  auto profile = Get("default");
  ASSERT_THAT(profile, IsOk());
  profile->set_band_policy(v1::BAND_POLICY_AT_PERIOD_END);
  ASSERT_THAT(PutInForce(*profile), IsOk());
  const v1::Scorecard stepped = CardOf("managers/anna/scorecards/2024-Q3");
  EXPECT_DOUBLE_EQ(WeightOf(stepped, v1::PILLAR_RELATIONSHIPS), 0.4);
  EXPECT_DOUBLE_EQ(WeightOf(stepped, v1::PILLAR_REVENUE), 0.3);
}

TEST_F(WeightingRulesTest, TheMostSpecificProfileWinsForAnAccount) {
  // acme: segment enterprise, owned by anna of the north. Each beats all that were there before.
  const std::vector<std::pair<std::string, std::string>> rising = {
      {"of-enterprise", "segment: 'enterprise'"},
      {"of-north", "team: 'teams/north'"},
      {"of-anna", "manager: 'managers/anna'"},
      {"of-acme", "account: 'accounts/acme'"}};
  EXPECT_EQ(Resolve("accounts/acme", "2024-03-31").profile(), "weightProfiles/default");
  for (const auto& [id, selector] : rising) {
    ASSERT_THAT(PutInForce(FlatProfile(id, selector, 0.5, 0.25, 0.25)), IsOk());
    EXPECT_EQ(Resolve("accounts/acme", "2024-03-31").profile(), "weightProfiles/" + id);
  }
  EXPECT_EQ(CardOf("accounts/acme/scorecards/2024-Q1").weights().profile(),
            "weightProfiles/of-acme");
  // beta is anna's too, but another segment's; gamma is the same segment's, but boris's.
  EXPECT_EQ(Resolve("accounts/beta", "2024-03-31").profile(), "weightProfiles/of-anna");
  EXPECT_EQ(Resolve("accounts/gamma", "2024-03-31").profile(), "weightProfiles/of-enterprise");
  EXPECT_EQ(Resolve("managers/anna", "2024-03-31").profile(), "weightProfiles/of-anna");
  EXPECT_EQ(Resolve("teams/north", "2024-03-31").profile(), "weightProfiles/of-north");
  EXPECT_EQ(Resolve("organization", "2024-03-31").profile(), "weightProfiles/default");

  v1::ExplainResolutionRequest explain;
  explain.set_subject("accounts/acme");
  explain.set_date("2024-03-31");
  const auto explained = client().ExplainResolution(explain);
  ASSERT_THAT(explained, IsOk());
  std::vector<std::string> order;
  for (const auto& candidate : explained->candidates()) {
    order.push_back(candidate.profile());
    EXPECT_EQ(candidate.won(), order.size() == 1) << candidate.DebugString();
    EXPECT_NE(candidate.why(), "");
  }
  EXPECT_EQ(order,
            (std::vector<std::string>{"weightProfiles/of-acme", "weightProfiles/of-anna",
                                      "weightProfiles/of-north", "weightProfiles/of-enterprise",
                                      "weightProfiles/default"}));
  // A second one for the same is refused, by name.
  const auto twice = PutInForce(FlatProfile("also-anna", "manager: 'managers/anna'", 1, 0, 0));
  EXPECT_FALSE(twice.ok());
  EXPECT_THAT(twice, MessageHas("of-anna"));
}

TEST_F(WeightingRulesTest, ARunningPeriodIsHeldAgainstTheTargetOfItsDaysSoFar) {
  // Of 92 days the last 45 before today are over. Another 600 came in yesterday.
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  const std::string from = absl::FormatCivilTime(today - 45);
  const std::string to = absl::FormatCivilTime(today + 47);
  ASSERT_THAT(client().AppendFacts({Batch(
                  "invoice_line",
                  {"fact_id", "account_id", "occurred_at", "invoice_id", "amount", "sale_kind"},
                  {{std::string("late"), std::string("acme"), At{absl::FormatCivilTime(today - 1)},
                    std::string("late"), 600.0, std::string("base")}})}),
              IsOk());
  v1::CreateTargetSeriesRequest create;
  create.set_target_series_id("plan");
  create.set_reason("the year's plan");
  *create.mutable_target_series() = Parsed<v1::TargetSeries>(
      absl::StrCat("kpi: 'kpis/revenue_per_account' pacing: PACING_LINEAR points { start_date: '",
                   from, "' end_date: '", to, "' value: 920 }"));
  ASSERT_THAT(As("ada").CreateTargetSeries(create), IsOk());

  v1::GetScorecardRequest request;
  request.set_name(absl::StrCat("organization/scorecards/", from, "..", to));
  request.add_kpis("kpis/revenue_per_account");
  const v1::Scorecard card = CardOf(request);
  // The day may have changed meanwhile.
  absl::CivilDay as_of;
  ASSERT_TRUE(absl::ParseCivilTime(card.receipt().as_of_date(), &as_of));
  const double target = 920.0 * static_cast<double>(as_of - (today - 45)) / 92;
  const v1::KpiResult result = ResultIn(card, "kpis/revenue_per_account");
  EXPECT_DOUBLE_EQ(result.value(), 200);  // 600 over three accounts
  EXPECT_DOUBLE_EQ(result.target(), target);
  EXPECT_DOUBLE_EQ(result.full_target(), 920);
  EXPECT_EQ(result.target_source(), "targetSeries/plan");
  EXPECT_THAT(result.target_note(), HasSubstr("of 92 days"));
  EXPECT_DOUBLE_EQ(result.attainment(), 1 + (200 - target) / target);
  EXPECT_DOUBLE_EQ(result.target_gap(), 200 - target);

  // A list can be filtered by it.
  v1::ListScorecardsRequest list;
  list.set_parent("accounts/-");
  list.set_period(absl::StrCat(from, "..", to));
  list.set_filter("kpis.revenue_per_account.attainment > 1");
  const auto reached = client().ListScorecards(list);
  ASSERT_THAT(reached, IsOk());
  ASSERT_EQ(reached->scorecards_size(), 1);
  EXPECT_EQ(reached->scorecards(0).subject(), "accounts/acme");  // 600 of 450
  list.set_filter("kpis.revenue_per_account.target_gap < 0");
  const auto missed = client().ListScorecards(list);
  ASSERT_THAT(missed, IsOk());
  EXPECT_EQ(missed->total_size(), 2);
}

TEST_F(WeightingRulesTest, ACurveOverAttainmentScoresAgainstTheProfilesTarget) {
  v1::WeightProfile profile = FlatProfile("default", "", 0, 1, 0);
  *profile.add_kpis() = Parsed<v1::KpiWeight>(
      "kpi: 'kpis/opportunity_conversion_rate' weight: 1 target: 60 "
      "curve_basis: CURVE_BASIS_ATTAINMENT "
      "curve { value: 0 score: 0 } curve { value: 1 score: 60 } curve { value: 1.5 score: 100 }");
  ASSERT_THAT(PutInForce(profile), IsOk());
  // 75 % of 60 % is 1.25 of it: 60 + 0.25 / 0.5 × 40.
  const v1::Scorecard card = CardOf(kAnnaQ1);
  const v1::KpiResult result = ResultIn(card, "kpis/opportunity_conversion_rate");
  EXPECT_DOUBLE_EQ(result.attainment(), 1.25);
  EXPECT_DOUBLE_EQ(result.score(), 80);
  EXPECT_DOUBLE_EQ(card.total(), 80);
  EXPECT_EQ(result.target_source(), "weightProfiles/default");
  v1::ExplainKpiResultRequest explain;
  explain.set_name(kAnnaQ1);
  explain.set_kpi("kpis/opportunity_conversion_rate");
  const auto explained = client().ExplainKpiResult(explain);
  ASSERT_THAT(explained, IsOk());
  EXPECT_THAT(explained->curve_step(), HasSubstr("the attainment 1.25 lies between 1 (score 60)"));
}

// From 2024 to next week: what there is in the small world, in a period that runs.
std::string RunningCard(const std::string& subject) {
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  return absl::StrCat(subject, "/scorecards/2024-01-01..", absl::FormatCivilTime(today + 8));
}

TEST_F(WeightingRulesTest, AnExceptionCountsWhileItLastsAndTheComputedScoreStaysBesideIt) {
  const std::string running = RunningCard("managers/anna");
  const v1::Scorecard before = CardOf(running);
  const v1::KpiResult computed = ResultIn(before, kNps);
  ASSERT_GT(computed.weight(), 0);
  CreateException("flood", "subject: 'managers/anna' kpi: 'kpis/net_promoter_score' score: 12.5");
  EXPECT_EQ(WithoutReceipt(CardOf(running)), WithoutReceipt(before));  // not yet approved
  ApproveException("flood");

  const v1::Scorecard after = CardOf(running);
  const v1::KpiResult overridden = ResultIn(after, kNps);
  EXPECT_EQ(overridden.score(), 12.5);
  EXPECT_EQ(overridden.computed_score(), computed.score());
  EXPECT_EQ(overridden.value(), computed.value());
  EXPECT_EQ(overridden.override().name(), "scoreOverrides/flood");
  EXPECT_EQ(overridden.override().reason(), "the flood");
  EXPECT_NE(overridden.override().expire_date(), "");
  EXPECT_THAT(overridden.override().author(), HasSubstr("ada"));
  EXPECT_THAT(overridden.override().approver(), HasSubstr("bob"));
  EXPECT_EQ(after.computed_total(), before.total());
  EXPECT_NEAR(after.total(), before.total() + computed.weight() * (12.5 - computed.score()), 1e-9);
  // It is Anna's alone, and had not begun when the first quarter ended.
  EXPECT_FALSE(CardOf(RunningCard("managers/boris")).has_computed_total());
  EXPECT_FALSE(CardOf(kAnnaQ1).has_computed_total());

  // Ended today, it counts for no period that goes on.
  v1::RevokeScoreOverrideRequest revoke;
  revoke.set_name("scoreOverrides/flood");
  revoke.set_reason("the water is gone");
  ASSERT_THAT(As("ada").RevokeScoreOverride(revoke), IsOk());
  EXPECT_EQ(WithoutReceipt(CardOf(running)), WithoutReceipt(before));
}

TEST_F(WeightingRulesTest, AnExemptionTakesTheKpiOutOfTheTotal) {
  const std::string running = RunningCard("managers/anna");
  const v1::Scorecard before = CardOf(running);
  CreateException("no-surveys",
                  "subject: 'managers/anna' kpi: 'kpis/net_promoter_score' exempt: true");
  ApproveException("no-surveys");
  const v1::Scorecard after = CardOf(running);
  const v1::KpiResult exempt = ResultIn(after, kNps);
  EXPECT_EQ(exempt.weight(), 0);
  EXPECT_FALSE(exempt.has_score());
  EXPECT_EQ(exempt.computed_score(), ResultIn(before, kNps).score());
  EXPECT_TRUE(exempt.override().exempt());
  EXPECT_EQ(after.computed_total(), before.total());
  double sum = 0, total = 0;
  for (const v1::KpiResult& result : after.kpis()) {
    sum += result.weight();
    total += result.weight() * result.score();
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_NEAR(after.total(), total, 1e-9);
}

}  // namespace
}  // namespace keyscore::testing
