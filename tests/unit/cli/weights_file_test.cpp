// Weightings as files: every fault at once, each with its line; and the same bytes out as in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <google/protobuf/util/message_differencer.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "cli/weights/file.h"

namespace keyscore::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// Everything that a file can say.
constexpr char kEverything[] = R"(# Keyscore weightings. Apply with: keyscore weights apply -f FILE
version: 1
profiles:
  - id: default
    name: 3R+1 default
    for: everyone
    minimum_coverage: 0.5
    without_tenure: {relationships: 0.4, revenue: 0.30000000000000004, retention: 0.3, learning: 0}
  - id: north
    name: "yes: a #name\nof two lines"
    for: {team: north}
    effective: 2026-01-01
    minimum_coverage: 0.75
    when_bands_cross: at-period-end
    tenure_bands:
      - name: under 18 months
        months: [0, 18]
        pillars: {relationships: 0.6, revenue: 0.2, retention: 0.2, learning: 0}
      - months: [18]
        pillars: {retention: 1}
    without_tenure: {revenue: 1}
    kpis:
      - kpi: net_promoter_score
        weight: 0.5
        target: 40
        no_data: block
        curve: [[0, 0], [40, 80], [70.5, 100]]
      - kpi: churn_rate
        weight: 0
        curve_over: attainment
      - kpi: organic_growth
        no_data: zero
targets:
  - id: revenue-2026
    name: Revenue of the north
    kpi: revenue_per_account
    for: {segment: mid market}
    pacing: seasonal
    points:
      - {from: 2026-01-01, to: 2026-04-01, value: 120}
      - {from: 2026-04-01, value: -1e-07}
)";

// "line: fault" of the file, and of the server where it says something.
std::vector<std::string> Lines(const WeightsFile& file,
                               const std::vector<std::pair<std::string, std::string>>& said = {}) {
  google::protobuf::RepeatedPtrField<v1::WeightFault> of_server;
  for (const auto& [field, description] : said) {
    v1::WeightFault* fault = of_server.Add();
    fault->set_field(field);
    fault->set_description(description);
  }
  std::vector<std::string> lines;
  for (const FileFault& fault : AllFaults(file, of_server)) {
    lines.push_back(std::to_string(fault.line) + ": " + fault.message);
  }
  return lines;
}

std::string Content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(WeightsFileTest, WhatIsReadIsWrittenAgainToTheByte) {
  const WeightsFile file = ParseWeightsFile(kEverything, "w.yaml");
  EXPECT_THAT(Lines(file), IsEmpty());
  EXPECT_EQ(WriteWeightsFile(file.set), kEverything);
}

TEST(WeightsFileTest, EveryKeyIsAFieldOfTheApi) {
  const v1::WeightSet set = ParseWeightsFile(kEverything, "w.yaml").set;
  const v1::WeightProfile& north = set.profiles(1);
  EXPECT_EQ(north.name(), "weightProfiles/north");
  EXPECT_EQ(north.display_name(), "yes: a #name\nof two lines");
  EXPECT_EQ(north.selector().team(), "teams/north");
  EXPECT_EQ(north.effective_date(), "2026-01-01");
  EXPECT_EQ(north.minimum_coverage(), 0.75);
  EXPECT_EQ(north.band_policy(), v1::BAND_POLICY_AT_PERIOD_END);
  EXPECT_EQ(north.tenure_bands(0).to_months(), 18u);
  EXPECT_FALSE(north.tenure_bands(1).has_to_months());
  EXPECT_EQ(north.tenure_bands(0).pillars(1).pillar(), v1::PILLAR_REVENUE);
  EXPECT_EQ(north.tenure_bands(0).pillars(1).weight(), 0.2);
  EXPECT_EQ(north.kpis(0).missing_data(), v1::MISSING_DATA_POLICY_BLOCK);
  EXPECT_EQ(north.kpis(0).curve(2).value(), 70.5);
  // A weight of 0 is not the same as none.
  EXPECT_TRUE(north.kpis(1).has_weight());
  EXPECT_FALSE(north.kpis(2).has_weight());
  EXPECT_EQ(north.kpis(1).curve_basis(), v1::CURVE_BASIS_ATTAINMENT);
  EXPECT_EQ(set.profiles(0).selector().selector_case(), v1::WeightSelector::SELECTOR_NOT_SET);
  EXPECT_EQ(set.profiles(0).untenured_pillars(1).weight(), 0.1 + 0.2);
  EXPECT_EQ(set.target_series(0).name(), "targetSeries/revenue-2026");
  EXPECT_EQ(set.target_series(0).selector().segment(), "mid market");
  EXPECT_EQ(set.target_series(0).pacing(), v1::TargetSeries::PACING_SEASONAL);
  EXPECT_EQ(set.target_series(0).points(1).end_date(), "");
}

TEST(WeightsFileTest, AnyDoubleComesBackToTheLastBit) {
  v1::WeightSet set;
  v1::WeightProfile* profile = set.add_profiles();
  profile->set_name("weightProfiles/a");
  uint64_t state = 88172645463325252ull;  // xorshift64, so that every run is the same
  for (int i = 0; i < 1000; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    v1::KpiWeight* kpi = profile->add_kpis();
    kpi->set_kpi("kpis/k");
    kpi->set_missing_data(v1::MISSING_DATA_POLICY_REDISTRIBUTE_IN_PILLAR);
    kpi->set_curve_basis(v1::CURVE_BASIS_VALUE);
    kpi->set_weight(std::ldexp(static_cast<double>(state >> 11), -53));
    kpi->set_target(std::ldexp(static_cast<double>(state), static_cast<int>(state % 600) - 300));
  }
  profile->set_band_policy(v1::BAND_POLICY_TIME_WEIGHTED);
  const v1::WeightSet read = ParseWeightsFile(WriteWeightsFile(set), "w.yaml").set;
  ASSERT_EQ(read.profiles(0).kpis_size(), 1000);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(read.profiles(0).kpis(i).weight(), profile->kpis(i).weight());
    EXPECT_EQ(read.profiles(0).kpis(i).target(), profile->kpis(i).target());
  }
}

TEST(WeightsFileTest, TheShippedDefaultIsWhatTheServerHasBuiltIn) {
  const std::string text = Content(std::string(std::getenv("KEYSCORE_SOURCE_DIR")) +
                                   "/clients/cli/weights/default.yaml");
  const WeightsFile file = ParseWeightsFile(text, "default.yaml");
  ASSERT_THAT(Lines(file), IsEmpty());
  EXPECT_EQ(WriteWeightsFile(file.set), text);
  // By hand, from the tenure examples: 60/20/20, 40/30/30, 30/40/30.
  v1::WeightProfile built_in;
  built_in.set_name("weightProfiles/default");
  built_in.set_display_name("3R+1 default");
  built_in.mutable_selector();
  built_in.set_minimum_coverage(0.5);
  built_in.set_band_policy(v1::BAND_POLICY_TIME_WEIGHTED);
  const auto fill = [](auto* pillars, double relationships, double revenue, double retention) {
    const std::vector<double> weights = {relationships, revenue, retention, 0};
    for (size_t i = 0; i < weights.size(); ++i) {
      v1::PillarWeight* pillar = pillars->Add();
      pillar->set_pillar(static_cast<v1::Pillar>(v1::PILLAR_RELATIONSHIPS + i));
      pillar->set_weight(weights[i]);
    }
  };
  const auto band = [&](const char* name, uint32_t from, uint32_t to, double relationships,
                        double revenue, double retention) {
    v1::TenureBand* added = built_in.add_tenure_bands();
    added->set_display_name(name);
    added->set_from_months(from);
    if (to > 0) added->set_to_months(to);
    fill(added->mutable_pillars(), relationships, revenue, retention);
  };
  band("under 18 months", 0, 18, 0.6, 0.2, 0.2);
  band("18 to 36 months", 18, 36, 0.4, 0.3, 0.3);
  band("from 36 months", 36, 0, 0.3, 0.4, 0.3);
  fill(built_in.mutable_untenured_pillars(), 0.4, 0.3, 0.3);
  ASSERT_EQ(file.set.profiles_size(), 1);
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(file.set.profiles(0), built_in))
      << file.set.profiles(0).DebugString();
}

TEST(WeightsFileTest, EveryFaultIsToldAtOnceWithItsLine) {
  const WeightsFile file = ParseWeightsFile(R"(version: 2
color: red
profiles:
  - name: has no id
    for: {teem: north}
    minimum_coverage: half
    when_bands_cross: sometimes
    tenure_bands:
      - months: [0, 18, 36]
        pillars: {relationships: 60%, growth: 0.4}
      - months: [1.5]
        pillars: [0.5]
    kpis:
      - wieght: 0.5
        no_data: nothing
        curve: [[0, 0, 0], [1, a]]
      - just text
  - id: b
targets:
  - id: t
    kpi: churn_rate
    for: everyone
    points: {from: 2026-01-01}
)",
                                            "w.yaml");
  EXPECT_THAT(
      Lines(file),
      ElementsAre(
          "1: version 2 is not known here; write version: 1",
          "2: the file has no key 'color'; known are version, profiles, targets",
          "4: 'id' is missing",
          "5: 'for' has no key 'teem'; did you mean 'team'?; known are account, manager, team, "
          "segment",
          "6: 'half' is no number",
          "7: 'when_bands_cross' knows no 'sometimes'; known are time-weighted, at-period-end",
          "9: 'months' must be [FROM, TO], or [FROM] without an end",
          "10: 'pillars' has no key 'growth'; known are relationships, revenue, retention, "
          "learning",
          "10: '60%' is no number; write 60 % as 0.6", "11: months are whole numbers, from 0",
          "12: 'pillars' must be a map of keys to values",
          "14: a KPI has no key 'wieght'; did you mean 'weight'?; known are kpi, weight, target, "
          "no_data, curve, curve_over",
          "14: 'kpi' is missing",
          "15: 'no_data' knows no 'nothing'; known are in-pillar, overall, neutral, zero, block",
          "16: a point of a curve is [VALUE, SCORE]", "16: 'a' is no number",
          "17: a KPI must be a map of keys to values",
          "18: 'for' is missing; write everyone, or one of {account: ID}, {manager: ID}, {team: "
          "ID}, {segment: NAME}",
          "23: 'points' must be a list"));
}

TEST(WeightsFileTest, WhatTheServerSaysStandsAtTheLineOfTheField) {
  const WeightsFile file = ParseWeightsFile(kEverything, "w.yaml");
  EXPECT_THAT(
      Lines(file, {{"target_series[0].points[1]", "p"},
                   {"profiles[1].kpis[2].missing_data", "m"},
                   {"profiles[1].kpis[1].target", "not in the file: the KPI's line"},
                   {"set.profiles[1].tenure_bands[0].pillars", "sum"},
                   {"profiles[1].tenure_bands[1].pillars[0].weight", "w"},
                   {"weightProfiles/north: selector", "by its name"},
                   {"profiles[0].effective_date", "not in the file: the profile's line"},
                   {"etag", "nowhere"}}),
      ElementsAre("0: nowhere", "4: not in the file: the profile's line", "11: by its name",
                  "18: sum", "20: w", "28: not in the file: the KPI's line", "32: m", "41: p"));
}

TEST(WeightsFileTest, WhatTheServerSaysOfAFieldThatWasNotReadIsLeftOut) {
  const WeightsFile file = ParseWeightsFile(R"(version: 1
profiles:
  - id: a
    for: everyone
    without_tenure: {revenue: some}
    kpis:
      - kpi: churn_rate
        wieght: 1
      - kpi: nothing_known
)",
                                            "w.yaml");
  EXPECT_THAT(Lines(file, {{"profiles[0].untenured_pillars", "sums to 0"},
                           {"profiles[0].kpis", "nobody weighs"},
                           {"profiles[0].kpis[1].kpi", "there is no such KPI"}}),
              ElementsAre("5: 'some' is no number", StartsWith("8: a KPI has no key 'wieght'"),
                          "9: there is no such KPI"));
}

TEST(WeightsFileTest, AFileThatIsNoYamlOrEmptyHasOneFault) {
  EXPECT_THAT(Lines(ParseWeightsFile("", "w.yaml")), ElementsAre(HasSubstr("the file is empty")));
  EXPECT_THAT(Lines(ParseWeightsFile("# nothing\n", "w.yaml")),
              ElementsAre(HasSubstr("the file is empty")));
  const WeightsFile broken = ParseWeightsFile("version: 1\nprofiles: [\n", "w.yaml");
  EXPECT_EQ(Lines(broken).size(), 1u);
  EXPECT_EQ(broken.set.profiles_size(), 0);
  EXPECT_THAT(Lines(ParseWeightsFile("version: 1\n", "w.yaml")),
              ElementsAre("1: the file has neither 'profiles' nor 'targets'"));
  EXPECT_THAT(Lines(ParseWeightsFile("version: 1\nversion: 1\nprofiles: []\n", "w.yaml")),
              ElementsAre("2: the file has the key 'version' twice"));
}

}  // namespace
}  // namespace keyscore::cli
