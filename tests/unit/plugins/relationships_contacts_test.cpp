// The Relationships KPIs about whom the manager knows, by hand.
#include <gtest/gtest.h>

#include "unit/plugins/expect.h"

namespace keyscore::catalogue {
namespace {

testing::FakeKpi Kpi(const char* id) { return Library("relationships").Kpi(id); }

TEST(NumberOfContactsTest, IsContactsPerAccount) {
  const auto result = Kpi("number_of_contacts")
                          .Set("contacts_met", {14, 0, 3})
                          .Set("active_accounts", {4, 2, 0})
                          .Evaluate();
  ExpectValue(result[0], 3.5, 14);
  ExpectValue(result[1], 0, 0);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(StakeholderCoverageTest, IsTheShareOfKnownContactsMet) {
  ExpectProportion(Kpi("stakeholder_coverage"), "contacts_met", "contacts_known");
}

TEST(NewStakeholdersTest, CountsWhoWasNotMetBefore) {
  const auto result = Kpi("new_stakeholders")
                          .Set("met_until_end", {30, 12, 5})
                          .Set("met_until_start", {21, 12, 0})
                          .Set("active_accounts", {6, 6, 0})
                          .Evaluate();
  ExpectValue(result[0], 1.5, 9);
  ExpectValue(result[1], 0, 0);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
}

TEST(RelationshipBreadthTest, IsDepartmentsPerAccount) {
  const auto result = Kpi("relationship_breadth")
                          .Set("departments", {9, 1})
                          .Set("interactions", {40, 2})
                          .Set("active_accounts", {4, 0})
                          .Evaluate();
  ExpectValue(result[0], 2.25, 40);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(ConversationBreadthTest, IsTopicsPerAccount) {
  const auto result = Kpi("conversation_breadth")
                          .Set("topics", {10, 1})
                          .Set("interactions", {25, 2})
                          .Set("active_accounts", {4, 0})
                          .Evaluate();
  ExpectValue(result[0], 2.5, 25);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

// A text of two parts must not let "a" with "b:c" and "a:b" with "c" be one.
TEST(BreadthTest, PairsAreToldApartByTheLengthOfTheFirst) {
  for (const char* id : {"relationship_breadth", "conversation_breadth"}) {
    const auto value = testing::Text(Kpi(id).descriptor().inputs[0].value);
    EXPECT_TRUE(value.starts_with("cast(length(account_id) as varchar) || ':' || account_id"))
        << value;
  }
}

TEST(SeniorAccessRepeatTest, IsMeetingsPerSeniorContact) {
  const auto result = Kpi("senior_access_repeat")
                          .Set("senior_interactions", {9, 0})
                          .Set("senior_contacts", {4, 0})
                          .Evaluate();
  ExpectValue(result[0], 2.25, 4);
  EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
}

TEST(RelationshipHeightTest, IsTheShareOfInteractionsWithSeniorContacts) {
  ExpectProportion(Kpi("relationship_height"), "senior_interactions", "known_interactions");
}

}  // namespace
}  // namespace keyscore::catalogue
