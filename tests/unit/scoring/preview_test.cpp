// What drafts would change, by hand on a small world and against separate runs on a large one.
#include "scoring/preview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "unit/scoring/card_world.h"

namespace keyscore::scoring {
namespace {

using kpis::Pillar;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Counts every attempt to change something.
class WatchedStore : public store::FakeStore {
 public:
  int writes = 0;

  absl::Status DefineDataset(const facts::DatasetSchema& schema) override {
    ++writes;
    return FakeStore::DefineDataset(schema);
  }
  absl::StatusOr<store::AppendResult> Append(const facts::ColumnBatch& batch) override {
    ++writes;
    return FakeStore::Append(batch);
  }
  absl::StatusOr<std::vector<store::ConfigRevision>> PutConfigs(
      const std::vector<store::ConfigWrite>& changes) override {
    ++writes;
    return FakeStore::PutConfigs(changes);
  }
};

// Everyone is under 18 months in role, so 60/20/20 counts as published.
class PreviewTest : public CardWorld {
 protected:
  void SetUp() override {
    pinned_.registry = kpis::RegistryOf({ValueKpi("engagement", Pillar::kRelationships, 1),
                                         ValueKpi("conversion", Pillar::kRevenue, 1),
                                         ValueKpi("nps", Pillar::kRetention, 1)});
    draft_ = weighting::DefaultProfile();
    draft_.state = weighting::ProfileState::kDraft;
    draft_.revision = 2;
    draft_.content.bands.clear();
    draft_.content.untenured_pillars = {
        {Pillar::kRelationships, 0.2}, {Pillar::kRevenue, 0.4}, {Pillar::kRetention, 0.4}};
  }

  void Add(const std::string& manager, std::optional<double> engagement,
           std::optional<double> conversion, std::optional<double> nps) {
    subjects_.push_back(Manager(manager, absl::CivilDay(2017, 1, 1)));
    if (engagement) Record("engagement", manager, *engagement);
    if (conversion) Record("conversion", manager, *conversion);
    if (nps) Record("nps", manager, *nps);
  }

  PreviewRequest Request() {
    PreviewRequest request;
    request.periods = {{request_.period, subjects_}};
    request.drafted = WithDrafts(*pinned_.rules, {draft_});
    return request;
  }

  PeriodPreview Run() {
    auto previews = Preview(Request(), pinned_, store_);
    EXPECT_TRUE(previews.ok()) << previews.status();
    return previews.ok() && !previews->empty() ? previews->front() : PeriodPreview();
  }

  weighting::WeightProfile draft_;
  std::vector<SubjectInfo> subjects_;
};

// Before 60/20/20, after 20/40/40.
class SmallWorldTest : public PreviewTest {
 protected:
  void SetUp() override {
    PreviewTest::SetUp();
    Add("anna", 80, 50, 20);            // 62, then 44
    Add("bea", 40, 90, 85);             // 59, then 78
    Add("cem", 60, 60, 60);             // 60 whatever the weights
    Add("dora", std::nullopt, 50, 50);  // covered 40 %, then 80 %
    Add("emil", std::nullopt, std::nullopt, std::nullopt);
    Add("fay", 60, 60, 60);
  }
};

std::vector<std::string> Order(const PeriodPreview& preview) {
  std::vector<std::string> ids;
  for (const SubjectChange& change : preview.changes) ids.push_back(change.subject.facts.id);
  return ids;
}

TEST_F(SmallWorldTest, WinnersComeFirstAndWhoIsNotScoredTwiceLast) {
  const PeriodPreview preview = Run();
  ASSERT_THAT(Order(preview), ElementsAre("bea", "cem", "fay", "anna", "dora", "emil"));
  EXPECT_NEAR(*preview.changes[0].total_before, 59, 1e-10);
  EXPECT_NEAR(*preview.changes[0].total_after, 78, 1e-10);
  EXPECT_NEAR(*preview.changes[3].total_before, 62, 1e-10);
  EXPECT_NEAR(*preview.changes[3].total_after, 44, 1e-10);
  EXPECT_EQ(preview.changes[4].total_before, std::nullopt);
  EXPECT_NEAR(*preview.changes[4].total_after, 50, 1e-10);
  EXPECT_EQ(preview.changes[5].total_after, std::nullopt);
  EXPECT_EQ(preview.winners, 1);
  EXPECT_EQ(preview.losers, 1);
  EXPECT_EQ(preview.unchanged, 2);
  EXPECT_EQ(preview.newly_scored, 1);
  EXPECT_EQ(preview.no_longer_scored, 0);
}

TEST_F(SmallWorldTest, EqualTotalsShareARankAndWhoIsNotScoredHasNone) {
  const PeriodPreview preview = Run();
  std::map<std::string, std::pair<size_t, size_t>> ranks;
  for (const SubjectChange& change : preview.changes) {
    ranks[change.subject.facts.id] = {change.rank_before, change.rank_after};
  }
  using Ranks = std::pair<size_t, size_t>;
  EXPECT_EQ(ranks["anna"], Ranks(1, 5));
  EXPECT_EQ(ranks["cem"], Ranks(2, 2));
  EXPECT_EQ(ranks["fay"], Ranks(2, 2));
  EXPECT_EQ(ranks["bea"], Ranks(4, 1));
  EXPECT_EQ(ranks["dora"], Ranks(0, 4));
  EXPECT_EQ(ranks["emil"], Ranks(0, 0));
  EXPECT_NEAR(*preview.rank_correlation, -1, 1e-12);
}

TEST_F(SmallWorldTest, MeansAreOfWhoIsScoredAndCoverageIsOfEverybody) {
  const PeriodPreview preview = Run();
  EXPECT_NEAR(*preview.mean_before, (62 + 59 + 60 + 60) / 4.0, 1e-10);
  EXPECT_NEAR(*preview.mean_after, (44 + 78 + 60 + 60 + 50) / 5.0, 1e-10);
  EXPECT_NEAR(preview.coverage_before, 4.4 / 6, 1e-12);
  EXPECT_NEAR(preview.coverage_after, 4.8 / 6, 1e-12);
}

TEST_F(SmallWorldTest, DriversAddUpToTheChange) {
  const PeriodPreview preview = Run();
  const std::vector<Driver>& bea = preview.changes[0].drivers;
  ASSERT_EQ(bea.size(), 3);
  EXPECT_EQ(bea[0].kpi_id, "conversion");
  EXPECT_NEAR(bea[0].points, 0.4 * 90 - 0.2 * 90, 1e-10);
  EXPECT_EQ(bea[1].kpi_id, "nps");
  EXPECT_NEAR(bea[1].points, 17, 1e-10);
  EXPECT_EQ(bea[2].kpi_id, "engagement");
  EXPECT_NEAR(bea[2].points, -16, 1e-10);
  EXPECT_NEAR(bea[2].weight_before, 0.6, 1e-12);
  EXPECT_NEAR(bea[2].weight_after, 0.2, 1e-12);
  EXPECT_THAT(preview.changes[4].drivers, IsEmpty());  // not scored before

  // Over the four scored both times: engagement 60, conversion 65, nps 56.25 on average.
  ASSERT_EQ(preview.drivers.size(), 3);
  EXPECT_EQ(preview.drivers[0].kpi_id, "engagement");
  EXPECT_NEAR(preview.drivers[0].points, -0.4 * 60, 1e-10);
  EXPECT_NEAR(preview.drivers[0].weight_before, 0.6, 1e-12);
  EXPECT_EQ(preview.drivers[1].kpi_id, "conversion");
  EXPECT_NEAR(preview.drivers[1].points, 0.2 * 65, 1e-10);
  EXPECT_EQ(preview.drivers[2].kpi_id, "nps");
  EXPECT_NEAR(preview.drivers[2].points, 0.2 * 56.25, 1e-10);
}

TEST_F(SmallWorldTest, WhoMovesFromBandToBandIsCounted) {
  const PeriodPreview preview = Run();
  ASSERT_EQ(preview.migrations.size(), 1);
  EXPECT_EQ(preview.migrations[0].from, "default: under 18 months");
  EXPECT_EQ(preview.migrations[0].to, "default");
  EXPECT_EQ(preview.migrations[0].subjects, 6);
  EXPECT_EQ(preview.changes[0].band_before, "under 18 months");
  EXPECT_EQ(preview.changes[0].band_after, "");
}

TEST_F(SmallWorldTest, ADraftForOneMovesOne) {
  draft_.id = "just-bea";
  draft_.content.selector = {weighting::SelectorKind::kManager, "bea"};
  const PeriodPreview preview = Run();
  EXPECT_EQ(preview.winners, 1);
  EXPECT_EQ(preview.losers, 0);
  ASSERT_EQ(preview.migrations.size(), 1);
  EXPECT_EQ(preview.migrations[0].to, "just-bea");
  EXPECT_EQ(preview.migrations[0].subjects, 1);
  EXPECT_EQ(preview.changes[0].profile_before, "default");
  EXPECT_EQ(preview.changes[0].profile_after, "just-bea");
}

TEST_F(SmallWorldTest, WhatIsAssumedDrivesTotalsToo) {
  Forget("conversion", "anna");
  draft_ = weighting::DefaultProfile();
  draft_.content.kpis = {{.kpi_id = "conversion", .missing = weighting::MissingPolicy::kNeutral}};
  const PeriodPreview preview = Run();
  // 60 : 20 were 75 : 25 of 80 and 20: 65; now 48 + 10 + 4.
  const SubjectChange& anna = preview.changes[3];
  ASSERT_EQ(anna.subject.facts.id, "anna");
  EXPECT_NEAR(*anna.total_before, 65, 1e-10);
  EXPECT_NEAR(*anna.total_after, 62, 1e-10);
  ASSERT_EQ(anna.drivers.size(), 3);
  EXPECT_EQ(anna.drivers[0].kpi_id, "engagement");
  EXPECT_NEAR(anna.drivers[0].points, -12, 1e-10);
  EXPECT_EQ(anna.drivers[1].kpi_id, "conversion");
  EXPECT_NEAR(anna.drivers[1].points, 10, 1e-10);
}

TEST_F(SmallWorldTest, WhoIsNoLongerScoredIsCounted) {
  draft_ = weighting::DefaultProfile();
  draft_.content.kpis = {{.kpi_id = "nps", .missing = weighting::MissingPolicy::kBlock}};
  Forget("nps", "anna");
  const PeriodPreview preview = Run();
  EXPECT_EQ(preview.no_longer_scored, 1);
  EXPECT_EQ(preview.newly_scored, 0);
  EXPECT_EQ(preview.unchanged, 3);
}

TEST_F(SmallWorldTest, NothingIsWritten) {
  WatchedStore watched;
  watched.facts = store_.facts;
  ASSERT_TRUE(Preview(Request(), pinned_, watched).ok());
  EXPECT_FALSE(watched.measure_calls.empty());
  EXPECT_EQ(watched.writes, 0);
}

TEST_F(SmallWorldTest, PeriodsStandInTheOrderAsked) {
  PreviewRequest request = Request();
  const measures::Period earlier = *measures::ParsePeriod("2017-Q2", pinned_.calendar, pinned_.now);
  request.periods.insert(request.periods.begin(), {earlier, {subjects_[0]}});
  const auto previews = Preview(request, pinned_, store_);
  ASSERT_EQ(previews->size(), 2);
  EXPECT_EQ((*previews)[0].period.expression, "2017-Q2");
  EXPECT_EQ((*previews)[0].changes.size(), 1);
  EXPECT_EQ((*previews)[0].mean_before, std::nullopt);
  EXPECT_EQ((*previews)[0].rank_correlation, std::nullopt);
  EXPECT_EQ((*previews)[1].changes.size(), 6);
}

TEST_F(PreviewTest, OfALargePopulationIsWhatTwoSeparateRunsGive) {
  std::mt19937 random(5);
  const auto value = [&random]() -> std::optional<double> {
    if (random() % 5 == 0) return std::nullopt;
    return static_cast<double>(random() % 101);
  };
  for (int i = 0; i < 1'001; ++i) Add("m" + std::to_string(i), value(), value(), value());
  std::vector<size_t> done;
  PreviewRequest request = Request();
  request.progress = [&done](size_t subjects) { done.push_back(subjects); };
  const auto previews = Preview(request, pinned_, store_);
  ASSERT_TRUE(previews.ok());
  EXPECT_THAT(done, ElementsAre(500, 1'000, 1'001));

  request_.subjects = subjects_;
  const std::vector<Scorecard> before = Make();
  pinned_.rules = request.drafted;
  const std::vector<Scorecard> after = Make();
  std::map<std::string, const SubjectChange*> changes;
  for (const SubjectChange& change : previews->front().changes) {
    changes[change.subject.facts.id] = &change;
  }
  ASSERT_EQ(changes.size(), 1'001);
  size_t higher = 0;
  for (size_t i = 0; i < subjects_.size(); ++i) {
    const SubjectChange& change = *changes[subjects_[i].facts.id];
    ASSERT_EQ(change.total_before, before[i].total.total);
    ASSERT_EQ(change.total_after, after[i].total.total);
    ASSERT_EQ(change.coverage_after, after[i].total.coverage);
    if (!change.total_before || !change.total_after) continue;
    if (*change.total_after - *change.total_before > kNoticeable) ++higher;
    double points = 0;
    for (const Driver& driver : change.drivers) points += driver.points;
    ASSERT_NEAR(points, *change.total_after - *change.total_before, 1e-9);
  }
  EXPECT_EQ(previews->front().winners, higher);
  // A rank is one more than how many are better.
  for (size_t i = 0; i < subjects_.size(); i += 50) {
    if (!after[i].total.total) continue;
    size_t better = 0;
    for (const Scorecard& card : after) {
      if (card.total.total && *card.total.total > *after[i].total.total) ++better;
    }
    EXPECT_EQ(changes[subjects_[i].facts.id]->rank_after, better + 1);
  }
}

TEST_F(PreviewTest, AStopIsHeardBetweenBatches) {
  for (int i = 0; i < 1'001; ++i) Add("m" + std::to_string(i), {}, {}, {});
  std::vector<size_t> done;
  PreviewRequest request = Request();
  request.progress = [&done](size_t subjects) { done.push_back(subjects); };
  request.stop = [&done] { return !done.empty(); };
  EXPECT_EQ(Preview(request, pinned_, store_).status().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(done, ElementsAre(500));
}

TEST_F(PreviewTest, AllPeriodsSeeTheSameFactsAndAskForThemOnce) {
  Add("anna", 80, 50, 20);
  for (int i = 0; i < 500; ++i) Add("m" + std::to_string(i), {}, {}, {});
  PreviewRequest request = Request();
  request.periods.push_back(request.periods.front());
  request.progress = [this](size_t) { store_.facts.front().watermark = 8; };
  ASSERT_TRUE(Preview(request, pinned_, store_).ok());
  ASSERT_EQ(store_.measure_calls.size(), 2);
  EXPECT_EQ(store_.measure_calls[0].watermark, 7);
  EXPECT_EQ(store_.measure_calls[1].watermark, 7);
}

TEST(WithDraftsTest, ADraftTakesThePlaceOfEveryVersionOfItsIdAndCountsAlways) {
  weighting::WeightProfile north = weighting::DefaultProfile();
  north.id = "north";
  north.content.selector = {weighting::SelectorKind::kTeam, "north"};
  weighting::Rules published =
      RulesOf({weighting::DefaultProfile(), weighting::DefaultProfile(), north});
  published.versions[0].until = absl::CivilDay(2017, 1, 1);
  published.versions[1].from = absl::CivilDay(2017, 1, 1);
  published.targets.emplace_back().id = "revenue";
  weighting::WeightProfile draft = weighting::DefaultProfile();
  draft.revision = 9;
  draft.content.effective_date = absl::CivilDay(2030, 1, 1);
  const auto rules = WithDrafts(published, {draft});
  ASSERT_EQ(rules->versions.size(), 2);
  EXPECT_EQ(rules->versions[0].profile.revision, 9);
  EXPECT_TRUE(rules->versions[0].Holds(absl::CivilDay(1990, 1, 1)));
  EXPECT_TRUE(rules->versions[0].Holds(absl::CivilDay(2090, 1, 1)));
  EXPECT_EQ(rules->versions[1].profile.id, "north");
  EXPECT_EQ(rules->targets.size(), 1);
}

TEST(WithDraftsTest, ANewOneStandsBesideTheOthersById) {
  weighting::WeightProfile draft = weighting::DefaultProfile();
  draft.id = "a-new-one";
  draft.content.selector = {weighting::SelectorKind::kTeam, "north"};
  const auto rules = WithDrafts(RulesOf({weighting::DefaultProfile()}), {draft});
  ASSERT_EQ(rules->versions.size(), 2);
  EXPECT_EQ(rules->versions[0].profile.id, "a-new-one");
  EXPECT_EQ(rules->versions[1].profile.id, "default");
}

TEST(WithDraftsTest, ADraftTakesThePlaceOfAnotherForTheSameSubjects) {
  // One that is deleted by now, but counted in the periods looked at.
  weighting::WeightProfile old = weighting::DefaultProfile();
  old.id = "old-north";
  old.content.selector = {weighting::SelectorKind::kTeam, "north"};
  weighting::WeightProfile draft = old;
  draft.id = "north";
  const auto rules = WithDrafts(RulesOf({weighting::DefaultProfile(), old}), {draft});
  ASSERT_EQ(rules->versions.size(), 2);
  EXPECT_EQ(rules->versions[0].profile.id, "default");
  EXPECT_EQ(rules->versions[1].profile.id, "north");
}

}  // namespace
}  // namespace keyscore::scoring
