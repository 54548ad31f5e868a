// The life of a change of weights, with a second pair of eyes; whose cards it touches and whose
// not; and what becomes of two who change the same at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "integration/weighting_case.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kAnnaQ1[] = "managers/anna/scorecards/2024-Q1";
constexpr char kAnna2023Q4[] = "managers/anna/scorecards/2023-Q4";

using WeightingLifeTest = WeightingCase;

TEST_F(WeightingLifeTest, FourEyesSeeAChangeBeforeItCounts) {
  StartAgain({.more_config = "weighting:\n  four_eyes: true\n"});
  ASSERT_THAT(SendSmallWorld(client()), IsOk());
  v1::WeightProfile north = FlatProfile("north", "team: 'teams/north'", 0.5, 0.25, 0.25);
  north.set_effective_date("2024-01-01");
  const auto created = Create(north, "ada");
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->state(), v1::WeightProfile::STATE_DRAFT);
  EXPECT_EQ(created->revision(), 1);
  EXPECT_THAT(created->draft_authors(), ElementsAre(HasSubstr("ada")));
  EXPECT_EQ(CardOf(kAnnaQ1).weights().profile(), "weightProfiles/default");

  const auto own = Approve("north", "ada");
  EXPECT_THAT(own, Refused(StatusCode::kPermissionDenied));
  EXPECT_EQ(ReasonOf(own), "OWN_CHANGE");
  const auto unnamed = Approve("north", "");
  EXPECT_THAT(unnamed, Refused(StatusCode::kFailedPrecondition));
  EXPECT_EQ(ReasonOf(unnamed), "NAME_MISSING");
  const auto early = Publish("north", "", "ada");
  EXPECT_THAT(early, Refused(StatusCode::kFailedPrecondition));
  EXPECT_EQ(ReasonOf(early), "APPROVAL_MISSING");

  const auto approved = Approve("north", "bob");
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->state(), v1::WeightProfile::STATE_APPROVED);
  EXPECT_THAT(approved->approver(), HasSubstr("bob"));
  // A change after it takes the approval away, and bob's own hand counts as his.
  north.set_display_name("The north");
  const auto changed = Update(north, "bob");
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->state(), v1::WeightProfile::STATE_DRAFT);
  EXPECT_EQ(changed->approver(), "");
  EXPECT_EQ(ReasonOf(Publish("north", "", "ada")), "APPROVAL_MISSING");
  EXPECT_EQ(ReasonOf(Approve("north", "bob")), "OWN_CHANGE");
  ASSERT_THAT(Approve("north", "carla"), IsOk());
  EXPECT_EQ(CardOf(kAnnaQ1).weights().profile(), "weightProfiles/default");

  // Another day than the one approved is a change of its own.
  EXPECT_EQ(ReasonOf(Publish("north", "2023-10-01", "ada")), "OWN_CHANGE");
  const auto published = Publish("north", "", "ada");
  ASSERT_THAT(published, IsOk());
  EXPECT_EQ(published->state(), v1::WeightProfile::STATE_PUBLISHED);
  EXPECT_EQ(published->published_revision(), published->revision());
  EXPECT_EQ(published->effective_date(), "2024-01-01");
  const v1::Scorecard card = CardOf(kAnnaQ1);
  EXPECT_EQ(card.weights().profile(), "weightProfiles/north");
  EXPECT_EQ(card.weights().profile_revision(), published->revision());
  EXPECT_DOUBLE_EQ(WeightOf(card, v1::PILLAR_RELATIONSHIPS), 0.5);
  EXPECT_EQ(CardOf(kAnna2023Q4).weights().profile(), "weightProfiles/default");
  EXPECT_EQ(CardOf("managers/boris/scorecards/2024-Q1").weights().profile(),
            "weightProfiles/default");

  std::vector<std::string> steps;
  for (const v1::WeightProfile& revision : History("north")) steps.push_back(revision.action());
  EXPECT_THAT(steps, ElementsAre("create", "approve", "update", "approve", "publish"));
  v1::CompareWeightProfileRevisionsRequest compare;
  compare.set_name("weightProfiles/north");
  compare.set_revision(1);
  compare.set_with_revision(5);
  const auto compared = client().CompareWeightProfileRevisions(compare);
  ASSERT_THAT(compared, IsOk());
  bool renamed = false;
  for (const v1::FieldChange& change : compared->changes()) {
    renamed = renamed || (change.field() == "display_name" && change.before() == "north" &&
                          change.after() == "The north");
  }
  EXPECT_TRUE(renamed) << compared->DebugString();
  const v1::VerifyAuditLogResponse verified = Verify();
  EXPECT_TRUE(verified.sound()) << verified.DebugString();
  EXPECT_EQ(verified.entries(), 5);
  EXPECT_EQ(verified.documents(), 5);
}

TEST_F(WeightingLifeTest, AnOldPeriodKeepsItsWeightsUnlessTodaysAreAskedFor) {
  const v1::Scorecard before = CardOf(kAnnaQ1);
  absl::SleepFor(absl::Milliseconds(20));
  const absl::Time then = absl::Now();
  absl::SleepFor(absl::Milliseconds(20));
  ASSERT_THAT(PutInForce(FlatProfile("default", "", 0.2, 0.3, 0.5), "today"), IsOk());

  EXPECT_EQ(WithoutReceipt(CardOf(kAnnaQ1)), WithoutReceipt(before));
  v1::GetScorecardRequest today;
  today.set_name(kAnnaQ1);
  today.set_weights_of(v1::WEIGHTS_OF_TODAY);
  const v1::Scorecard changed = CardOf(today);
  EXPECT_DOUBLE_EQ(WeightOf(changed, v1::PILLAR_RETENTION), 0.5);
  EXPECT_EQ(changed.receipt().weights_of(), v1::WEIGHTS_OF_TODAY);
  EXPECT_EQ(changed.weights().as_of_date(), changed.receipt().as_of_date());
  // As known before the change there was none.
  today.mutable_known_time()->set_seconds(absl::ToUnixSeconds(then));
  today.mutable_known_time()->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(then - absl::FromUnixSeconds(absl::ToUnixSeconds(then)))));
  v1::Scorecard known = CardOf(today);
  EXPECT_DOUBLE_EQ(WeightOf(known, v1::PILLAR_RETENTION), WeightOf(before, v1::PILLAR_RETENTION));
  EXPECT_FALSE(known.receipt().has_weighting_time());

  // One that is effective earlier does touch the period, and rolled back it no longer does.
  ASSERT_THAT(PutInForce(FlatProfile("default", "", 0.2, 0.3, 0.5), "2024-03-31"), IsOk());
  EXPECT_DOUBLE_EQ(WeightOf(CardOf(kAnnaQ1), v1::PILLAR_RETENTION), 0.5);
  EXPECT_NE(WeightOf(CardOf(kAnna2023Q4), v1::PILLAR_RETENTION), 0.5);
  v1::RollbackWeightProfileRequest rollback;
  rollback.set_name("weightProfiles/default");
  rollback.set_revision(1);
  rollback.set_effective_date("2024-03-31");
  rollback.set_reason("a mistake");
  ASSERT_THAT(As("ada").RollbackWeightProfile(rollback), IsOk());
  EXPECT_DOUBLE_EQ(WeightOf(CardOf(kAnnaQ1), v1::PILLAR_RETENTION),
                   WeightOf(before, v1::PILLAR_RETENTION));
}

TEST_F(WeightingLifeTest, PagesOfARankingGoOnWithTheWeightsOfTheFirst) {
  v1::ListScorecardsRequest list;
  list.set_parent("managers/-");
  list.set_period("2024-Q1");
  list.set_page_size(1);
  list.set_order_by("subject");
  const auto first = client().ListScorecards(list);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(PutInForce(FlatProfile("default", "", 1, 0, 0)), IsOk());
  list.set_page_token(first->next_page_token());
  const auto second = client().ListScorecards(list);
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->scorecards_size(), 1);
  EXPECT_EQ(second->scorecards(0).subject(), "managers/boris");
  EXPECT_EQ(second->scorecards(0).weights().profile_revision(),
            first->scorecards(0).weights().profile_revision());
  EXPECT_DOUBLE_EQ(WeightOf(CardOf("managers/boris/scorecards/2024-Q1"), v1::PILLAR_RELATIONSHIPS),
                   1);
}

TEST_F(WeightingLifeTest, OfSixteenWhoChangeAtOnceOneWinsEachRound) {
  constexpr int kThreads = 16;
  constexpr int kRounds = 10;
  ASSERT_THAT(Create(FlatProfile("north", "team: 'teams/north'", 0.5, 0.25, 0.25)), IsOk());
  std::vector<std::string> won;
  for (int round = 0; round < kRounds; ++round) {
    const auto seen = Get("north");
    ASSERT_THAT(seen, IsOk());
    std::vector<absl::Status> outcomes(kThreads);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        v1::UpdateWeightProfileRequest request;
        *request.mutable_weight_profile() = *seen;  // with its etag
        request.mutable_weight_profile()->set_display_name(absl::StrCat(round, " by ", i));
        request.mutable_update_mask()->add_paths("display_name");
        request.set_reason("a race");
        outcomes[i] = client().UpdateWeightProfile(request).status();
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (int i = 0; i < kThreads; ++i) {
      if (outcomes[i].ok()) {
        won.push_back(absl::StrCat(round, " by ", i));
      } else {
        EXPECT_EQ(outcomes[i].code(), StatusCode::kAborted) << outcomes[i];
        EXPECT_EQ(ReasonOf(outcomes[i]), "ETAG_MISMATCH");
      }
    }
    ASSERT_EQ(won.size(), static_cast<size_t>(round) + 1);
  }
  // What was acknowledged is there, in order, and nothing else.
  std::vector<std::string> names;
  for (const v1::WeightProfile& revision : History("north")) {
    if (revision.revision() > 1) names.push_back(revision.display_name());
  }
  EXPECT_EQ(names, won);
  EXPECT_TRUE(Verify().sound());
}

TEST_F(WeightingLifeTest, NoUpdateIsLostWhereEverybodyTriesAgain) {
  constexpr int kThreads = 16;
  constexpr int kEach = 3;
  v1::WeightProfile counter = FlatProfile("north", "team: 'teams/north'", 0.5, 0.25, 0.25);
  counter.set_display_name("0");
  ASSERT_THAT(Create(counter), IsOk());
  std::vector<std::thread> threads;
  std::atomic<int> refused_otherwise = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int done = 0; done < kEach;) {
        const auto seen = Get("north");
        if (!seen.ok()) return;
        v1::UpdateWeightProfileRequest request;
        *request.mutable_weight_profile() = *seen;
        request.mutable_weight_profile()->set_display_name(
            absl::StrCat(std::stoi(seen->display_name()) + 1));
        request.mutable_update_mask()->add_paths("display_name");
        request.set_reason("counting");
        const auto updated = client().UpdateWeightProfile(request);
        done += updated.ok() ? 1 : 0;
        if (!updated.ok() && !absl::IsAborted(updated.status())) ++refused_otherwise;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused_otherwise, 0);
  EXPECT_EQ(Get("north")->display_name(), absl::StrCat(kThreads * kEach));
}

TEST_F(WeightingLifeTest, ASetWithEveryFaultIsRefusedWithAllOfThemAtOnce) {
  v1::ApplyWeightsRequest apply;
  apply.set_reason("a bad day");
  *apply.mutable_set() = Parsed<v1::WeightSet>(R"(
    profiles {
      name: 'weightProfiles/north' selector { team: 'teams/north' } minimum_coverage: 1.5
      tenure_bands { from_months: 0 to_months: 12
                     pillars { pillar: PILLAR_REVENUE weight: 0.9 } }
      tenure_bands { from_months: 24 pillars { pillar: PILLAR_REVENUE weight: 1 } }
      untenured_pillars { pillar: PILLAR_REVENUE weight: 1 }
      kpis { kpi: 'kpis/no_such_thing' weight: 1 }
      kpis { kpi: 'kpis/churn_rate' weight: -1 }
    }
    profiles {
      name: 'weightProfiles/also-north' selector { team: 'teams/north' }
      untenured_pillars { pillar: PILLAR_RETENTION weight: 0.5 }
      effective_date: '2024-02-30'
    }
    target_series { name: 'targetSeries/plan' kpi: 'kpis/neither' pacing: PACING_LINEAR
                    points { start_date: '2024-01-01' value: 1 } })");
  v1::ValidateWeightsRequest validate;
  *validate.mutable_set() = apply.set();
  const auto faults = client().ValidateWeights(validate);
  ASSERT_THAT(faults, IsOk());
  std::set<std::string> named;
  for (const v1::WeightFault& fault : faults->faults()) named.insert(fault.field());
  for (const char* field : {"profiles[0].minimum_coverage", "profiles[0].tenure_bands[0].pillars",
                            "profiles[0].tenure_bands[1].from_months", "profiles[0].kpis[0].kpi",
                            "profiles[0].kpis[1].weight", "profiles[1].untenured_pillars",
                            "profiles[1].effective_date", "target_series[0].kpi"}) {
    EXPECT_EQ(named.count(field), 1u) << field << " in\n" << faults->DebugString();
  }
  const auto refused = As("ada").ApplyWeights(apply);
  EXPECT_THAT(refused, Refused(StatusCode::kInvalidArgument));
  const client::ErrorDetails details = client::DetailsOf(refused.status());
  std::set<std::string> violated;
  for (const client::FieldViolation& violation : details.violations) {
    violated.insert(violation.field);
  }
  for (const std::string& field : named) {
    EXPECT_EQ(violated.count("set." + field) + violated.count(field), 1u) << field;
  }
  EXPECT_EQ(Get("north").status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace keyscore::testing
