// Names taken apart, and what is no name.
#include "rpc/resource_name.h"

#include <gtest/gtest.h>

namespace keyscore::rpc {
namespace {

TEST(ResourceNameTest, TakesIdsThatFactsAllow) {
  for (const std::string id : {"anna-snelling", "a.b_c~d", "Jürgen Groß", "x"}) {
    const auto parsed = ParseName("name", "managers", "managers/" + id);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, id);
  }
}

TEST(ResourceNameTest, RefusesWhatIsNoId) {
  for (const std::string& id :
       {std::string(), std::string("a/b"), std::string("a%20b"), std::string("-"),
        std::string("a\nb"), std::string("\xff"), std::string(257, 'a')}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseName("name", "managers", "managers/" + id).status()));
  }
  EXPECT_TRUE(ParseName("name", "managers", "managers/" + std::string(256, 'a')).ok());
  EXPECT_FALSE(ParseName("name", "managers", "accounts/a").ok());
}

TEST(ResourceNameTest, ScorecardNameKeepsDotsAndAtOfThePeriod) {
  const auto range = ParseScorecardName("name", "accounts/a.b/scorecards/2017-07-01..2017-10-01");
  ASSERT_TRUE(range.ok());
  EXPECT_EQ(range->subject, (SubjectName{store::SubjectKind::kAccount, "a.b"}));
  EXPECT_EQ(range->period, "2017-07-01..2017-10-01");
  const auto trailing =
      ParseScorecardName("name", "organization/scorecards/trailing-90d@2017-10-01");
  ASSERT_TRUE(trailing.ok());
  EXPECT_EQ(trailing->subject.kind, store::SubjectKind::kOrganization);
  EXPECT_EQ(MakeScorecardName(trailing->subject, trailing->period),
            "organization/scorecards/trailing-90d@2017-10-01");
}

TEST(ResourceNameTest, ScorecardNameNeedsSubjectAndPeriod) {
  for (const char* name : {"", "managers/a", "managers/a/scorecards/", "/scorecards/2017",
                           "contacts/a/scorecards/2017", "organization/x/scorecards/2017"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseScorecardName("name", name).status())) << name;
  }
}

TEST(ResourceNameTest, CollectionsNeedTheWildcard) {
  EXPECT_EQ(*ParseSubjectCollection("parent", "teams/-"), store::SubjectKind::kTeam);
  EXPECT_FALSE(ParseSubjectCollection("parent", "teams").ok());
  EXPECT_FALSE(ParseSubjectCollection("parent", "organization").ok());
}

}  // namespace
}  // namespace keyscore::rpc
