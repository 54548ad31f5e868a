// What a resolution says for itself, in words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/weighting/resolve_fixture.h"

namespace keyscore::weighting {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ReasonsTest, SayWhichBandAndWhatItWeighs) {
  const auto registry = SmallRegistry();
  const Rules rules = RulesOf({DefaultProfile()});
  EXPECT_THAT(
      Resolved(rules, Anna(absl::CivilDay(2016, 8, 1)), *registry).reasons,
      ElementsAre("The profile 3R+1 default (revision 1) counts: it is for everyone.",
                  "Anna has been in role 14 months, so the band under 18 months counts: 60 % "
                  "relationships, 20 % revenue, 20 % retention.",
                  "Within relationships: 25 % engagement, 50 % plan, 25 % sponsorship.",
                  "Within revenue: 75 % conversion, 25 % growth.", "Within retention: 100 % nps."));
}

TEST(ReasonsTest, SayWhyTenurePlaysNoPart) {
  const auto registry = SmallRegistry();
  Rules rules = RulesOf({DefaultProfile()});
  EXPECT_THAT(Resolved(rules, Anna(std::nullopt), *registry).reasons[1],
              HasSubstr("not known since when Anna has been in role"));
  EXPECT_THAT(
      Resolved(rules, {.kind = store::SubjectKind::kTeam, .id = "north"}, *registry).reasons[1],
      HasSubstr("teams/north has no tenure, so the weights without tenure count: 40 % "
                "relationships, 30 % revenue, 30 % retention."));
  rules.versions[0].profile.content.bands.clear();
  EXPECT_THAT(Resolved(rules, Anna(absl::CivilDay(2016, 8, 1)), *registry).reasons[1],
              HasSubstr("makes no difference by tenure"));
}

TEST(ReasonsTest, BandsWithoutANameAreNamedByTheirMonths) {
  const auto registry = SmallRegistry();
  Rules rules = RulesOf({DefaultProfile()});
  for (TenureBand& band : rules.versions[0].profile.content.bands) band.display_name.clear();
  EXPECT_EQ(Resolved(rules, Anna(kDate), *registry).tenure_band, "under 18 months");
  EXPECT_EQ(Resolved(rules, Anna(absl::CivilDay(2016, 1, 1)), *registry).tenure_band,
            "18 to 36 months");
  EXPECT_EQ(Resolved(rules, Anna(absl::CivilDay(2010, 1, 1)), *registry).tenure_band,
            "from 36 months");
}

}  // namespace
}  // namespace keyscore::weighting
