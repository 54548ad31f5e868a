// Many admins at once, and a store that fails in the middle: nothing is lost, nothing half done.
#include <atomic>
#include <thread>

#include "unit/kpis/fake_store.h"
#include "unit/weighting/ledger_fixture.h"

namespace keyscore::weighting {
namespace {

using absl::StatusCode;

constexpr int kThreads = 16;

class LedgerConcurrencyTest : public LedgerTest {
 protected:
  // Runs on every thread at once, as far as two cores allow.
  template <typename Work>
  void OnAllThreads(Work work) {
    std::atomic<int> waiting = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        ++waiting;
        while (waiting < kThreads) std::this_thread::yield();
        work(t);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
};

TEST_F(LedgerConcurrencyTest, OfSixteenWithTheSameEtagOneWinsEachRound) {
  ASSERT_OK(ledger_->CreateProfile("north", For("north"), By("ada"), *registry_));
  constexpr int kRounds = 12;
  for (int round = 0; round < kRounds; ++round) {
    const std::string etag = EtagOf(ledger_->GetProfile("north")->revision);
    std::atomic<int> won = 0;
    std::atomic<int> aborted = 0;
    std::atomic<int> winner = -1;
    OnAllThreads([&](int t) {
      const auto updated = ledger_->UpdateProfile(
          "north", Coverage(t / 100.0), By("admin" + std::to_string(t), "", etag), *registry_);
      won += updated.ok();
      aborted += absl::IsAborted(updated.status());
      if (updated.ok()) winner = t;
    });
    EXPECT_EQ(won, 1);
    EXPECT_EQ(aborted, kThreads - 1);
    const auto newest = ledger_->GetProfile("north");
    EXPECT_EQ(newest->content.minimum_coverage, winner / 100.0);
    EXPECT_EQ(newest->author, "admin" + std::to_string(winner));
  }
  // As many revisions and entries as there were winners, also as stored.
  EXPECT_EQ(ledger_->ProfileHistory("north")->size(), 1 + kRounds);
  EXPECT_EQ(store_->ConfigHistory("weight_profile", "north")->size(), 1 + kRounds);
  EXPECT_EQ(Actions().size(), 1 + kRounds);
  Open();
  EXPECT_EQ(ledger_->ProfileHistory("north")->size(), 1 + kRounds);
}

TEST_F(LedgerConcurrencyTest, WithoutAnEtagNoUpdateIsLost) {
  ASSERT_OK(ledger_->CreateProfile("north", For("north"), By("ada"), *registry_));
  constexpr int kEach = 4;
  // Each edit starts from what is there: a counter shows whether any was overwritten.
  const auto count = [](ProfileContent content) -> absl::StatusOr<ProfileContent> {
    content.display_name += "x";
    return content;
  };
  OnAllThreads([&](int t) {
    for (int i = 0; i < kEach; ++i) {
      const auto updated =
          ledger_->UpdateProfile("north", count, By("admin" + std::to_string(t)), *registry_);
      EXPECT_TRUE(updated.ok()) << updated.status();
    }
  });
  EXPECT_EQ(ledger_->GetProfile("north")->content.display_name,
            "For north" + std::string(kThreads * kEach, 'x'));
  EXPECT_EQ(ledger_->ProfileHistory("north")->size(), 1 + kThreads * kEach);
  EXPECT_EQ(ledger_->GetProfile("north")->draft_authors.size(), 1 + kThreads);
}

TEST_F(LedgerConcurrencyTest, OfSixteenProfilesForOneTeamOneIsPublished) {
  for (int t = 0; t < kThreads; ++t) {
    ASSERT_OK(ledger_->CreateProfile("north-" + std::string(1, static_cast<char>('a' + t)),
                                     For("north"), By("ada"), *registry_));
  }
  std::atomic<int> won = 0;
  std::atomic<int> refused = 0;
  OnAllThreads([&](int t) {
    const auto published = ledger_->PublishProfile(
        "north-" + std::string(1, static_cast<char>('a' + t)), std::nullopt, By("ada"), *registry_);
    won += published.ok();
    refused += absl::IsInvalidArgument(published.status());
  });
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, kThreads - 1);
  EXPECT_EQ(ledger_->Snapshot()->versions.size(), 2);
}

TEST_F(LedgerConcurrencyTest, ReadersSeeWholeSetsOnly) {
  // Two profiles and a target always change together, to the same number.
  const auto set_of = [&](double coverage) {
    WeightSet set;
    for (const std::string id : {"north", "south"}) {
      set.profiles.push_back({.id = id, .content = For(id, coverage)});
    }
    TargetSeries series;
    series.id = "growth";
    series.content.kpi_id = "growth";
    series.content.points = {{absl::CivilDay(2026, 1, 1), {}, coverage}};
    set.targets.push_back(series);
    return set;
  };
  ASSERT_OK(ledger_->Apply(set_of(0), By("ada"), *registry_));
  std::atomic<bool> done = false;
  std::thread other([&] {
    // Changes of other documents go on meanwhile.
    while (!done) {
      EXPECT_TRUE(ledger_->ReviewProfile("default", By("bob")).ok());
    }
  });
  std::thread reader([&] {
    while (!done) {
      const auto rules = ledger_->Snapshot();
      const double north = CoverageOn(*rules, "north", today_);
      EXPECT_EQ(north, CoverageOn(*rules, "south", today_));
      EXPECT_EQ(north, rules->targets.at(0).content.points[0].value);
    }
  });
  for (int i = 1; i <= 20; ++i) {
    const auto applied = ledger_->Apply(set_of(i / 100.0), By("ada"), *registry_);
    EXPECT_TRUE(applied.ok()) << applied.status();
  }
  done = true;
  other.join();
  reader.join();
  EXPECT_EQ(CoverageOn("south", today_), 0.2);
}

// A store that fails after some writes, or fails to tell that it has written.
class BrittleStore : public store::FakeStore {
 public:
  absl::StatusOr<std::vector<store::ConfigRevision>> PutConfigs(
      const std::vector<store::ConfigWrite>& writes) override {
    if (forgetful) {
      auto written = FakeStore::PutConfigs(writes);
      return absl::UnavailableError("the answer was lost");
    }
    if (writes_left-- <= 0) return absl::UnavailableError("the disk is full");
    return FakeStore::PutConfigs(writes);
  }
  absl::StatusOr<std::vector<store::ConfigRevision>> ConfigRevisions(
      const std::string& kind) override {
    if (blind) return absl::UnavailableError("can't be read");
    return FakeStore::ConfigRevisions(kind);
  }
  int writes_left = 0;
  bool forgetful = false;
  bool blind = false;
};

TEST(LedgerFaultTest, AWriteThatFailsLeavesNothing) {
  BrittleStore store;
  auto opened = Ledger::Open(store, {});
  ASSERT_OK(opened);
  Ledger& ledger = **opened;
  const auto registry = kpis::RegistryOf({kpis::MakeKpi("growth", kpis::Pillar::kRevenue, 1)});
  ProfileContent content = DefaultProfile().content;
  content.selector = {SelectorKind::kTeam, "north"};
  const auto steps = [&]() -> absl::Status {
    if (!ledger.GetProfile("north").ok()) {
      return ledger.CreateProfile("north", content, By("ada"), *registry).status();
    }
    return ledger.PublishProfile("north", std::nullopt, By("ada"), *registry).status();
  };
  for (int writes = 0; writes < 2; ++writes) {
    // The store fails: neither the document nor the entry is there, and the book says the same.
    store.writes_left = 0;
    EXPECT_THAT(steps(), Fails(StatusCode::kUnavailable, "disk is full"));
    EXPECT_EQ(store.ConfigRevisions("weight_profile")->size(), writes);
    EXPECT_EQ(store::ListAudit(store)->size(), writes);
    EXPECT_EQ(ledger.Snapshot()->versions.size(), 1);
    EXPECT_EQ(ledger.GetProfile("north").ok(), writes > 0);
    store.writes_left = 1;
    ASSERT_OK(steps());
  }
  EXPECT_EQ(ledger.Snapshot()->versions.size(), 2);
  const auto verified = store::VerifyStore(store);
  ASSERT_OK(verified);
  EXPECT_TRUE(verified->findings.empty());
}

TEST(LedgerFaultTest, AWriteWhoseAnswerIsLostIsFoundAgain) {
  BrittleStore store;
  auto opened = Ledger::Open(store, {});
  ASSERT_OK(opened);
  Ledger& ledger = **opened;
  const auto registry = kpis::RegistryOf({kpis::MakeKpi("growth", kpis::Pillar::kRevenue, 1)});
  store.forgetful = true;
  store.blind = true;
  EXPECT_THAT(ledger.ReviewProfile("default", By("ada")),
              Fails(StatusCode::kUnavailable, "answer was lost"));
  // It can't be told yet; what is known goes on counting.
  EXPECT_EQ(ledger.GetProfile("default")->revision, 1);
  store.forgetful = false;
  store.writes_left = 100;
  EXPECT_THAT(ledger.ReviewProfile("default", By("ada")), Fails(StatusCode::kAborted, ""));
  store.blind = false;
  EXPECT_THAT(ledger.ReviewProfile("default", By("ada")), Fails(StatusCode::kAborted, ""));
  EXPECT_EQ(ledger.GetProfile("default")->revision, 2);
  ASSERT_OK(ledger.ReviewProfile("default", By("ada")));
  EXPECT_EQ(ledger.GetProfile("default")->revision, 3);
}

TEST(LedgerFaultTest, ADurableChangeIsReportedAsDoneThoughTheStoreCannotBeReadAgain) {
  BrittleStore store;
  auto opened = Ledger::Open(store, {});
  ASSERT_OK(opened);
  store.writes_left = 1;
  store.blind = true;
  const auto reviewed = (*opened)->ReviewProfile("default", By("ada"));
  ASSERT_OK(reviewed);
  EXPECT_EQ((*opened)->GetProfile("default")->revision, 2);
}

}  // namespace
}  // namespace keyscore::weighting
