// Random profiles, with every policy for what is missing, curves over values and attainments, and
// exceptions: what the server makes of them is what the scoring page says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "integration/oracle/scoring_case.h"

namespace keyscore::testing {
namespace {

constexpr unsigned kProfiles = 4;

class RandomProfiles : public ScoringTest {
 protected:
  double Uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  size_t Below(size_t end) { return random_() % end; }

  // Some of them 0; they sum to 1.
  std::vector<double> Split(size_t count) {
    std::vector<double> parts(count);
    double sum = 0;
    for (double& part : parts) sum += part = Below(4) == 0 ? 0 : Uniform(0.1, 1);
    if (sum == 0) parts[0] = sum = 1;
    for (double& part : parts) part /= sum;
    return parts;
  }

  v1::WeightProfile NextProfile() {
    v1::WeightProfile profile = DefaultProfile();
    profile.set_minimum_coverage(Below(2) == 0 ? 0.5 : Uniform(0, 1));
    profile.set_band_policy(Below(2) == 0 ? v1::BAND_POLICY_TIME_WEIGHTED
                                          : v1::BAND_POLICY_AT_PERIOD_END);
    for (v1::TenureBand& band : *profile.mutable_tenure_bands()) {
      SetShares(Split(4), band.mutable_pillars());
    }
    if (Below(4) == 0) profile.clear_tenure_bands();
    SetShares(Split(4), profile.mutable_untenured_pillars());

    std::map<std::string, v1::KpiWeight> kpis;
    for (const v1::Pillar pillar : kPillars) {
      std::vector<std::string> of_pillar;
      for (const auto& [name, kpi] : catalogue_) {
        if (kpi.pillar() == pillar) of_pillar.push_back(name);
      }
      if (Below(3) == 0) continue;  // as its plugin weighs them
      std::shuffle(of_pillar.begin(), of_pillar.end(), random_);
      const std::vector<double> weights = Split(2 + Below(4));
      for (size_t i = 0; i < weights.size(); ++i) kpis[of_pillar[i]].set_weight(weights[i]);
    }
    for (const auto& [name, kpi] : catalogue_) {
      if (Below(3) != 0) Bend(kpi, kpis[name]);
    }
    for (auto& [name, kpi] : kpis) {
      kpi.set_kpi(name);
      *profile.add_kpis() = kpi;
    }
    return profile;
  }

  void Bend(const v1::Kpi& kpi, v1::KpiWeight& weight) {
    // One that blocks leaves no total to compare, so it is rare.
    weight.set_missing_data(
        Below(30) == 0 ? v1::MISSING_DATA_POLICY_BLOCK
                       : static_cast<v1::MissingDataPolicy>(1 + static_cast<int>(Below(4))));
    if (Below(2) == 0) weight.set_target(Uniform(0.5, 80));
    if (Below(3) != 0 || kpi.direction() == v1::Kpi::DIRECTION_RANGE_IS_BEST) return;
    weight.set_curve_basis(v1::CURVE_BASIS_ATTAINMENT);
    double attainment = Uniform(-1, 0.5);
    double score = Uniform(0, 20);
    for (size_t points = 2 + Below(3); points > 0; --points) {
      v1::CurvePoint& point = *weight.add_curve();
      point.set_value(attainment);
      point.set_score(score);
      attainment += Uniform(0.1, 1);
      score = std::min(100.0, score + Uniform(0, 60));
    }
  }

  void Publish(const v1::WeightProfile& profile) {
    v1::UpdateWeightProfileRequest update;
    *update.mutable_weight_profile() = profile;
    update.mutable_update_mask()->add_paths("*");
    update.set_reason("drawn");
    ASSERT_THAT(server_->client().UpdateWeightProfile(update), IsOk());
    v1::PublishWeightProfileRequest publish;
    publish.set_name(profile.name());
    publish.set_reason("drawn");
    ASSERT_THAT(server_->client().PublishWeightProfile(publish), IsOk());
  }

  // For 2024. Nobody is excepted twice from one KPI.
  void Except(const std::string& subject, const std::string& kpi) {
    auto& exceptions = exceptions_[subject];
    if (exceptions.count(kpi) > 0) return;
    v1::CreateScoreOverrideRequest create;
    create.set_score_override_id("drawn-" + std::to_string(++drawn_));
    v1::ScoreOverride& exception = *create.mutable_score_override();
    exception.set_subject(subject);
    exception.set_kpi(kpi);
    exception.set_start_date("2024-01-01");
    exception.set_expire_date("2025-01-01");
    exception.set_reason("drawn");
    std::optional<double> score;
    if (Below(2) == 0) score = Uniform(0, 100);
    if (score) {
      exception.set_score(*score);
    } else {
      exception.set_exempt(true);
    }
    const auto created = server_->client().CreateScoreOverride(create);
    if (absl::IsNotFound(created.status())) return;  // not yet a subject on that day
    ASSERT_THAT(created, IsOk());
    v1::ApproveScoreOverrideRequest approve;
    approve.set_name(created->name());
    approve.set_reason("drawn");
    ASSERT_THAT(server_->client().ApproveScoreOverride(approve), IsOk());
    exceptions[kpi] = score;
  }

  std::mt19937 random_{2024};
  int drawn_ = 0;
  std::map<std::string, std::map<std::string, std::optional<double>>> exceptions_;
};

TEST_F(RandomProfiles, AgreeWithTheScoringPage) {
  const std::map<std::string, absl::CivilDay> role_starts = RoleStarts();
  const std::vector<v1::Scorecard> subjects = Cards("2024-06");
  std::vector<std::string> names;
  for (const auto& [name, kpi] : catalogue_) names.push_back(name);
  int scored = 0;
  int assumed = 0;
  int excepted = 0;
  int blocked = 0;
  for (unsigned round = 0; round < kProfiles; ++round) {
    const v1::WeightProfile profile = NextProfile();
    Publish(profile);
    for (int i = 0; i < 10; ++i) {
      Except(subjects[Below(subjects.size())].subject(), names[Below(names.size())]);
    }
    if (HasFatalFailure()) return;
    PlainRules rules;
    for (const v1::KpiWeight& kpi : profile.kpis()) rules.weights[kpi.kpi()] = kpi;
    for (const std::string period : {"2024-02", "2024-Q3"}) {
      for (const v1::Scorecard& card : Cards(period)) {
        SCOPED_TRACE(card.name());
        std::optional<absl::CivilDay> since;
        const auto start = role_starts.find(card.subject());
        if (start != role_starts.end()) {
          since = start->second;
          if (*since >= DayOf(card.period().end_date())) continue;  // another role, or none
        }
        rules.shares = SharesOf(profile, since, card.period());
        rules.exceptions = exceptions_[card.subject()];
        const PlainTotal plain = PlainScore(card, catalogue_, rules);
        Compare(card, plain);
        const bool counts = std::any_of(
            rules.exceptions.begin(), rules.exceptions.end(), [&](const auto& exception) {
              const auto weight = plain.nominal_weights.find(exception.first);
              return weight != plain.nominal_weights.end() && weight->second > 0;
            });
        if (counts) {
          rules.exceptions.clear();
          const PlainTotal computed = PlainScore(card, catalogue_, rules);
          const bool shown = computed.total.has_value() && computed.blocked_by.empty() &&
                             computed.coverage >= card.minimum_coverage() - kTolerance;
          EXPECT_EQ(card.has_computed_total(), shown);
          if (shown) {
            EXPECT_THAT(card.computed_total(),
                        ::testing::DoubleNear(*computed.total, 100 * kTolerance));
          }
          ++excepted;
        } else {
          EXPECT_FALSE(card.has_computed_total());
        }
        if (HasFailure()) {
          FAIL() << "profile " << round << ": " << profile.ShortDebugString() << "\n"
                 << card.ShortDebugString();
        }
        scored += card.has_total() ? 1 : 0;
        assumed += card.has_total() && !plain.assumed_scores.empty() ? 1 : 0;
        blocked += plain.blocked_by.empty() ? 0 : 1;
      }
    }
  }
  EXPECT_GT(scored, 200);
  EXPECT_GT(assumed, 80);
  EXPECT_GT(excepted, 5);
  EXPECT_GT(blocked, 0);
}

}  // namespace
}  // namespace keyscore::testing
