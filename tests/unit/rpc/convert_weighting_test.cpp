// Resolved weights as the API shows them.
#include <gtest/gtest.h>

#include "rpc/convert.h"
#include "unit/weighting/registry_of.h"
#include "weighting/resolve.h"

namespace keyscore::rpc {
namespace {

const absl::CivilDay kDay(2026, 5, 15);

class ConvertWeightingTest : public testing::Test {
 protected:
  ConvertWeightingTest() {
    std::vector<kpis::LoadedKpi> kpis = {kpis::MakeKpi("sales", kpis::Pillar::kRevenue, 1),
                                         kpis::MakeKpi("trust", kpis::Pillar::kRelationships, 1),
                                         kpis::MakeKpi("churn", kpis::Pillar::kRetention, 1)};
    kpis[0].definition.title = "Sales";
    kpis[0].definition.description = "What was sold.";
    kpis[0].definition.unit = "EUR";
    kpis[1].definition.default_target = 80;
    kpis[2].definition.direction = kpis::Direction::kLowerIsBetter;
    registry_ = kpis::RegistryOf(std::move(kpis));
    rules_ = *weighting::BuiltInRules();
    facts_.kind = store::SubjectKind::kManager;
    facts_.id = "kim";
    facts_.display_name = "Kim Doe";
    facts_.role_started = absl::CivilDay(2025, 1, 1);  // 16 whole months on the day
  }

  // As on 15 May 2026.
  v1::WeightResolution Shown() {
    const auto weights = weighting::Resolve(rules_, facts_, kDay, *registry_);
    EXPECT_TRUE(weights.ok()) << weights.status();
    return weights.ok() ? ToProto(facts_, kDay, *weights) : v1::WeightResolution();
  }
  static v1::ResolvedKpiWeight Kpi(const v1::WeightResolution& shown, const std::string& id) {
    for (const v1::ResolvedKpiWeight& kpi : shown.kpis()) {
      if (kpi.kpi() == "kpis/" + id) return kpi;
    }
    ADD_FAILURE() << "no " << id;
    return {};
  }
  // Two quarters' targets for sales, for everyone.
  void AddSeries(weighting::Pacing pacing) {
    weighting::TargetSeries series;
    series.id = "sales-plan";
    series.content.kpi_id = "sales";
    series.content.pacing = pacing;
    series.content.points = {
        {.from = absl::CivilDay(2026, 1, 1), .to = std::nullopt, .value = 100},
        {.from = absl::CivilDay(2026, 4, 1), .to = absl::CivilDay(2026, 7, 1), .value = 120}};
    rules_.targets.push_back(series);
  }

  std::shared_ptr<const kpis::RegistrySnapshot> registry_;
  weighting::Rules rules_;
  weighting::SubjectFacts facts_;
};

TEST_F(ConvertWeightingTest, SaysWhoseWeightsTheyAreAndWhere) {
  const v1::WeightResolution shown = Shown();
  EXPECT_EQ(shown.subject(), "managers/kim");
  EXPECT_EQ(shown.subject_display_name(), "Kim Doe");
  EXPECT_EQ(shown.date(), "2026-05-15");
  EXPECT_EQ(shown.profile(), "weightProfiles/default");
  EXPECT_EQ(shown.profile_revision(), 1);
  EXPECT_EQ(shown.profile_display_name(), rules_.versions[0].profile.content.display_name);
  EXPECT_EQ(shown.tenure_months(), 16);
  EXPECT_EQ(shown.tenure_band(), "under 18 months");
  // 60 % of the total, and the pillar's only KPI.
  EXPECT_DOUBLE_EQ(Kpi(shown, "trust").weight(), 0.6);
  EXPECT_DOUBLE_EQ(Kpi(shown, "trust").weight_in_pillar(), 1);
}

TEST_F(ConvertWeightingTest, TellsWhatAKpiIs) {
  const v1::WeightResolution shown = Shown();
  EXPECT_EQ(Kpi(shown, "sales").title(), "Sales");
  EXPECT_EQ(Kpi(shown, "sales").description(), "What was sold.");
  EXPECT_EQ(Kpi(shown, "sales").unit(), "EUR");
  EXPECT_EQ(Kpi(shown, "sales").direction(), "higher");
  EXPECT_EQ(Kpi(shown, "churn").direction(), "lower");
  EXPECT_EQ(Kpi(shown, "sales").missing_data(), v1::MISSING_DATA_POLICY_REDISTRIBUTE_IN_PILLAR);
  EXPECT_EQ(Kpi(shown, "sales").curve_basis(), v1::CURVE_BASIS_VALUE);
}

TEST_F(ConvertWeightingTest, AKpisOwnTargetNamesTheKpi) {
  const v1::WeightResolution shown = Shown();
  EXPECT_EQ(Kpi(shown, "trust").target(), 80);
  EXPECT_EQ(Kpi(shown, "trust").target_source(), "kpis/trust");
  EXPECT_FALSE(Kpi(shown, "sales").has_target());
  EXPECT_EQ(Kpi(shown, "sales").target_source(), "");
}

TEST_F(ConvertWeightingTest, ASeriesShowsTheValueOfThePointThatHolds) {
  AddSeries(weighting::Pacing::kLevel);
  const v1::ResolvedKpiWeight sales = Kpi(Shown(), "sales");
  EXPECT_EQ(sales.target(), 120);
  EXPECT_EQ(sales.target_source(), "targetSeries/sales-plan");
  EXPECT_EQ(sales.target_pacing(), v1::TargetSeries::PACING_LEVEL);
}

TEST_F(ConvertWeightingTest, APacedSeriesShowsWhatTheWholeSpanAsks) {
  AddSeries(weighting::Pacing::kLinear);
  const v1::ResolvedKpiWeight sales = Kpi(Shown(), "sales");
  EXPECT_EQ(sales.target(), 120);
  EXPECT_EQ(sales.target_pacing(), v1::TargetSeries::PACING_LINEAR);
}

TEST_F(ConvertWeightingTest, AnExceptionInForceIsNamed) {
  weighting::ScoreOverride exception;
  exception.id = "leave";
  exception.subject_id = "kim";
  exception.kpi_id = "sales";
  exception.start_date = kDay;
  exception.expire_date = kDay + 1;
  exception.state = weighting::OverrideState::kActive;
  rules_.overrides.push_back(exception);
  EXPECT_EQ(Kpi(Shown(), "sales").override(), "scoreOverrides/leave");
  EXPECT_EQ(Kpi(Shown(), "trust").override(), "");
  rules_.overrides[0].expire_date = kDay;
  EXPECT_EQ(Kpi(Shown(), "sales").override(), "");
}

}  // namespace
}  // namespace keyscore::rpc
