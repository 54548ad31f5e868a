// Two ways to an answer, from memory and by the engine alone, give the same bytes on the oracle's
// sample with all its corner cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "integration/oracle/engine_path.h"
#include "integration/oracle/world.h"
#include "support/matchers.h"

namespace keyscore::testing {
namespace {

TEST(OraclePathsTest, MemoryAndEngineGiveTheSameBytes) {
  const auto world = World::Make({1, "Europe/Berlin"});
  ASSERT_THAT(world, IsOk());
  const auto twin = EngineTwin::Of((*world)->options());
  ASSERT_THAT(twin, IsOk());
  PathComparison comparison((*world)->client(), (*twin)->client());
  const std::vector<std::string> subjects = (*world)->Subjects();
  // A quarter, and an odd interval that ends on a leap day.
  for (const char* period : {"2025-Q3", "trailing-90d@2024-02-29"}) {
    comparison.CompareCards(subjects, period, /*singly=*/3);
  }
  comparison.CompareLists("2025-Q3", "total desc", /*page_size=*/60);
  // With a day in it on which clocks change.
  comparison.CompareLists("2024-02-11..2024-05-03", "kpis.revenue_per_account.value desc, subject",
                          /*page_size=*/60);
  for (const char* kpi : {"kpis/net_promoter_score", "kpis/days_since_contact",
                          "kpis/predicted_lifetime_value", "kpis/churn_rate"}) {
    comparison.CompareExplanation("organization/scorecards/2025-Q3", kpi);
    comparison.CompareExplanation("managers/edge-idle/scorecards/2024-02-11..2024-05-03", kpi);
  }
  EXPECT_EQ(comparison.differences(), "");
  // Two periods, each subject twice.
  EXPECT_GT(comparison.answers(), 4 * static_cast<int>(subjects.size()));
}

}  // namespace
}  // namespace keyscore::testing
