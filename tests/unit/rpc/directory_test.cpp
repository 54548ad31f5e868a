// Whose account it was, and in whose team, at the end of a period.
#include "rpc/directory.h"

#include <gtest/gtest.h>

#include <string>

namespace keyscore::rpc {
namespace {

using store::SubjectKind;

absl::Time Day(int year, int month, int day) {
  return absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
}

measures::Period PeriodOf(const std::string& expression) {
  return *measures::ParsePeriod(expression, {}, Day(2024, 12, 1));
}

// acme was Anna's until May, nobody's for ten days, then Boris's; from July Carla has it as well.
// Anna goes from north to south in 2024.
Directory Sample() {
  return Directory(
      {{"anna",
        {{.from = Day(2020, 1, 1), .until = Day(2024, 1, 1), .name = "Anna", .group = "north"},
         {.from = Day(2024, 1, 1), .name = "Anna", .group = "south"}}},
       {"boris", {{.from = Day(2020, 1, 1), .name = "Boris", .group = "east"}}},
       {"carla", {{.from = Day(2020, 1, 1), .name = "Carla"}}}},
      {{"acme", {{.from = Day(2020, 1, 1), .name = "Acme", .group = "enterprise"}}},
       {"beta", {{.from = Day(2020, 1, 1), .name = "Beta"}}}},
      {{"north", "North"}},
      {{"acme",
        {{.from = Day(2020, 1, 1), .until = Day(2024, 5, 1), .group = "anna"},
         {.from = Day(2024, 5, 11), .group = "boris"},
         {.from = Day(2024, 7, 1), .until = Day(2024, 9, 1), .group = "carla"}}}});
}

weighting::SubjectFacts FactsOf(const std::string& period, const std::string& account = "acme") {
  const auto info =
      Sample().Find({SubjectKind::kAccount, account}, PeriodOf(period), {}, "Organization");
  EXPECT_TRUE(info.ok()) << info.status();
  return info.ok() ? info->facts : weighting::SubjectFacts();
}

TEST(DirectoryTest, AnAccountIsWithItsOwnerAtThePeriodsEndAndThatOnesTeam) {
  EXPECT_EQ(FactsOf("2023-Q4").manager_id, "anna");
  EXPECT_EQ(FactsOf("2023-Q4").team_id, "north");
  EXPECT_EQ(FactsOf("2024-Q1").manager_id, "anna");
  EXPECT_EQ(FactsOf("2024-Q1").team_id, "south");
  EXPECT_EQ(FactsOf("2024-Q2").manager_id, "boris");
  EXPECT_EQ(FactsOf("2024-Q2").team_id, "east");
  EXPECT_EQ(FactsOf("2024-Q2").segment, "enterprise");
}

TEST(DirectoryTest, TheLastInstantOfThePeriodDecides) {
  EXPECT_EQ(FactsOf("2024-04-30").manager_id, "anna");  // owned to the end of that day
  EXPECT_EQ(FactsOf("2024-05-01").manager_id, "");
  EXPECT_EQ(FactsOf("2024-05-01").team_id, "");
  EXPECT_EQ(FactsOf("2024-05-10").manager_id, "");
  EXPECT_EQ(FactsOf("2024-05-11").manager_id, "boris");
}

TEST(DirectoryTest, OfOwnersWhoOverlapTheLatestCounts) {
  EXPECT_EQ(FactsOf("2024-06-30").manager_id, "boris");
  EXPECT_EQ(FactsOf("2024-08-31").manager_id, "carla");
  EXPECT_EQ(FactsOf("2024-08-31").team_id, "");  // she is in none
  EXPECT_EQ(FactsOf("2024-09-01").manager_id, "boris");
}

TEST(DirectoryTest, AnAccountWithoutOwnerHasNeitherManagerNorTeam) {
  EXPECT_EQ(FactsOf("2024-Q1", "beta").manager_id, "");
  EXPECT_EQ(FactsOf("2024-Q1", "beta").team_id, "");
}

TEST(DirectoryTest, ListsSayTheSameAsFind) {
  const auto accounts = Sample().List(SubjectKind::kAccount, PeriodOf("2024-Q1"), {});
  ASSERT_EQ(accounts.size(), 2u);
  EXPECT_EQ(accounts[0].facts.id, "acme");
  EXPECT_EQ(accounts[0].facts.manager_id, "anna");
  EXPECT_EQ(accounts[0].facts.team_id, "south");
  const auto managers = Sample().List(SubjectKind::kManager, PeriodOf("2024-Q1"), {});
  ASSERT_EQ(managers.size(), 3u);
  EXPECT_EQ(managers[0].facts.manager_id, "");  // nobody owns a manager
  EXPECT_EQ(managers[0].facts.role_started, absl::CivilDay(2024, 1, 1));
}

}  // namespace
}  // namespace keyscore::rpc
