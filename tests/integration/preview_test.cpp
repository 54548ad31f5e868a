// What a draft would change is what it does change; the operation can be watched and stopped. And
// advice over the figures that there are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "integration/weighting_case.h"
#include "support/facts.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;
using google::longrunning::Operation;

class PreviewTest : public WeightingCase {
 protected:
  Operation Done(const std::string& name) {
    for (;;) {
      const auto operation = client().WaitOperation(name, absl::Seconds(10));
      EXPECT_THAT(operation, IsOk());
      if (!operation.ok()) return {};
      if (operation->done()) return *operation;
    }
  }

  v1::WeightPreview Previewed(const v1::PreviewWeightsRequest& request) {
    const auto started = client().PreviewWeights(request);
    EXPECT_THAT(started, IsOk());
    if (!started.ok()) return {};
    const Operation done = Done(started->name());
    EXPECT_FALSE(done.has_error()) << done.error().DebugString();
    v1::PreviewProgress progress;
    EXPECT_TRUE(done.metadata().UnpackTo(&progress));
    EXPECT_EQ(progress.subjects_done(), progress.subjects_total());
    EXPECT_TRUE(progress.has_end_time());
    v1::WeightPreview preview;
    EXPECT_TRUE(done.response().UnpackTo(&preview));
    return preview;
  }

  // Enough managers that a preview takes its time.
  absl::Status SendManyManagers(int count) {
    std::vector<std::vector<Cell>> rows;
    for (int i = 0; i < count; ++i) {
      const std::string id = absl::StrFormat("many%05d", i);
      rows.push_back({id, id, At{"2021-01-01"}, "Number " + id});
    }
    return client()
        .AppendFacts({Batch("manager", {"fact_id", "manager_id", "occurred_at", "name"}, rows)})
        .status();
  }
};

v1::WeightProfile Draft() {
  v1::WeightProfile draft = FlatProfile("default", "", 0.1, 0.6, 0.3);
  *draft.add_kpis() = Parsed<v1::KpiWeight>("kpi: 'kpis/net_promoter_score' weight: 1");
  return draft;
}

TEST_F(PreviewTest, WhatItSaysIsWhatPublishingTheDraftBrings) {
  v1::PreviewWeightsRequest request;
  *request.add_profiles() = Draft();
  request.add_periods("2024-Q1");
  request.add_periods("2023-Q4");
  const v1::WeightPreview preview = Previewed(request);
  ASSERT_EQ(preview.periods_size(), 2);
  EXPECT_EQ(preview.periods(0).period().expression(), "2023-Q4");  // the oldest first
  EXPECT_EQ(Get("default")->revision(), 1);                        // nothing was written

  std::map<std::string, v1::Scorecard> before, after;
  const std::vector<std::string> subjects = {"managers/anna", "managers/boris"};
  for (const std::string& subject : subjects)
    before[subject] = CardOf(subject + "/scorecards/2024-Q1");
  ASSERT_THAT(PutInForce(Draft()), IsOk());
  for (const std::string& subject : subjects)
    after[subject] = CardOf(subject + "/scorecards/2024-Q1");

  const v1::WeightPreview::PeriodPreview& quarter = preview.periods(1);
  ASSERT_EQ(quarter.changes_size(), 2);
  double last = 1e9;
  uint32_t winners = 0, losers = 0;
  for (const v1::WeightPreview::Change& change : quarter.changes()) {
    const v1::Scorecard& was = before[change.subject()];
    const v1::Scorecard& is = after[change.subject()];
    ASSERT_TRUE(was.has_total() && is.has_total()) << change.subject();
    EXPECT_EQ(change.total_before(), was.total());
    EXPECT_EQ(change.total_after(), is.total());
    EXPECT_EQ(change.coverage_before(), was.coverage());
    EXPECT_EQ(change.coverage_after(), is.coverage());
    EXPECT_EQ(change.tenure_band_before(), was.weights().tenure_band());
    EXPECT_EQ(change.tenure_band_after(), "");  // the draft has no bands
    const double difference = is.total() - was.total();
    EXPECT_LE(difference, last);  // winners first
    last = difference;
    winners += difference > 0.5 ? 1 : 0;
    losers += difference < -0.5 ? 1 : 0;
    // The strongest driver is the KPI whose part of the total has changed most.
    std::map<std::string, double> parts;
    for (const v1::KpiResult& result : is.kpis()) {
      parts[result.kpi()] += result.weight() * result.score();
    }
    for (const v1::KpiResult& result : was.kpis()) {
      parts[result.kpi()] -= result.weight() * result.score();
    }
    double strongest = 0;
    for (const auto& part : parts) strongest = std::max(strongest, std::abs(part.second));
    ASSERT_GT(change.drivers_size(), 0);
    EXPECT_NEAR(std::abs(change.drivers(0).points()), strongest, 1e-9);
    EXPECT_NEAR(change.drivers(0).points(), parts[change.drivers(0).kpi()], 1e-9);
  }
  EXPECT_EQ(quarter.winners(), winners);
  EXPECT_EQ(quarter.losers(), losers);
  EXPECT_NEAR(quarter.mean_after(),
              (after["managers/anna"].total() + after["managers/boris"].total()) / 2, 1e-9);
  EXPECT_EQ(quarter.changes(0).rank_before() + quarter.changes(1).rank_before(), 3u);
}

TEST_F(PreviewTest, AStoredDraftIsPreviewedByItsName) {
  ASSERT_THAT(Create(FlatProfile("north", "team: 'teams/north'", 1, 0, 0)), IsOk());
  v1::PreviewWeightsRequest request;
  request.add_names("weightProfiles/north");
  request.set_period_count(2);
  const v1::WeightPreview preview = Previewed(request);
  ASSERT_EQ(preview.periods_size(), 2);
  for (const auto& period : preview.periods()) {
    ASSERT_EQ(period.changes_size(), 2);
    for (const auto& change : period.changes()) {
      EXPECT_EQ(change.profile_before(), "weightProfiles/default");
      EXPECT_EQ(change.profile_after(), change.subject() == "managers/anna"
                                            ? "weightProfiles/north"
                                            : "weightProfiles/default");
    }
    ASSERT_EQ(period.migrations_size(), 1);
    EXPECT_EQ(period.migrations(0).to(), "north");
    EXPECT_EQ(period.migrations(0).subjects(), 1u);
  }
  // Accounts follow their owner into it.
  request.set_parent("accounts/-");
  const v1::WeightPreview accounts = Previewed(request);
  int moved = 0;
  for (const auto& change : accounts.periods(0).changes()) {
    moved += change.profile_after() == "weightProfiles/north" ? 1 : 0;
  }
  EXPECT_EQ(moved, 2);  // acme and beta
}

TEST_F(PreviewTest, RequestsThatMakeNoSenseAreRefusedAtOnce) {
  v1::PreviewWeightsRequest request;
  EXPECT_THAT(client().PreviewWeights(request),
              RefusedField(StatusCode::kInvalidArgument, "names"));
  request.add_names("weightProfiles/none");
  EXPECT_THAT(client().PreviewWeights(request), Refused(StatusCode::kNotFound));
  request.clear_names();
  *request.add_profiles() = Draft();
  request.set_period_count(13);
  EXPECT_THAT(client().PreviewWeights(request),
              RefusedField(StatusCode::kInvalidArgument, "period_count"));
  request.set_period_count(1);
  request.add_periods("2024-Q1");
  EXPECT_THAT(client().PreviewWeights(request),
              RefusedField(StatusCode::kInvalidArgument, "period_count"));
  request.clear_period_count();
  request.set_parent("contacts/-");
  EXPECT_THAT(client().PreviewWeights(request),
              RefusedField(StatusCode::kInvalidArgument, "parent"));
  request.clear_parent();
  request.mutable_profiles(0)->mutable_untenured_pillars(0)->set_weight(0.9);
  request.mutable_profiles(0)->mutable_kpis(0)->set_kpi("kpis/no_such_thing");
  const auto faulty = client().PreviewWeights(request);
  EXPECT_THAT(faulty, RefusedField(StatusCode::kInvalidArgument, "profiles[0].untenured_pillars"));
  EXPECT_THAT(faulty, RefusedField(StatusCode::kInvalidArgument, "profiles[0].kpis[0].kpi"));
}

TEST_F(PreviewTest, ACancelledOperationEndsAndIsForgottenWhenDeleted) {
  ASSERT_THAT(SendManyManagers(5'000), IsOk());
  v1::PreviewWeightsRequest request;
  *request.add_profiles() = Draft();
  request.set_period_count(12);
  const auto started = client().PreviewWeights(request);
  ASSERT_THAT(started, IsOk());
  EXPECT_FALSE(started->done());
  ASSERT_THAT(client().CancelOperation(started->name()), IsOk());
  const Operation ended = Done(started->name());
  ASSERT_TRUE(ended.has_error()) << "it was done before it could be cancelled";
  EXPECT_EQ(ended.error().code(), static_cast<int>(StatusCode::kCancelled));
  v1::PreviewProgress progress;
  ASSERT_TRUE(ended.metadata().UnpackTo(&progress));
  EXPECT_EQ(progress.subjects_total(), 12 * 5'002);
  EXPECT_LT(progress.subjects_done(), progress.subjects_total());
  ASSERT_THAT(client().DeleteOperation(started->name()), IsOk());
  EXPECT_THAT(client().GetOperation(started->name()), Refused(StatusCode::kNotFound));
  EXPECT_THAT(client().CancelOperation("operations/none"), Refused(StatusCode::kNotFound));
}

TEST_F(PreviewTest, AServerThatStopsDoesNotWaitForAPreview) {
  ASSERT_THAT(SendManyManagers(5'000), IsOk());
  v1::PreviewWeightsRequest request;
  *request.add_profiles() = Draft();
  request.set_period_count(12);
  ASSERT_THAT(client().PreviewWeights(request), IsOk());
  EXPECT_EQ(server_->Stop(), 0);
}

TEST_F(PreviewTest, LintNamesWhatIsBadlyChosenByConfigurationAndByFigures) {
  v1::LintWeightsRequest request;
  request.set_period("2024-Q1");
  *request.mutable_profile() = Draft();
  const auto linted = client().LintWeights(request);
  ASSERT_THAT(linted, IsOk());
  EXPECT_EQ(linted->subjects(), 2);
  EXPECT_EQ(linted->period().expression(), "2024-Q1");
  bool on_one = false;
  for (const v1::LintFinding& finding : linted->findings()) {
    EXPECT_NE(finding.evidence(), "");
    EXPECT_NE(finding.remedy(), "");
    EXPECT_EQ(finding.profile(), "weightProfiles/default");
    on_one = on_one || finding.rule() == "pillar-on-one-kpi";
  }
  EXPECT_TRUE(on_one) << linted->DebugString();

  // A profile for one segment is looked at over that segment's accounts.
  *request.mutable_profile() = FlatProfile("of-enterprise", "segment: 'enterprise'", 0.5, 0.5, 0);
  const auto of_segment = client().LintWeights(request);
  ASSERT_THAT(of_segment, IsOk());
  EXPECT_EQ(of_segment->subjects(), 2);  // acme and gamma
  request.clear_profile();
  const auto in_force = client().LintWeights(request);
  ASSERT_THAT(in_force, IsOk());
  for (const v1::LintFinding& finding : in_force->findings()) {
    EXPECT_EQ(finding.profile(), "weightProfiles/default");
  }
}

}  // namespace
}  // namespace keyscore::testing
