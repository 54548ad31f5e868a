// What must hold of any card, from facts to total: random curves over values and attainments,
// targets, policies, exceptions and gaps, from fixed seeds.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include "unit/scoring/card_world.h"

namespace keyscore::scoring {
namespace {

using kpis::Direction;

constexpr int kRounds = 40;
constexpr int kPairs = 60;  // of managers a round

class CardPropertyTest : public CardWorld {
 protected:
  double Uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  size_t Below(size_t end) { return random_() % end; }

  // Points that rise, or fall, from `first` to about `last`.
  std::vector<kpis::CurvePoint> Curve(double first, double last, bool rises) {
    std::vector<kpis::CurvePoint> curve;
    const size_t points = 2 + Below(4);
    double score = Uniform(0, 30);
    for (size_t i = 0; i < points; ++i) {
      const auto part = static_cast<double>(i) / static_cast<double>(points - 1);
      curve.push_back({first + part * (last - first), score});
      score = std::min(100.0, score + Uniform(0, 50));
    }
    if (!rises) {
      for (kpis::CurvePoint& point : curve) point.score = 100 - point.score;
    }
    return curve;
  }

  // One or two KPIs a pillar, a profile that bends some of them.
  void DrawWorld() {
    std::vector<kpis::LoadedKpi> kpis;
    weighting::WeightProfile profile = weighting::DefaultProfile();
    profile.content.minimum_coverage = 0;
    for (size_t k = 0; k < 6; ++k) {
      const std::string id = "kpi" + std::to_string(k);
      kpis::LoadedKpi& kpi =
          kpis.emplace_back(ValueKpi(id, kpis::kPillars[k % 3], 0.1 + Uniform(0, 1)));
      const bool rises = Below(2) == 0;
      kpi.definition.direction = rises ? Direction::kHigherIsBetter : Direction::kLowerIsBetter;
      kpi.definition.curve = Curve(0, 1'000, rises);
      weighting::KpiWeight weight{.kpi_id = id};
      weight.missing = static_cast<weighting::MissingPolicy>(1 + static_cast<int>(Below(4)));
      if (Below(2) == 0) {
        weight.basis = weighting::CurveBasis::kAttainment;
        weight.curve = Curve(-1, 3, /*rises=*/true);
        // At times there is no target to attain.
        if (Below(8) != 0) weight.target = Uniform(50, 900) * (Below(6) == 0 ? -1 : 1);
      }
      profile.content.kpis.push_back(weight);
    }
    pinned_.registry = kpis::RegistryOf(kpis);
    rules_ = RulesOf({profile});
  }

  // Each pair has the same facts, but that the second is better in one KPI.
  void DrawPairs() {
    store_.facts.clear();
    request_.subjects.clear();
    for (int pair = 0; pair < kPairs; ++pair) {
      const absl::CivilDay start = absl::CivilDay(2014, 1, 1) + static_cast<int>(Below(1'200));
      const std::string one = std::to_string(pair) + "a";
      const std::string other = std::to_string(pair) + "b";
      request_.subjects.push_back(Manager(one, start));
      request_.subjects.push_back(Manager(other, start));
      const size_t better = Below(6);
      for (const kpis::LoadedKpi* kpi : pinned_.registry->kpis()) {
        if (Below(4) == 0) continue;
        const std::string& id = kpi->definition.id;
        const double value = Uniform(0, 1'000);
        double raised = value;
        if (id == "kpi" + std::to_string(better)) {
          const bool rises = kpi->definition.direction == Direction::kHigherIsBetter;
          const double end = rises ? 1'000 : 0;
          raised =
              Below(2) == 0 ? std::nextafter(value, end) : value + (end - value) * Uniform(0, 1);
        }
        Record(id, one, value);
        Record(id, other, raised);
      }
      if (Below(5) == 0) Except(one, other, "kpi" + std::to_string(Below(6)));
    }
    SetRules(rules_);
  }

  void Except(const std::string& one, const std::string& other, const std::string& kpi) {
    const std::optional<double> score =
        Below(2) == 0 ? std::optional<double>(Uniform(0, 100)) : std::nullopt;
    for (const std::string& subject : {one, other}) {
      weighting::ScoreOverride& exception = rules_.overrides.emplace_back();
      exception.id = "of-" + subject;
      exception.subject_id = subject;
      exception.kpi_id = kpi;
      exception.score = score;
      exception.start_date = absl::CivilDay(2017, 1, 1);
      exception.expire_date = absl::CivilDay(2018, 1, 1);
      exception.state = weighting::OverrideState::kActive;
    }
  }

  std::vector<Scorecard> Draw(unsigned seed) {
    random_.seed(seed);
    DrawWorld();
    DrawPairs();
    return Make();
  }

  std::mt19937 random_;
  weighting::Rules rules_;
};

TEST_F(CardPropertyTest, MoreOfAGoodThingNeverLowersTheTotal) {
  int compared = 0;
  int higher = 0;
  for (unsigned seed = 1; seed <= kRounds; ++seed) {
    const std::vector<Scorecard> cards = Draw(seed);
    for (size_t i = 0; i < cards.size(); i += 2) {
      const std::optional<double> total = cards[i].total.total;
      ASSERT_EQ(total.has_value(), cards[i + 1].total.total.has_value());
      if (!total) continue;
      ++compared;
      ASSERT_GE(*cards[i + 1].total.total, *total) << "seed " << seed << ", pair " << i / 2;
      if (*cards[i + 1].total.total > *total) ++higher;
    }
  }
  EXPECT_GT(compared, 2'000);
  EXPECT_GT(higher, 200);
}

TEST_F(CardPropertyTest, WeightsOfWhatCountsSumToOneAndTheTotalIsTheirs) {
  for (unsigned seed = 1; seed <= kRounds; ++seed) {
    for (const Scorecard& card : Draw(seed)) {
      if (!card.total.total) continue;
      double weights = 0;
      double total = 0;
      for (const KpiLine& line : card.lines) {
        weights += line.weight;
        total += line.weight * line.score.value_or(line.assumed_score.value_or(0));
        ASSERT_FALSE(line.score && line.assumed_score);
      }
      ASSERT_NEAR(weights, 1, 1e-9);
      ASSERT_NEAR(total, *card.total.total, 1e-9);
      ASSERT_LE(card.total.low, *card.total.total);
      ASSERT_GE(card.total.high, *card.total.total);
    }
  }
}

TEST_F(CardPropertyTest, WithoutExceptionsTheTotalIsTheComputedOne) {
  int excepted = 0;
  for (unsigned seed = 1; seed <= kRounds; ++seed) {
    const std::vector<Scorecard> cards = Draw(seed);
    rules_.overrides.clear();
    SetRules(rules_);
    const std::vector<Scorecard> computed = Make();
    for (size_t i = 0; i < cards.size(); ++i) {
      if (!cards[i].computed_total) continue;
      ++excepted;
      ASSERT_EQ(cards[i].computed_total, computed[i].total.total);
    }
  }
  EXPECT_GT(excepted, 200);
}

TEST_F(CardPropertyTest, TheSameQuestionGivesTheSameBits) {
  for (unsigned seed = 1; seed <= kRounds; ++seed) {
    const std::vector<Scorecard> once = Draw(seed);
    const std::vector<Scorecard> again = Make();
    for (size_t i = 0; i < once.size(); ++i) {
      ASSERT_EQ(once[i].total.total.has_value(), again[i].total.total.has_value());
      ASSERT_EQ(std::bit_cast<uint64_t>(once[i].total.total.value_or(-1)),
                std::bit_cast<uint64_t>(again[i].total.total.value_or(-1)));
      ASSERT_EQ(once[i].total.effective_weights, again[i].total.effective_weights);
    }
  }
}

}  // namespace
}  // namespace keyscore::scoring
