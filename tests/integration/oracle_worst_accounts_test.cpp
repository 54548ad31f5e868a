// Explain names the accounts that pull a rolled-up KPI down: the same ones, in the same order, as
// SQL over the raw facts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "integration/oracle/formulas.h"
#include "integration/oracle/world.h"
#include "support/matchers.h"

namespace keyscore::testing {
namespace {

using ::testing::ContainerEq;
using ::testing::DoubleNear;

struct Asked {
  const char* kpi;
  bool lower_is_better;
};

TEST(OracleWorstAccountsTest, ExplainNamesTheTenPoorestInOrder) {
  const auto world = World::Make({6, "America/New_York", 4});
  ASSERT_THAT(world, IsOk());
  Duck& duck = (*world)->duck();
  std::vector<std::string> subjects = {"organization",
                                       "managers/edge-idle",
                                       "managers/edge-newcomer",
                                       "accounts/edge-moved-0",
                                       "accounts/edge-silent",
                                       "accounts/edge-credited",
                                       "accounts/edge-returned-4"};
  for (const auto& row : duck.Ask("(SELECT DISTINCT 'teams/' || team_id FROM team) UNION ALL "
                                  "(SELECT DISTINCT 'managers/' || manager_id AS name FROM manager "
                                  "ORDER BY name DESC LIMIT 4)")) {
    subjects.push_back(*row[0]);
  }
  int full_lists = 0;
  int short_lists = 0;
  for (const char* expression : {"2024-Q2", "2023-12-17..2024-02-29"}) {
    MakePeriod(duck, (*world)->period(expression));
    for (const Asked& asked :
         {Asked{"days_since_contact", true}, Asked{"shared_goals_set", false},
          Asked{"unprofitable_customers", true}, Asked{"preferred_supplier", false},
          Asked{"customer_defection_risk", true}}) {
      duck.Run("CREATE OR REPLACE TABLE part AS " + FormulaOf(asked.kpi).answer.by_account);
      for (const std::string& subject : subjects) {
        const auto expected = duck.Ask(fmt::format(
            "SELECT 'accounts/' || account_id, value, weight / sum(weight) OVER () FROM part "
            "WHERE subject = '{}' AND weight > 0 ORDER BY value {}, account_id LIMIT 10",
            subject, asked.lower_is_better ? "DESC" : "ASC"));
        v1::ExplainKpiResultRequest request;
        request.set_name(subject + "/scorecards/" + expression);
        request.set_kpi(std::string("kpis/") + asked.kpi);
        const auto explained = (*world)->client().ExplainKpiResult(request);
        const std::string what = fmt::format("{} of {}", asked.kpi, request.name());
        ASSERT_THAT(explained, IsOk()) << what;

        std::vector<std::string> names;
        std::vector<std::string> expected_names;
        for (const auto& part : explained->worst_accounts()) names.push_back(part.account());
        for (const auto& row : expected) expected_names.push_back(*row[0]);
        EXPECT_THAT(names, ContainerEq(expected_names)) << what;
        if (names != expected_names) continue;
        for (int i = 0; i < explained->worst_accounts_size(); ++i) {
          const auto& row = expected[static_cast<size_t>(i)];
          const auto& part = explained->worst_accounts(i);
          const double value = std::strtod(row[1]->c_str(), nullptr);
          EXPECT_EQ(part.state(), v1::KpiResult::VALUE) << what;
          EXPECT_THAT(part.value(), DoubleNear(value, 1e-9 * std::fmax(1, std::fabs(value))))
              << what << " " << part.account();
          EXPECT_THAT(part.weight(), DoubleNear(std::strtod(row[2]->c_str(), nullptr), 1e-9))
              << what << " " << part.account();
        }
        ++(names.size() == 10 ? full_lists : short_lists);
      }
    }
  }
  EXPECT_GE(full_lists, 10);
  EXPECT_GE(short_lists, 20);
}

}  // namespace
}  // namespace keyscore::testing
