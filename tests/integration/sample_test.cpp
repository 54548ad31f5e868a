// The sample generator: the same for the same seed, and an organisation in which what should be
// found can be found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "fmt/format.h"
#include "support/matchers.h"
#include "support/sample.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

TEST(SampleTest, SameSeedSameBytes) {
  const TempDir first;
  const TempDir second;
  const TempDir other;
  for (const std::string format : {"parquet", "csv"}) {
    const std::vector<std::string> arguments = {"--scale", "0.1", "--format", format};
    ASSERT_THAT(WriteSample(first.path().string(), arguments), IsOk());
    ASSERT_THAT(WriteSample(second.path().string(), arguments), IsOk());
    ASSERT_THAT(
        WriteSample(other.path().string(), {"--scale", "0.1", "--format", format, "--seed", "2"}),
        IsOk());
    for (const std::string& dataset : SampleDatasets()) {
      const std::string file = dataset + "." + format;
      EXPECT_EQ(ReadFile(first / file), ReadFile(second / file)) << file;
    }
    EXPECT_NE(ReadFile(first / ("interaction." + format)),
              ReadFile(other / ("interaction." + format)));
  }
}

TEST(SampleTest, MoreAccountsLeaveTheFirstOnesAsTheyWere) {
  const TempDir small;
  const TempDir large;
  ASSERT_THAT(WriteSample(small.path().string(), {"--managers", "6", "--accounts", "20"}), IsOk());
  ASSERT_THAT(WriteSample(large.path().string(), {"--managers", "6", "--accounts", "40"}), IsOk());
  Duck duck;
  duck.Run(
      fmt::format("CREATE TABLE small AS SELECT * FROM '{}/interaction.parquet'; CREATE TABLE "
                  "large AS SELECT * FROM '{}/interaction.parquet'",
                  small.path().string(), large.path().string()));
  EXPECT_GT(duck.AskNumber("SELECT count(*) FROM small"), 1000);
  EXPECT_EQ(duck.AskNumber("SELECT count(*) FROM (FROM small EXCEPT FROM large)"), 0);
}

class SampleWorldTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(WriteSample(folder_.path().string(), {}), IsOk());
    ReadSample(folder_.path().string(), duck_);
  }
  double Ask(const std::string& sql) { return duck_.AskNumber(sql); }

  TempDir folder_;
  Duck duck_;
};

TEST_F(SampleWorldTest, HasTheSizeOfTheDemo) {
  EXPECT_EQ(Ask("SELECT count(DISTINCT manager_id) FROM manager"), 40);
  EXPECT_EQ(Ask("SELECT count(*) FROM team"), 6);
  EXPECT_EQ(Ask("SELECT count(DISTINCT account_id) FROM account"), 600);
  double total = 0;
  for (const std::string& dataset : SampleDatasets()) {
    const double rows = Ask("SELECT count(*) FROM " + dataset);
    EXPECT_GT(rows, 0) << dataset;
    EXPECT_EQ(Ask("SELECT count(DISTINCT fact_id) FROM " + dataset), rows) << dataset;
    total += rows;
  }
  EXPECT_GT(total, 150'000);
  EXPECT_LT(total, 250'000);
}

TEST_F(SampleWorldTest, HoldsTogether) {
  EXPECT_EQ(Ask("SELECT count(*) FROM ownership WHERE until <= occurred_at"), 0);
  EXPECT_EQ(Ask("SELECT count(*) FROM account WHERE churned_at <= occurred_at"), 0);
  EXPECT_EQ(Ask("SELECT count(*) FROM ownership ANTI JOIN manager USING (manager_id)"), 0);
  EXPECT_EQ(Ask("SELECT count(*) FROM interaction WHERE contact_id IS NOT NULL AND contact_id NOT "
                "IN (SELECT contact_id FROM contact)"),
            0);
  EXPECT_EQ(Ask("SELECT count(*) FROM opportunity WHERE (outcome = 'open') <> (closed_at IS NULL) "
                "OR closed_at <= occurred_at"),
            0);
  EXPECT_EQ(Ask("SELECT count(*) FROM interaction WHERE occurred_at < '2023-01-01' OR occurred_at "
                ">= '2026-01-01'"),
            0);
  EXPECT_EQ(Ask("SELECT count(*) FROM manager WHERE left_at <= occurred_at"), 0);
  EXPECT_EQ(Ask("SELECT count(*) FROM interaction i JOIN (SELECT manager_id, min(occurred_at) AS "
                "since FROM manager GROUP BY 1) m USING (manager_id) WHERE i.occurred_at < since"),
            0);
}

TEST_F(SampleWorldTest, HasSeasonsChurnReturnsAndMoves) {
  const auto interactions = [this](int month) {
    return Ask(
        fmt::format("SELECT count(*) FROM interaction WHERE month(occurred_at) = {}", month));
  };
  EXPECT_LT(interactions(8), 0.75 * interactions(6));
  EXPECT_GT(interactions(11), 1.1 * interactions(6));
  EXPECT_LT(Ask("SELECT count(*) FROM interaction WHERE dayofweek(occurred_at) IN (0, 6)"),
            0.05 * Ask("SELECT count(*) FROM interaction"));
  EXPECT_GT(Ask("SELECT sum(amount) FROM invoice_line WHERE year(occurred_at) = 2025"),
            1.1 * Ask("SELECT sum(amount) FROM invoice_line WHERE year(occurred_at) = 2023"));
  EXPECT_GT(Ask("SELECT count(*) FROM account WHERE churned_at IS NOT NULL"), 60);
  EXPECT_GT(Ask("SELECT count(*) - count(DISTINCT account_id) FROM account"), 10);
  EXPECT_GT(Ask("SELECT count(*) FROM ownership WHERE occurred_at > '2023-01-15'"), 100);
  EXPECT_GT(Ask("SELECT count(*) FROM manager WHERE left_at IS NOT NULL"), 2);
  // Accounts drift before they leave: fewer contacts in the last 90 days than in 90 a year before.
  EXPECT_LT(Ask("SELECT count(*) FROM interaction JOIN account USING (account_id) WHERE churned_at "
                "> '2024-06-01' AND interaction.occurred_at BETWEEN churned_at - INTERVAL 90 DAY "
                "AND churned_at"),
            0.7 * Ask("SELECT count(*) FROM interaction JOIN account USING (account_id) WHERE "
                      "churned_at > '2024-06-01' AND interaction.occurred_at BETWEEN churned_at - "
                      "INTERVAL 455 DAY AND churned_at - INTERVAL 365 DAY"));
  // Facts with and without manager, and some with neither quality nor contact.
  EXPECT_GT(Ask("SELECT count(*) FROM interaction WHERE manager_id IS NULL"), 1000);
  EXPECT_GT(Ask("SELECT count(*) FROM interaction WHERE account_id IS NULL"), 100);
  EXPECT_GT(Ask("SELECT count(*) FROM interaction WHERE quality IS NULL AND contact_id IS NULL"),
            1000);
}

}  // namespace
}  // namespace keyscore::testing
