// Which tenure bands count for a period, by the days; every share counted on a calendar by hand.
#include "weighting/tenure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/weighting/registry_of.h"
#include "unit/weighting/rules_of.h"
#include "weighting/resolve.h"

namespace keyscore::weighting {
namespace {

using kpis::MakeKpi;
using kpis::Pillar;
using ::testing::Contains;
using ::testing::DoubleEq;
using ::testing::ElementsAre;

std::shared_ptr<const kpis::RegistrySnapshot> OneKpiAPillar() {
  return kpis::RegistryOf({MakeKpi("contact", Pillar::kRelationships, 1),
                           MakeKpi("growth", Pillar::kRevenue, 1),
                           MakeKpi("nps", Pillar::kRetention, 1)});
}

measures::Period Quarter(const std::string& expression) {
  const auto period = measures::ParsePeriod(expression, measures::Calendar(), absl::UnixEpoch());
  EXPECT_TRUE(period.ok()) << period.status();
  return *period;
}

ResolvedWeights Card(const Rules& rules, absl::CivilDay started, const std::string& period) {
  static const auto* const registry =
      new std::shared_ptr<const kpis::RegistrySnapshot>(OneKpiAPillar());
  const SubjectFacts anna{.kind = store::SubjectKind::kManager,
                          .id = "anna",
                          .role_started = started,
                          .display_name = "Anna"};
  const measures::Period asked = Quarter(period);
  const auto weights = ResolveForPeriod(rules, anna, asked, asked.to_day - 1, **registry);
  EXPECT_TRUE(weights.ok()) << weights.status();
  return weights.ok() ? *weights : ResolvedWeights();
}

std::vector<double> Shares(const ResolvedWeights& weights) {
  std::vector<double> shares;
  for (const ResolvedKpi& kpi : weights.kpis) shares.push_back(kpi.weight);
  return shares;
}

TEST(TenureTest, TheThreeBandsOfTheDefaultByTheNumbers) {
  const Rules rules = *BuiltInRules();
  // In role for less than 18, for 18 to 36, and for more than 36 months all through 2024-Q3.
  EXPECT_EQ(Shares(Card(rules, absl::CivilDay(2023, 6, 1), "2024-Q3")),
            (std::vector<double>{0.6, 0.2, 0.2}));
  EXPECT_EQ(Shares(Card(rules, absl::CivilDay(2022, 6, 1), "2024-Q3")),
            (std::vector<double>{0.4, 0.3, 0.3}));
  EXPECT_EQ(Shares(Card(rules, absl::CivilDay(2019, 6, 1), "2024-Q3")),
            (std::vector<double>{0.3, 0.4, 0.3}));
}

TEST(TenureTest, ACrossedBandCountsByItsDays) {
  // 18 months on 16 August 2024: 1 July to 15 August are 31 + 15 = 46 of the quarter's 92 days, so
  // half of the days weigh 60/20/20 and half 40/30/30.
  const ResolvedWeights weights = Card(*BuiltInRules(), absl::CivilDay(2023, 2, 16), "2024-Q3");
  EXPECT_THAT(Shares(weights), ElementsAre(DoubleEq(0.5), DoubleEq(0.25), DoubleEq(0.25)));
  ASSERT_EQ(weights.bands.size(), 2);
  EXPECT_EQ(weights.bands[0].band, "under 18 months");
  EXPECT_EQ(weights.bands[0].share, 0.5);
  EXPECT_EQ(weights.bands[1].band, "18 to 36 months");
  EXPECT_EQ(weights.bands[1].share, 0.5);
  EXPECT_EQ(weights.tenure_band, "18 to 36 months");
  // 30 September is the quarter's last day.
  EXPECT_EQ(weights.tenure_months, 19);
  EXPECT_THAT(weights.reasons,
              Contains("Anna was 16 months in role when the period began and 19 months when it "
                       "ended: 46 of 92 days count as under 18 months, 46 as 18 to 36 months. "
                       "Together that is 50 % relationships, 25 % revenue, 25 % retention."));
}

TEST(TenureTest, SeveralBandsMayBeCrossed) {
  // In role from 1 July 2021, over 2022 to 2024: under 18 months until 1 January 2023 (365 days),
  // until 1 July 2024 the middle one (365 + 182), then 184 days; 1096 in all.
  const ResolvedWeights weights =
      Card(*BuiltInRules(), absl::CivilDay(2021, 7, 1), "2022-01-01..2025-01-01");
  ASSERT_EQ(weights.bands.size(), 3);
  EXPECT_DOUBLE_EQ(weights.bands[0].share, 365.0 / 1096);
  EXPECT_DOUBLE_EQ(weights.bands[1].share, 547.0 / 1096);
  EXPECT_DOUBLE_EQ(weights.bands[2].share, 184.0 / 1096);
  EXPECT_DOUBLE_EQ(Shares(weights)[0], (365 * 0.6 + 547 * 0.4 + 184 * 0.3) / 1096);
}

TEST(TenureTest, OnlyDaysInRoleCount) {
  // In role from 1 September: thirty days, all of them as new.
  const ResolvedWeights weights = Card(*BuiltInRules(), absl::CivilDay(2024, 9, 1), "2024-Q3");
  ASSERT_EQ(weights.bands.size(), 1);
  EXPECT_EQ(weights.bands[0].share, 1);
  EXPECT_EQ(Shares(weights), (std::vector<double>{0.6, 0.2, 0.2}));
  // Not in role yet: as new, for want of anything better.
  EXPECT_EQ(Shares(Card(*BuiltInRules(), absl::CivilDay(2025, 1, 1), "2024-Q3")),
            (std::vector<double>{0.6, 0.2, 0.2}));
}

TEST(TenureTest, AtPeriodEndTheBandOfTheDayAfterTheLastCounts) {
  Rules rules = *BuiltInRules();
  // 18 months on 1 October, the day the quarter is over.
  const absl::CivilDay started(2023, 4, 1);
  ResolvedWeights weights = Card(rules, started, "2024-Q3");
  EXPECT_EQ(weights.tenure_band, "under 18 months");
  EXPECT_EQ(weights.tenure_months, 17);
  rules.versions[0].profile.content.band_policy = BandPolicy::kAtPeriodEnd;
  weights = Card(rules, started, "2024-Q3");
  EXPECT_EQ(weights.tenure_band, "18 to 36 months");
  EXPECT_EQ(weights.tenure_months, 18);
  EXPECT_EQ(Shares(weights), (std::vector<double>{0.4, 0.3, 0.3}));
  // Who crosses in the middle is wholly in the band at the end.
  weights = Card(rules, absl::CivilDay(2023, 2, 16), "2024-Q3");
  EXPECT_EQ(Shares(weights), (std::vector<double>{0.4, 0.3, 0.3}));
  ASSERT_EQ(weights.bands.size(), 1);
  EXPECT_EQ(weights.bands[0].share, 1);
  // A day later the band is still the one before.
  EXPECT_EQ(Card(rules, started + 1, "2024-Q3").tenure_band, "under 18 months");
}

TEST(TenureTest, WhoStartedOnAThirtyFirstCrossesOnTheFirst) {
  // From 31 August 2022, 18 months are full on 1 March 2024, as February lacks a 31st.
  EXPECT_EQ(FirstDayWith(absl::CivilDay(2022, 8, 31), 18), absl::CivilDay(2024, 3, 1));
  EXPECT_EQ(FirstDayWith(absl::CivilDay(2022, 8, 15), 18), absl::CivilDay(2024, 2, 15));
  EXPECT_EQ(FirstDayWith(absl::CivilDay(2022, 8, 31), 0), absl::CivilDay(2022, 8, 31));
}

TEST(TenureTest, TheFirstDayWithSoManyMonthsIsWhereMonthsBetweenSteps) {
  for (absl::CivilDay start(2019, 12, 25); start < absl::CivilDay(2020, 4, 5); ++start) {
    for (int months = 1; months <= 40; ++months) {
      const absl::CivilDay first = FirstDayWith(start, months);
      ASSERT_EQ(MonthsBetween(start, first), months) << start;
      ASSERT_EQ(MonthsBetween(start, first - 1), months - 1) << start;
    }
  }
}

// The same shares, counted day by day.
TEST(TenureTest, DaysInBandsAgreeWithACountOfEveryDay) {
  const std::vector<TenureBand> bands = DefaultProfile().content.bands;
  const measures::Period year = Quarter("2024");
  for (absl::CivilDay started(2020, 12, 1); started < absl::CivilDay(2024, 3, 1); started += 13) {
    std::vector<int64_t> counted(bands.size());
    for (absl::CivilDay day = std::max(started, year.from_day); day < year.to_day; ++day) {
      const int months = MonthsBetween(started, day);
      ++counted[months < 18 ? 0 : months < 36 ? 1 : 2];
    }
    std::vector<int64_t> found(bands.size());
    for (const BandDays& part : DaysInBands(bands, started, year.from_day, year.to_day)) {
      found[part.band - bands.data()] = part.days;
    }
    ASSERT_EQ(found, counted) << started;
  }
}

}  // namespace
}  // namespace keyscore::weighting
