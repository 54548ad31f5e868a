// What differs between two versions, field by field.
#include "weighting/compare.h"

#include <gtest/gtest.h>

namespace keyscore::weighting {
namespace {

using absl::CivilDay;
using kpis::Pillar;

std::vector<std::string> Lines(const std::vector<FieldChange>& changes) {
  std::vector<std::string> lines;
  for (const FieldChange& change : changes) {
    lines.push_back(change.field + ": " + change.before + " -> " + change.after);
  }
  return lines;
}
using Expected = std::vector<std::string>;

TEST(CompareTest, EqualContentsDoNotDiffer) {
  EXPECT_EQ(Lines(Compare(DefaultProfile().content, DefaultProfile().content)), Expected());
}

TEST(CompareTest, NamesTheBandThePillarAndTheKpi) {
  const ProfileContent before = DefaultProfile().content;
  ProfileContent after = before;
  after.bands[0].pillars[0].weight = 0.55;
  after.bands[0].pillars[3].weight = 0.05;
  after.untenured_pillars.pop_back();
  after.minimum_coverage = 0.1 + 0.2;
  after.selector = {SelectorKind::kTeam, "north"};
  after.effective_date = CivilDay(2026, 7, 1);
  after.band_policy = BandPolicy::kAtPeriodEnd;
  after.kpis = {{.kpi_id = "churn_rate",
                 .weight = 1,
                 .curve = {{0, 100}, {0.5, 0}},
                 .target = 0.05,
                 .missing = MissingPolicy::kZero,
                 .basis = CurveBasis::kAttainment}};
  EXPECT_EQ(
      Lines(Compare(before, after)),
      (Expected{"selector: everyone -> teams/north", "effective_date:  -> 2026-07-01",
                "tenure_bands[under 18 months].relationships: 0.6 -> 0.55",
                "tenure_bands[under 18 months].learning: 0 -> 0.05", "kpis[churn_rate]:  -> listed",
                "kpis[churn_rate].weight:  -> 1",
                "kpis[churn_rate].curve:  -> 0 scores 100, 0.5 scores 0",
                "kpis[churn_rate].target:  -> 0.05", "kpis[churn_rate].missing_data:  -> zero",
                "kpis[churn_rate].curve_basis:  -> attainment",
                // The shortest text that reads back as the same number.
                "minimum_coverage: 0.5 -> 0.30000000000000004",
                "band_policy: time-weighted -> at period end",
                "untenured_pillars.learning: 0 -> "}));
}

TEST(CompareTest, ABandThatComesOrGoesShowsItsFields) {
  const ProfileContent before = DefaultProfile().content;
  ProfileContent after = before;
  after.bands.pop_back();
  after.bands[1].to_months.reset();
  const std::vector<std::string> lines = Lines(Compare(before, after));
  ASSERT_EQ(lines.size(), 7);
  EXPECT_EQ(lines[0], "tenure_bands[18 to 36 months].to_months: 36 -> ");
  EXPECT_EQ(lines[1], "tenure_bands[from 36 months].from_months: 36 -> ");
  EXPECT_EQ(lines[6], "tenure_bands[from 36 months].learning: 0 -> ");
}

// Whatever is changed shows: nothing of a profile is left out of the comparison.
TEST(CompareTest, EveryFieldOfAProfileIsCompared) {
  using Change = void (*)(ProfileContent&);
  const std::vector<Change> changes = {
      [](ProfileContent& c) { c.display_name += "x"; },
      [](ProfileContent& c) {
        c.selector.id = "x";
        c.selector.kind = SelectorKind::kManager;
      },
      [](ProfileContent& c) { c.bands[1].from_months = 17; },
      [](ProfileContent& c) { c.bands[1].to_months = 37; },
      [](ProfileContent& c) { c.bands[1].display_name = "middle"; },
      [](ProfileContent& c) { c.bands[1].pillars[2].weight += 1e-15; },
      [](ProfileContent& c) { c.untenured_pillars[1].pillar = Pillar::kLearning; },
      [](ProfileContent& c) { c.kpis.push_back({.kpi_id = "nps"}); },
      [](ProfileContent& c) { c.minimum_coverage = 0.51; },
      [](ProfileContent& c) { c.band_policy = BandPolicy::kAtPeriodEnd; },
      [](ProfileContent& c) { c.effective_date = CivilDay(2026, 1, 1); },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    ProfileContent after = DefaultProfile().content;
    changes[i](after);
    EXPECT_FALSE(Compare(DefaultProfile().content, after).empty()) << i;
    EXPECT_FALSE(Compare(after, DefaultProfile().content).empty()) << i;
  }
}

TEST(CompareTest, PointsOfASeriesAreNamedByTheirStart) {
  TargetContent before;
  before.kpi_id = "growth";
  before.points = {{CivilDay(2026, 1, 1), std::nullopt, 10}, {CivilDay(2026, 4, 1), {}, 12.5}};
  TargetContent after = before;
  after.pacing = Pacing::kLinear;
  after.points = {{CivilDay(2026, 1, 1), CivilDay(2026, 3, 1), 10}, {CivilDay(2026, 5, 1), {}, 12}};
  EXPECT_EQ(Lines(Compare(before, after)),
            (Expected{"pacing: level -> linear", "points[2026-01-01].end_date:  -> 2026-03-01",
                      "points[2026-05-01].value:  -> 12", "points[2026-04-01].value: 12.5 -> "}));
}

}  // namespace
}  // namespace keyscore::weighting
