// The oracle: every KPI of the first slice is computed a second time, by SQL over the raw facts,
// for every subject and several periods, and must agree with what the server answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "integration/oracle/formulas.h"
#include "integration/oracle/raw_facts.h"
#include "support/duck.h"
#include "support/matchers.h"
#include "support/sample.h"
#include "support/server.h"

namespace keyscore::testing {
namespace {

struct World {
  int seed;
  std::string time_zone;
};

void PrintTo(const World& world, std::ostream* out) {
  *out << "seed " << world.seed << " in " << world.time_zone;
}

const std::vector<AskedPeriod>& Periods() {
  static const auto* const periods = new std::vector<AskedPeriod>{
      {"2024-02", "2024-02-01", "2024-03-01", "2023-02-01", "2023-03-01"},
      {"2023-Q1", "2023-01-01", "2023-04-01", "2022-01-01", "2022-04-01"},
      {"2025-Q3", "2025-07-01", "2025-10-01", "2024-07-01", "2024-10-01"},
      {"2024", "2024-01-01", "2025-01-01", "2023-01-01", "2024-01-01"},
      {"2024-02-11..2024-05-03", "2024-02-11", "2024-05-03", "2023-02-11", "2023-05-03"},
      // Berlin's clocks go forward on this day.
      {"2024-03-31", "2024-03-31", "2024-04-01", "2023-03-31", "2023-04-01"},
      // The last day of it is 28 February, a year earlier as well.
      {"trailing-90d@2024-02-29", "2023-12-01", "2024-02-29", "2022-12-01", "2023-03-01"},
      {"trailing-90d@2025-12-31", "2025-10-02", "2025-12-31", "2024-10-02", "2024-12-31"},
  };
  return *periods;
}

using ByKpi = std::map<std::string, std::map<std::string, std::optional<double>>>;

ByKpi Expected(Duck& duck) {
  ByKpi expected;
  for (const Formula& formula : Formulas()) {
    auto& values = expected["kpis/" + formula.kpi];
    for (const Duck::Entry& entry : duck.AskNumbers(formula.sql)) values[entry.key] = entry.value;
  }
  return expected;
}

// Within 1e-9, relative; absolute where the value is small.
bool Agree(double a, double b) {
  return std::fabs(a - b) <= 1e-9 * std::max({1.0, std::fabs(a), std::fabs(b)});
}

std::string Difference(const v1::KpiResult& result, const std::optional<double>& expected) {
  if (expected.has_value() != (result.state() == v1::KpiResult::VALUE)) {
    return fmt::format("state {} ({}), expected {}", v1::KpiResult::State_Name(result.state()),
                       result.state_reason(),
                       expected.has_value() ? fmt::format("VALUE {}", *expected) : "NO_DATA");
  }
  if (!expected.has_value()) {
    return result.state() == v1::KpiResult::NO_DATA
               ? ""
               : "state " + v1::KpiResult::State_Name(result.state());
  }
  if (Agree(result.value(), *expected)) return "";
  return fmt::format("{:.12g}, expected {:.12g}", result.value(), *expected);
}

class OracleTest : public ::testing::TestWithParam<World> {};

TEST_P(OracleTest, EveryKpiOfEverySubjectAgreesWithSql) {
  const TempDir files;
  ASSERT_THAT(WriteSample(files.path().string(), {"--managers", "9", "--accounts", "80", "--seed",
                                                  std::to_string(GetParam().seed)}),
              IsOk());
  Duck duck;
  ReadSample(files.path().string(), duck);
  MakeSubjects(duck);

  ServerOptions options;
  options.time_zone = GetParam().time_zone;
  auto server = Server::Start(options);
  ASSERT_THAT(server, IsOk());
  ASSERT_THAT(SendSample(duck, (*server)->client()), IsOk());

  int compared = 0;
  int with_value = 0;
  std::map<std::string, int> values_of;
  for (const AskedPeriod& period : Periods()) {
    MakePeriod(duck, period, GetParam().time_zone);
    const ByKpi expected = Expected(duck);
    v1::BatchGetScorecardsRequest request;
    for (const auto& row : duck.Ask("SELECT subject FROM subject ORDER BY subject")) {
      request.add_names(*row[0] + "/scorecards/" + period.expression);
    }
    for (const Formula& formula : Formulas()) request.add_kpis("kpis/" + formula.kpi);
    const auto response = (*server)->client().BatchGetScorecards(request);
    ASSERT_THAT(response, IsOk()) << period.expression;
    ASSERT_EQ(response->scorecards_size(), request.names_size());

    for (const v1::Scorecard& card : response->scorecards()) {
      EXPECT_EQ(card.period().start_date(), period.from);
      EXPECT_EQ(card.period().end_date(), period.to);
      ASSERT_EQ(card.kpis_size(), request.kpis_size()) << card.name();
      for (const v1::KpiResult& result : card.kpis()) {
        const auto& values = expected.at(result.kpi());
        const auto found = values.find(card.subject());
        const std::optional<double> value = found == values.end() ? std::nullopt : found->second;
        EXPECT_EQ(Difference(result, value), "") << card.name() << " " << result.kpi();
        ++compared;
        if (value.has_value()) {
          ++with_value;
          ++values_of[result.kpi()];
        }
      }
      // A page of differences is enough to see what is wrong.
      if (::testing::Test::HasNonfatalFailure() &&
          ::testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count() >
              40) {
        FAIL() << "stopped after many differences";
      }
    }
  }
  // The comparison is worth something: there are values of every KPI, and gaps.
  EXPECT_GT(with_value, compared / 3);
  EXPECT_LT(with_value, compared);
  for (const Formula& formula : Formulas()) EXPECT_GT(values_of["kpis/" + formula.kpi], 20);
}

INSTANTIATE_TEST_SUITE_P(Worlds, OracleTest,
                         ::testing::Values(World{1, "UTC"}, World{1, "Europe/Berlin"},
                                           World{2, "Europe/Berlin"}, World{3, "UTC"}),
                         [](const auto& info) {
                           return fmt::format("Seed{}{}", info.param.seed,
                                              info.param.time_zone == "UTC" ? "Utc" : "Berlin");
                         });

}  // namespace
}  // namespace keyscore::testing
