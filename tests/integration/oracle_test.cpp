// The oracle: every KPI of the catalogue but one is computed a second time, by SQL over the raw
// facts, for every subject and many periods, and must agree with what the server answers, with
// measures in memory (the default) and without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "fmt/format.h"
#include "integration/oracle/formulas.h"
#include "integration/oracle/world.h"
#include "support/matchers.h"

namespace keyscore::testing {
namespace {

// Counts, which are 0 and not unknown where nothing happened.
const std::set<std::string>& AlwaysKnown() {
  static const auto* const kpis =
      new std::set<std::string>{"new_business_opportunities", "number_of_referrals"};
  return *kpis;
}

using BySubject = std::map<std::string, std::optional<double>>;

BySubject Expected(Duck& duck, const Formula& formula) {
  BySubject expected;
  for (const Duck::Entry& entry : duck.AskNumbers(formula.answer.sql)) {
    expected[entry.key] = entry.value;
  }
  return expected;
}

// Within 1e-9, relative; absolute where the value is small.
bool Agree(double a, double b) {
  return std::fabs(a - b) <= 1e-9 * std::max({1.0, std::fabs(a), std::fabs(b)});
}

std::string Difference(const v1::KpiResult& result, const std::optional<double>& expected) {
  const std::string state = v1::KpiResult::State_Name(result.state());
  if (!expected.has_value()) {
    return result.state() == v1::KpiResult::NO_DATA
               ? ""
               : fmt::format("{} {:.12g} ({}), expected NO_DATA", state, result.value(),
                             result.state_reason());
  }
  if (result.state() != v1::KpiResult::VALUE) {
    return fmt::format("{} ({}), expected {:.12g}", state, result.state_reason(), *expected);
  }
  if (Agree(result.value(), *expected)) return "";
  return fmt::format("{:.12g}, expected {:.12g}", result.value(), *expected);
}

struct Seen {
  int values = 0;
  int gaps = 0;
  std::set<double> different;
};

class OracleTest : public ::testing::TestWithParam<WorldSettings> {};

TEST_P(OracleTest, EveryKpiOfEverySubjectAgreesWithSql) {
  const auto world = World::Make(GetParam());
  ASSERT_THAT(world, IsOk());
  std::vector<std::string> kpis;
  for (const Formula& formula : Formulas()) kpis.push_back(formula.kpi);
  ASSERT_EQ(kpis.size(), 74u);

  std::map<std::string, Seen> seen;
  std::map<std::string, int> differences;
  for (const AskedPeriod& period : (*world)->periods()) {
    const auto response = (*world)->Cards(period, kpis);
    ASSERT_THAT(response, IsOk()) << period.expression;
    ASSERT_EQ(response->scorecards_size(), static_cast<int>((*world)->Subjects().size()));
    for (const v1::Scorecard& card : response->scorecards()) {
      EXPECT_EQ(card.period().start_date(), period.from) << card.name();
      EXPECT_EQ(card.period().end_date(), period.to) << card.name();
      ASSERT_EQ(card.kpis_size(), static_cast<int>(kpis.size())) << card.name();
    }
    for (size_t i = 0; i < kpis.size(); ++i) {
      BySubject expected = Expected((*world)->duck(), Formulas()[i]);
      for (const v1::Scorecard& card : response->scorecards()) {
        const v1::KpiResult& result = card.kpis(static_cast<int>(i));
        ASSERT_EQ(result.kpi(), "kpis/" + kpis[i]);
        const std::optional<double>& value = expected[card.subject()];
        const std::string difference = Difference(result, value);
        // A few differences of a KPI are enough to see what is wrong.
        if (!difference.empty() && ++differences[kpis[i]] <= 3) {
          ADD_FAILURE() << kpis[i] << " " << card.name() << ": " << difference;
        }
        if (value.has_value()) {
          ++seen[kpis[i]].values;
          seen[kpis[i]].different.insert(*value);
        } else {
          ++seen[kpis[i]].gaps;
        }
      }
    }
  }
  // The comparison is worth something: each KPI has values, not all the same, and gaps.
  for (const std::string& kpi : kpis) {
    EXPECT_GT(seen[kpi].values, 20) << kpi;
    EXPECT_GT(seen[kpi].different.size(), 5u) << kpi;
    if (AlwaysKnown().count(kpi) > 0) {
      EXPECT_EQ(seen[kpi].gaps, 0) << kpi;
    } else {
      EXPECT_GT(seen[kpi].gaps, 0) << kpi;
    }
    EXPECT_EQ(differences[kpi], 0) << kpi;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Worlds, OracleTest,
    ::testing::Values(WorldSettings{1, "UTC"}, WorldSettings{1, "Europe/Berlin"},
                      WorldSettings{2, "Europe/Berlin"}, WorldSettings{3, "UTC"},
                      WorldSettings{4, "America/New_York", 4},
                      WorldSettings{2, "America/New_York", 4, /*engine_only=*/true}),
    [](const auto& info) {
      return fmt::format("Seed{}{}{}{}", info.param.seed,
                         absl::StrReplaceAll(info.param.time_zone, {{"/", ""}, {"_", ""}}),
                         info.param.fiscal_year_start_month == 1 ? "" : "YearsFromApril",
                         info.param.engine_only ? "ByTheEngine" : "");
    });

}  // namespace
}  // namespace keyscore::testing
