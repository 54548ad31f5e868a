// Sets: exported, validated, applied as a whole.
#include "unit/weighting/ledger_fixture.h"

namespace keyscore::weighting {
namespace {

using absl::CivilDay;
using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Action = AppliedChange::Action;

class LedgerSetTest : public LedgerTest {
 protected:
  static TargetSeries Growth(const std::string& id, double value) {
    TargetSeries series;
    series.id = id;
    series.content.kpi_id = "growth";
    series.content.points = {{CivilDay(2026, 1, 1), std::nullopt, value}};
    return series;
  }
  static WeightProfile Of(const std::string& id, const ProfileContent& content) {
    return {.id = id, .content = content};
  }
  static std::vector<std::string> Lines(const Applied& applied) {
    std::vector<std::string> lines;
    for (const AppliedChange& change : applied.changes) {
      const char* words[] = {"", "create", "update", "unchanged", "unnamed"};
      lines.push_back(change.resource + " " + words[static_cast<int>(change.action)] + " r" +
                      std::to_string(change.revision) + (change.draft ? " draft" : ""));
    }
    return lines;
  }
};

TEST_F(LedgerSetTest, WhatIsExportedAndAppliedAgainChangesNothing) {
  Published("north", For("north", 0.1));
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.2), By("ada"), *registry_));
  ASSERT_OK(ledger_->PublishProfile("north", today_ + 9, By("ada"), *registry_));
  ASSERT_OK(ledger_->CreateTarget("growth", Growth("", 5).content, By("ada"), *registry_));
  ASSERT_OK(ledger_->CreateProfile("draft", For("south"), By("ada"), *registry_));
  Published("gone", For("east"));
  ASSERT_OK(ledger_->DeleteProfile("gone", By("ada")));

  const WeightSet set = ledger_->Export();
  ASSERT_EQ(set.profiles.size(), 3);
  EXPECT_EQ(set.profiles[0].id, "default");
  EXPECT_EQ(set.profiles[1].content.effective_date, std::nullopt);
  EXPECT_EQ(set.profiles[1].content.minimum_coverage, 0.1);
  EXPECT_EQ(set.profiles[2].content.effective_date, today_ + 9);
  ASSERT_EQ(set.targets.size(), 1);
  EXPECT_TRUE(ledger_->Validate(set, *registry_).empty());

  const size_t entries = Actions().size();
  const auto applied = ledger_->Apply(set, By("bob"), *registry_);
  ASSERT_OK(applied);
  EXPECT_THAT(
      Lines(*applied),
      ElementsAre("weightProfiles/default unchanged r0", "weightProfiles/north unchanged r0",
                  "weightProfiles/north unchanged r0", "targetSeries/growth unchanged r0"));
  EXPECT_EQ(Actions().size(), entries);
}

TEST_F(LedgerSetTest, PutsAServerInTheStateOfAnother) {
  Published("north", For("north", 0.1));
  ASSERT_OK(ledger_->UpdateProfile("north", Coverage(0.2), By("ada"), *registry_));
  ASSERT_OK(ledger_->PublishProfile("north", today_ + 9, By("ada"), *registry_));
  ASSERT_OK(ledger_->UpdateProfile("default", Coverage(0.9), By("ada"), *registry_));
  ASSERT_OK(ledger_->PublishProfile("default", std::nullopt, By("ada"), *registry_));
  ASSERT_OK(ledger_->CreateTarget("growth", Growth("", 5).content, By("ada"), *registry_));
  WeightSet set = ledger_->Export();
  // The order in the file doesn't matter.
  std::swap(set.profiles.front(), set.profiles.back());

  auto other_store = store::OpenDuckDbStore({.path = ":memory:", .threads = 1});
  ASSERT_OK(other_store);
  auto other = Ledger::Open(**other_store, {});
  ASSERT_OK(other);
  const auto applied = (*other)->Apply(set, By("bob", "from git"), *registry_);
  ASSERT_OK(applied);
  EXPECT_THAT(Lines(*applied),
              ElementsAre("weightProfiles/north create r2", "weightProfiles/north create r1",
                          "weightProfiles/default update r2", "targetSeries/growth create r1"));
  const auto rules = (*other)->Snapshot();
  EXPECT_EQ(CoverageOn(*rules, "north", today_ + 8), 0.1);
  EXPECT_EQ(CoverageOn(*rules, "north", today_ + 9), 0.2);
  EXPECT_EQ(CoverageOn(*rules, "default", today_), 0.9);
  EXPECT_EQ(rules->targets.at(0).content.points[0].value, 5);
  const auto entries = store::ListAudit(**other_store);
  ASSERT_EQ(entries->size(), 1);
  EXPECT_EQ(entries->at(0).action, "weighting.apply");
  EXPECT_TRUE(store::VerifyStore(**other_store)->findings.empty());
}

TEST_F(LedgerSetTest, SaysWhatDiffersAndWhatItDoesNotName) {
  Published("north", For("north", 0.1));
  Published("south", For("south", 0.1));
  ASSERT_OK(ledger_->CreateTarget("growth", Growth("", 5).content, By("ada"), *registry_));
  WeightSet set;
  set.profiles = {Of("north", For("north", 0.4)), Of("west", For("west"))};
  Change dry = By("bob");
  dry.validate_only = true;
  const auto planned = ledger_->Apply(set, dry, *registry_);
  ASSERT_OK(planned);
  EXPECT_THAT(Lines(*planned),
              ElementsAre("weightProfiles/north update r3", "weightProfiles/west create r1",
                          "weightProfiles/default unnamed r0", "weightProfiles/south unnamed r0",
                          "targetSeries/growth unnamed r0"));
  ASSERT_EQ(planned->changes[0].fields.size(), 1);
  EXPECT_EQ(planned->changes[0].fields[0].field, "minimum_coverage");
  EXPECT_EQ(planned->changes[0].fields[0].after, "0.4");
  EXPECT_EQ(CoverageOn("north", today_), 0.1);

  // The dry run's etag holds as long as nothing changes.
  Change change = By("bob", "", planned->etag);
  const auto applied = ledger_->Apply(set, change, *registry_);
  ASSERT_OK(applied);
  EXPECT_NE(applied->etag, planned->etag);
  EXPECT_EQ(CoverageOn("north", today_), 0.4);
  EXPECT_EQ(CoverageOn("south", today_), 0.1);
  EXPECT_THAT(ledger_->Apply(set, change, *registry_),
              Fails(StatusCode::kAborted, "compare again"));
}

TEST_F(LedgerSetTest, EveryFaultOfTheSetIsSaidAtOnceAndNothingIsDone) {
  Published("north", For("north", 0.1));
  ASSERT_OK(ledger_->CreateTarget("growth", Growth("", 5).content, By("ada"), *registry_));
  WeightSet set;
  ProfileContent wrong = For("west", 1.5);
  wrong.kpis = {{.kpi_id = "churn_rat"}, {.kpi_id = "contact", .weight = 0.5}};
  set.profiles = {Of("fine", For("east")), Of("North", wrong), Of("north-2", For("north")),
                  Of("fine", For("east"))};
  TargetSeries bad = Growth("growth-2", 1);
  bad.content.points.clear();
  set.targets = {bad, Growth("growth-3", 2), Growth("growth-3", 2)};
  std::vector<std::string> fields;
  for (const Fault& fault : ledger_->Validate(set, *registry_)) fields.push_back(fault.field);
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre(
                          "profiles[1].name", "profiles[1].minimum_coverage",
                          "profiles[1].kpis[0].kpi", "profiles[1].kpis", "profiles[2].selector",
                          "profiles[3].effective_date", "target_series[0].points",
                          "target_series[0].selector", "target_series[1].selector",
                          "target_series[2].name", "target_series[2].selector"));
  const absl::Status status = ledger_->Apply(set, By("ada"), *registry_).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(FaultsOf(status).size(), fields.size());
  EXPECT_THAT(ledger_->GetProfile("fine"), Fails(StatusCode::kNotFound, ""));
}

TEST_F(LedgerSetTest, TwoOfOneSetThatClashAreRefusedToo) {
  WeightSet set;
  set.profiles = {Of("a", For("north")), Of("b", For("north", 0.5, today_))};
  const Faults faults = ledger_->Validate(set, *registry_);
  ASSERT_EQ(faults.size(), 1);
  EXPECT_EQ(faults[0].field, "profiles[1].selector");
  EXPECT_THAT(faults[0].phrase, HasSubstr("weightProfiles/a"));
  // Nor may a set leave somebody without a profile.
  ProfileContent narrow = DefaultProfile().content;
  narrow.selector = {SelectorKind::kTeam, "east"};
  set.profiles = {Of("default", narrow)};
  ASSERT_EQ(ledger_->Validate(set, *registry_).size(), 1);
  EXPECT_THAT(ledger_->Validate(set, *registry_)[0].phrase, HasSubstr("for everyone"));
}

TEST_F(LedgerSetTest, UnderFourEyesASetIsDrafted) {
  Open({.four_eyes = true});
  WeightSet set;
  set.profiles = {Of("north", For("north", 0.4))};
  set.targets = {Growth("growth", 3)};
  const auto applied = ledger_->Apply(set, By("ada"), *registry_);
  ASSERT_OK(applied);
  EXPECT_THAT(Lines(*applied), ElementsAre("weightProfiles/north create r1 draft",
                                           "targetSeries/growth create r1 draft",
                                           "weightProfiles/default unnamed r0"));
  EXPECT_EQ(CoverageOn("north", today_), -1);
  EXPECT_TRUE(ledger_->Snapshot()->targets.empty());
  // Applied again, what waits is left waiting.
  EXPECT_THAT(
      Lines(*ledger_->Apply(set, By("bob"), *registry_)),
      ElementsAre("weightProfiles/north unchanged r0 draft",
                  "targetSeries/growth unchanged r0 draft", "weightProfiles/default unnamed r0"));
  EXPECT_THAT(ledger_->ApproveProfile("north", By("ada"), *registry_),
              Fails(StatusCode::kPermissionDenied, "OWN_CHANGE: "));
  ASSERT_OK(ledger_->ApproveProfile("north", By("bob"), *registry_));
  ASSERT_OK(ledger_->PublishProfile("north", std::nullopt, By("ada"), *registry_));
  ASSERT_OK(ledger_->ApproveTarget("growth", By("bob"), *registry_));
  EXPECT_EQ(CoverageOn("north", today_), 0.4);
  // Two changes of one profile can't both wait.
  set.profiles = {Of("north", For("north", 0.5)), Of("north", For("north", 0.6, today_))};
  const Faults faults = ledger_->Validate(set, *registry_);
  ASSERT_EQ(faults.size(), 1);
  EXPECT_EQ(faults[0].field, "profiles[1].effective_date");
}

}  // namespace
}  // namespace keyscore::weighting
