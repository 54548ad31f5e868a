// The 95 % intervals of the oracle's KPIs, worked out a second time from counts, means and
// deviations that SQL takes from the raw facts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "integration/oracle/formulas.h"
#include "integration/oracle/intervals.h"
#include "integration/oracle/world.h"
#include "support/matchers.h"

namespace keyscore::testing {
namespace {

using sql::Interval;
using ::testing::DoubleNear;

// A variance from sums of squares loses some digits.
bool Near(double a, double b) {
  return std::fabs(a - b) <= 1e-7 * std::max({1.0, std::fabs(a), std::fabs(b)});
}

std::string Difference(const v1::KpiResult& result, const std::optional<Limits>& expected) {
  if (result.has_value_low() != result.has_value_high()) return "only one end";
  const std::string shown = result.has_value_low()
                                ? fmt::format("{:.10g} to {:.10g} of {}", result.value_low(),
                                              result.value_high(), result.sample_size())
                                : "none";
  if (!expected.has_value()) return result.has_value_low() ? shown + ", expected none" : "";
  if (result.has_value_low() && Near(result.value_low(), expected->low) &&
      Near(result.value_high(), expected->high)) {
    return "";
  }
  return fmt::format("{}, expected {:.10g} to {:.10g}", shown, expected->low, expected->high);
}

TEST(IntervalDefinitionTest, AgreesWithPublishedFigures) {
  // 7 of 10: Wilson 1927 gives 0.397 to 0.892.
  const auto wilson = WilsonLimits(7, 10);
  ASSERT_TRUE(wilson.has_value());
  EXPECT_THAT(wilson->low, DoubleNear(39.68, 0.005));
  EXPECT_THAT(wilson->high, DoubleNear(89.22, 0.005));
  // t(4) = 2.776 by every table: 2.776 × 2 / sqrt(5) = 2.483.
  const auto mean = MeanLimits(10, 2, 5);
  ASSERT_TRUE(mean.has_value());
  EXPECT_THAT(mean->high, DoubleNear(12.483, 0.0005));
  EXPECT_FALSE(MeanLimits(10, 0, 1).has_value());
}

class OracleIntervalsTest : public ::testing::TestWithParam<WorldSettings> {};

TEST_P(OracleIntervalsTest, AgreeWithFiguresFromSql) {
  const auto world = World::Make(GetParam());
  ASSERT_THAT(world, IsOk());
  std::map<std::string, std::string> units;
  const auto catalogue = (*world)->client().ListKpis({});
  ASSERT_THAT(catalogue, IsOk());
  for (const v1::Kpi& kpi : catalogue->kpis()) units[kpi.name()] = kpi.unit();
  std::vector<std::string> kpis;
  for (const Formula& formula : Formulas()) {
    if (formula.answer.interval != Interval::kNone) kpis.push_back(formula.kpi);
  }
  EXPECT_GT(kpis.size(), 45u);

  std::map<std::string, int> with_interval;
  std::map<Interval, int> of_kind;
  std::map<std::string, int> differences;
  const std::vector<AskedPeriod>& periods = (*world)->periods();
  for (const size_t p : {size_t{1}, size_t{3}, size_t{4}}) {
    const auto response = (*world)->Cards(periods[p], kpis);
    ASSERT_THAT(response, IsOk());
    for (size_t i = 0; i < kpis.size(); ++i) {
      const sql::Answer& answer = FormulaOf(kpis[i]).answer;
      auto expected = ExpectedLimits((*world)->duck(), answer, units["kpis/" + kpis[i]]);
      for (const v1::Scorecard& card : response->scorecards()) {
        const v1::KpiResult& result = card.kpis(static_cast<int>(i));
        const std::optional<Limits>& limits = expected[card.subject()];
        const std::string difference = Difference(result, limits);
        if (!difference.empty() && ++differences[kpis[i]] <= 3) {
          ADD_FAILURE() << kpis[i] << " " << card.name() << ": " << difference;
        }
        if (!limits.has_value()) continue;
        ++with_interval[kpis[i]];
        ++of_kind[answer.interval];
        EXPECT_LE(limits->low, result.value() + 1e-9) << kpis[i] << " " << card.name();
        EXPECT_GE(limits->high, result.value() - 1e-9) << kpis[i] << " " << card.name();
      }
    }
  }
  for (const Interval kind :
       {Interval::kWilson, Interval::kMean, Interval::kPromoters, Interval::kAccounts}) {
    EXPECT_GT(of_kind[kind], 20);
  }
}

INSTANTIATE_TEST_SUITE_P(Worlds, OracleIntervalsTest,
                         ::testing::Values(WorldSettings{5, "Europe/Berlin"}),
                         [](const auto&) { return "Seed5Berlin"; });

}  // namespace
}  // namespace keyscore::testing
