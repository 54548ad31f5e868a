// Whose facts are whose: ownership moves, teams, accounts, references, and the book of business.
#include "store_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class AttributionTest : public StoreTest {
 protected:
  static Fields Own(const std::string& id, const std::string& account, const std::string& manager,
                    const char* from, const char* until = nullptr) {
    Fields fields = {{"fact_id", id},
                     {"account_id", account},
                     {"manager_id", manager},
                     {"occurred_at", At(from)}};
    if (until != nullptr) fields["until"] = At(until);
    return fields;
  }
  static Fields Account(const std::string& id, const std::string& account, const char* from,
                        const char* churned = nullptr, const std::string& segment = "smb") {
    Fields fields = {
        {"fact_id", id}, {"account_id", account}, {"occurred_at", At(from)}, {"segment", segment}};
    if (churned != nullptr) fields["churned_at"] = At(churned);
    return fields;
  }
  static Fields Role(const std::string& id, const std::string& manager, const char* from,
                     const char* team) {
    Fields fields = {{"fact_id", id}, {"manager_id", manager}, {"occurred_at", At(from)}};
    if (team != nullptr) fields["team_id"] = std::string(team);
    return fields;
  }
  static Fields Cost(const std::string& id, const char* account, const char* manager,
                     const char* day, double amount = 1) {
    Fields fields = {{"fact_id", id}, {"occurred_at", At(day)}, {"amount", amount}};
    if (account != nullptr) fields["account_id"] = std::string(account);
    if (manager != nullptr) fields["manager_id"] = std::string(manager);
    return fields;
  }
  std::map<std::string, double> Costs(const Scope& scope, int64_t watermark = 0) {
    return Numbers(MeasureOf("service_cost", Aggregate::kSum, "amount"), scope, watermark);
  }
};

TEST_F(AttributionTest, AFactWithoutManagerIsTheOwnersAtThatTime) {
  Append("ownership", {Own("w1", "acme", "anna", "2024-01-01", "2024-06-01"),
                       Own("w2", "acme", "ben", "2024-06-01")});
  Append(
      "service_cost",
      {Cost("c0", "acme", nullptr, "2023-12-31", 1), Cost("c1", "acme", nullptr, "2024-01-01", 2),
       Cost("c2", "acme", nullptr, "2024-05-31", 4), Cost("c3", "acme", nullptr, "2024-06-01", 8),
       Cost("c4", "acme", "cleo", "2024-06-01", 16),
       Cost("c5", nullptr, "anna", "2024-06-01", 32)});
  EXPECT_THAT(Costs(Managers()), ElementsAre(Pair("anna", 38), Pair("ben", 8), Pair("cleo", 16)));
  EXPECT_THAT(Costs(Managers({"ben"})), ElementsAre(Pair("ben", 8)));
  EXPECT_THAT(Costs(Accounts()), ElementsAre(Pair("acme", 31)));
  EXPECT_THAT(Costs(kEverything), ElementsAre(Pair("", 63)));
}

TEST_F(AttributionTest, MovingAnAccountMovesItsFutureNotItsPast) {
  Append("ownership", {Own("w1", "acme", "anna", "2024-01-01")});
  Append("service_cost", {Cost("c1", "acme", nullptr, "2024-02-01", 1),
                          Cost("c2", "acme", nullptr, "2024-08-01", 2)});
  Append("ownership", {Own("w2", "acme", "ben", "2024-06-01")});
  EXPECT_THAT(Costs(Managers()), ElementsAre(Pair("anna", 1), Pair("ben", 2)));
  EXPECT_THAT(Costs(Managers(), 2), ElementsAre(Pair("anna", 3)));  // as known before the move
}

TEST_F(AttributionTest, WhereSpansOverlapTheLatestStartWins) {
  Append("ownership",
         {Own("w1", "acme", "anna", "2024-01-01", "2024-12-01"),
          Own("w2", "acme", "ben", "2024-03-01", "2024-04-01"),
          Own("w4", "acme", "dora", "2024-09-01"), Own("w3", "acme", "cleo", "2024-09-01")});
  Append("service_cost",
         {Cost("c1", "acme", nullptr, "2024-02-01"), Cost("c2", "acme", nullptr, "2024-03-15"),
          Cost("c3", "acme", nullptr, "2024-04-01"), Cost("c4", "acme", nullptr, "2024-10-01"),
          Cost("c5", "acme", nullptr, "2025-10-01")});
  // Anna's long span covers what Ben's short one left; of two equal starts the greater id wins.
  EXPECT_THAT(Costs(Managers()), ElementsAre(Pair("anna", 2), Pair("ben", 1), Pair("dora", 2)));
}

TEST_F(AttributionTest, ACorrectedOrDeletedOwnershipCountsNoMore) {
  Append("ownership", {Own("w1", "acme", "anna", "2024-01-01")});
  Append("service_cost", {Cost("c1", "acme", nullptr, "2024-02-01")});
  Append("ownership", {Own("w1", "acme", "ben", "2024-01-01")});
  EXPECT_THAT(Costs(Managers()), ElementsAre(Pair("ben", 1)));
  Append(Deletion("ownership", {"w1"}));
  EXPECT_THAT(Costs(Managers()), IsEmpty());
  EXPECT_THAT(Costs(Managers(), 2), ElementsAre(Pair("anna", 1)));
}

TEST_F(AttributionTest, ATeamsFactsAreItsManagers) {
  Append("manager",
         {Role("m1", "anna", "2023-01-01", "north"), Role("m2", "ben", "2023-01-01", "north"),
          Role("m3", "cleo", "2023-01-01", "south"), Role("m4", "dora", "2023-01-01", nullptr)});
  Append("ownership", {Own("w1", "acme", "cleo", "2024-01-01")});
  Append("service_cost",
         {Cost("c1", "bolt", "anna", "2024-02-01", 1), Cost("c2", "bolt", "ben", "2024-02-01", 2),
          Cost("c3", "acme", nullptr, "2024-02-01", 4), Cost("c4", "acme", "dora", "2024-02-01", 8),
          Cost("c5", "acme", "stranger", "2024-02-01", 16)});
  EXPECT_THAT(Costs(Teams()), ElementsAre(Pair("north", 3), Pair("south", 4)));
  EXPECT_THAT(Costs(Teams({"south", "west"})), ElementsAre(Pair("south", 4)));
}

TEST_F(AttributionTest, AManagersTeamIsThatOfTheLatestRole) {
  Append("manager",
         {Role("m2", "anna", "2024-01-01", "south"), Role("m1", "anna", "2023-01-01", "north")});
  Append("service_cost", {Cost("c1", "bolt", "anna", "2023-02-01")});
  EXPECT_THAT(Costs(Teams()), ElementsAre(Pair("south", 1)));
  Append("manager", {Role("m3", "anna", "2024-06-01", nullptr)});
  EXPECT_THAT(Costs(Teams()), IsEmpty());
}

TEST_F(AttributionTest, DistinctValuesOfATeamArePooled) {
  Append("manager",
         {Role("m1", "anna", "2023-01-01", "north"), Role("m2", "ben", "2023-01-01", "north")});
  Append("service_cost",
         {Cost("c1", "bolt", "anna", "2024-02-01"), Cost("c2", "bolt", "ben", "2024-02-01"),
          Cost("c3", "acme", "ben", "2024-02-01")});
  EXPECT_THAT(Numbers(MeasureOf("service_cost", Aggregate::kCountDistinct, "account_id"), Teams()),
              ElementsAre(Pair("north", 2)));
}

TEST_F(AttributionTest, ByAccountSplitsASubjectsFacts) {
  Append(
      "service_cost",
      {Cost("c1", "bolt", "anna", "2024-02-01", 1), Cost("c2", "acme", "anna", "2024-02-01", 2),
       Cost("c3", nullptr, "anna", "2024-02-01", 4), Cost("c4", "acme", "ben", "2024-02-01", 8)});
  EXPECT_THAT(Costs(Managers({}, true)),
              ElementsAre(Pair("anna/acme", 2), Pair("anna/bolt", 1), Pair("ben/acme", 8)));
  EXPECT_THAT(Costs({.kind = SubjectKind::kOrganization, .by_account = true}),
              ElementsAre(Pair("/acme", 10), Pair("/bolt", 1)));
  EXPECT_THAT(Costs({.kind = SubjectKind::kAccount, .by_account = true}),
              ElementsAre(Pair("acme/acme", 10), Pair("bolt/bolt", 1)));
}

TEST_F(AttributionTest, DirectoryRowsBelongToTheManagerThatTheyName) {
  Append("manager",
         {Role("m1", "anna", "2023-01-01", "north"), Role("m2", "ben", "2023-01-01", "north")});
  const ResolvedMeasure managers = MeasureOf("manager", Aggregate::kCountDistinct, "manager_id");
  EXPECT_THAT(Numbers(managers, Managers()), ElementsAre(Pair("anna", 1), Pair("ben", 1)));
  EXPECT_THAT(Numbers(managers, Teams()), ElementsAre(Pair("north", 2)));
  EXPECT_THAT(Numbers(managers, Accounts()), IsEmpty());
}

TEST_F(AttributionTest, ExpressionsReadWhatAFactRefersTo) {
  Append("contact", {{{"fact_id", std::string("k1")},
                      {"account_id", std::string("acme")},
                      {"contact_id", std::string("zoe")},
                      {"seniority", std::string("staff")},
                      {"occurred_at", At("2023-01-01")}},
                     {{"fact_id", std::string("k2")},
                      {"account_id", std::string("acme")},
                      {"contact_id", std::string("zoe")},
                      {"seniority", std::string("vp")},
                      {"occurred_at", At("2024-01-01")}}});
  Append("account", {Account("a1", "acme", "2020-01-01", nullptr, "enterprise")});
  const auto meeting = [](const char* id, const char* contact) {
    Fields fields = {{"fact_id", std::string(id)},
                     {"account_id", std::string("acme")},
                     {"manager_id", std::string("anna")}};
    if (contact != nullptr) fields["contact_id"] = std::string(contact);
    return fields;
  };
  Append("interaction", {meeting("i1", "zoe"), meeting("i2", "stranger"), meeting("i3", nullptr)});
  const auto count = [&](const char* filter, int64_t watermark = 0) {
    const auto numbers =
        Numbers(MeasureOf("interaction", Aggregate::kCount, "", filter), kEverything, watermark);
    return numbers.empty() ? 0 : numbers.at("");
  };
  EXPECT_EQ(count("contact.seniority = 'vp'"), 1);  // the latest of Zoe's two rows
  EXPECT_EQ(count("contact.seniority = 'staff'"), 0);
  EXPECT_EQ(count("contact.seniority is null"), 2);
  EXPECT_EQ(count("account.segment = 'enterprise' and contact.contact_id is not null"), 1);
  EXPECT_EQ(count("account.name = 'x' and manager.name is null"), 3);
  Append(Deletion("contact", {"k2"}));
  EXPECT_EQ(count("contact.seniority = 'staff'"), 1);
  EXPECT_EQ(count("contact.seniority = 'vp'", 3), 1);
}

TEST_F(AttributionTest, ADirectoryRowMayReadItsOwnKindThroughItsKey) {
  Append("account", {Account("a1", "acme", "2020-01-01", "2021-01-01", "smb"),
                     Account("a2", "acme", "2022-01-01", nullptr, "enterprise")});
  EXPECT_THAT(Numbers(MeasureOf("account", Aggregate::kCount, "", "account.segment = 'enterprise'"),
                      kEverything),
              ElementsAre(Pair("", 2)));
}

class BookTest : public AttributionTest {
 protected:
  void SetUp() override {
    AttributionTest::SetUp();
    // Acme left and came back; bolt moved from Anna to Ben; core has no owner.
    Append("account",
           {Account("a1", "acme", "2023-01-01", "2023-07-01"), Account("a2", "acme", "2024-01-01"),
            Account("b1", "bolt", "2023-01-01"), Account("k1", "core", "2023-01-01")});
    Append("ownership", {Own("w1", "acme", "anna", "2022-01-01"),
                         Own("w2", "bolt", "anna", "2023-02-01", "2024-02-01"),
                         Own("w3", "bolt", "ben", "2024-02-01")});
  }
  std::map<std::string, double> ActiveAt(const char* day, const Scope& scope) {
    return Numbers(OpenAt("book", Aggregate::kCountDistinct, "account_id", "ended_at", At(day)),
                   scope);
  }
};

TEST_F(BookTest, CountsAccountsThatAreOwnedAndNotChurned) {
  EXPECT_THAT(ActiveAt("2022-06-01", Managers()), IsEmpty());  // owned, but not yet an account
  EXPECT_THAT(ActiveAt("2023-01-15", Managers()), ElementsAre(Pair("anna", 1)));
  EXPECT_THAT(ActiveAt("2023-03-01", Managers()), ElementsAre(Pair("anna", 2)));
  EXPECT_THAT(ActiveAt("2023-07-01", Managers()), ElementsAre(Pair("anna", 1)));  // acme is gone
  EXPECT_THAT(ActiveAt("2024-01-15", Managers()), ElementsAre(Pair("anna", 2)));  // and back
  EXPECT_THAT(ActiveAt("2024-02-01", Managers()), ElementsAre(Pair("anna", 1), Pair("ben", 1)));
}

TEST_F(BookTest, OfTheOrganisationHoldsOwnedAccounts) {
  EXPECT_THAT(ActiveAt("2024-03-01", kEverything), ElementsAre(Pair("", 2)));
}

TEST_F(BookTest, OfAnAccountIsItsLife) {
  EXPECT_THAT(ActiveAt("2023-01-15", Accounts()),
              ElementsAre(Pair("acme", 1), Pair("bolt", 1), Pair("core", 1)));
  EXPECT_THAT(ActiveAt("2023-08-01", Accounts({"acme", "core"})), ElementsAre(Pair("core", 1)));
}

TEST_F(BookTest, KnowsWhoChurnedInAPeriod) {
  ResolvedMeasure churned = MeasureOf("book", Aggregate::kCountDistinct, "account_id",
                                      "occurred_at <= period_from and churned_at = ended_at",
                                      At("2023-06-01"), At("2023-08-01"));
  churned.time_column = "churned_at";
  EXPECT_THAT(Numbers(churned, Managers()), ElementsAre(Pair("anna", 1)));
  EXPECT_THAT(Numbers(churned, Accounts()), ElementsAre(Pair("acme", 1)));
}

TEST_F(BookTest, DropsSpansThatDoNotOverlap) {
  // Anna's ownership of bolt ended before this second life began.
  Append("account", {Account("b2", "bolt", "2025-01-01")});
  const auto page = store_->ListRows({.dataset = "book", .scope = Managers({"anna"})}, {});
  ASSERT_OK(page);
  std::vector<std::string> ids;
  for (const Row& row : page->rows) ids.push_back(row.fact_id);
  EXPECT_THAT(ids, ElementsAre("a1/w1", "b1/w2", "a2/w1"));
}

TEST_F(BookTest, KnowsWhenTheAccountStartedWhoeverOwnedIt) {
  // Bolt started a month before Anna owned it and a year and a month before Ben did.
  const ResolvedMeasure lead = MeasureOf(
      "book", Aggregate::kMax, "days_between(started_at, occurred_at)", "account_id = 'bolt'");
  EXPECT_THAT(Numbers(lead, Managers()), ElementsAre(Pair("anna", 31), Pair("ben", 396)));
  EXPECT_THAT(Numbers(lead, Accounts()), ElementsAre(Pair("bolt", 0)));
}

TEST_F(BookTest, ReadsTheAccount) {
  EXPECT_THAT(Numbers(MeasureOf("book", Aggregate::kCount, "", "account.segment = 'smb'"),
                      Managers({"ben"})),
              ElementsAre(Pair("ben", 1)));
}

TEST_F(BookTest, IsThatOfItsWatermark) {
  Append("account", {Account("b1", "bolt", "2023-01-01", "2023-05-01")});
  EXPECT_THAT(ActiveAt("2024-03-01", Managers()), ElementsAre(Pair("anna", 1)));
  EXPECT_THAT(
      Numbers(OpenAt("book", Aggregate::kCount, "", "ended_at", At("2024-03-01")), Managers(), 2),
      ElementsAre(Pair("anna", 1), Pair("ben", 1)));
}

}  // namespace
}  // namespace keyscore::store
