// Whom a batch concerns, and that a writer reads what it wrote.
#include "measures/memory_sources.h"

#include "measures/memory/names.h"
#include "measures/memory/routes.h"
#include "memory_world.h"

namespace keyscore::measures {
namespace {

using store::At;
using store::Fields;
using store::SubjectKind;

class MemorySourcesTest : public store::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    Append("manager",
           {Role("r1", "anna", "north"), Role("r2", "ben", "north"), Role("r3", "cleo", "south")});
    Append("account", {Life("l1", "acme"), Life("l2", "bolt")});
    Append("ownership", {Owns("o1", "acme", "anna"), Owns("o2", "bolt", "ben")});
    Append("contact", {Person("c1", "acme", "kim", "staff")});
    Append("interaction", {Talk("i1", "acme", "kim"), Talk("i2", "bolt", "")});
    auto sources = MemorySources::Start(*store_, EveryKindOfInput(), {});
    ASSERT_TRUE(sources.ok()) << sources.status();
    memory_ = *std::move(sources);
  }
  void TearDown() override { memory_.reset(); }

  static Fields Role(const char* id, const char* manager, const char* team) {
    return {{"fact_id", id},
            {"manager_id", manager},
            {"team_id", team},
            {"occurred_at", At("2024-01-01")}};
  }
  static Fields Life(const char* id, const char* account) {
    return {{"fact_id", id}, {"account_id", account}, {"occurred_at", At("2024-01-01")}};
  }
  static Fields Owns(const char* id, const char* account, const char* manager) {
    return {{"fact_id", id},
            {"account_id", account},
            {"manager_id", manager},
            {"occurred_at", At("2024-01-01")}};
  }
  static Fields Person(const char* id, const char* account, const char* contact,
                       const char* seniority) {
    return {{"fact_id", id},
            {"account_id", account},
            {"contact_id", contact},
            {"seniority", seniority},
            {"occurred_at", At("2024-01-01")}};
  }
  static Fields Talk(const std::string& id, const char* account, const std::string& contact) {
    return {{"fact_id", id},
            {"account_id", account},
            {"contact_id", contact.empty() ? store::Value() : store::Value(contact)},
            {"occurred_at", At("2024-05-01")}};
  }

  std::shared_ptr<Source> Now() {
    auto source = memory_->Now({});
    EXPECT_TRUE(source.ok()) << source.status();
    return *source;
  }
  static double Talks(Source& source, const store::Scope& scope, const char* filter = "") {
    const auto table = source.Measure(
        {store::MeasureOf("interaction", store::Aggregate::kCount, "", filter)}, scope, 0, {});
    EXPECT_TRUE(table.ok()) << table.status();
    return table->columns[0].numbers.empty() ? 0 : table->columns[0].numbers[0];
  }

  std::unique_ptr<MemorySources> memory_;
};

TEST_F(MemorySourcesTest, AFactConcernsItsManagerAccountTeamAndTheWhole) {
  const int64_t before = Now()->watermark();
  const int64_t batch = Append("interaction", {Talk("i3", "acme", "kim")}).watermark;
  const auto source = Now();
  EXPECT_EQ(source->ChangedAt(SubjectKind::kManager, "anna"), batch);
  EXPECT_EQ(source->ChangedAt(SubjectKind::kAccount, "acme"), batch);
  EXPECT_EQ(source->ChangedAt(SubjectKind::kTeam, "north"), batch);
  EXPECT_EQ(source->ChangedAt(SubjectKind::kOrganization, ""), batch);
  EXPECT_LE(source->ChangedAt(SubjectKind::kManager, "ben"), before);
  EXPECT_LE(source->ChangedAt(SubjectKind::kAccount, "bolt"), before);
  EXPECT_LE(source->ChangedAt(SubjectKind::kTeam, "south"), before);
}

TEST_F(MemorySourcesTest, ACorrectionThatMovesAFactConcernsBoth) {
  const int64_t batch = Append("interaction", {Talk("i1", "bolt", "kim")}).watermark;
  const auto source = Now();
  EXPECT_EQ(source->ChangedAt(SubjectKind::kManager, "anna"), batch);
  EXPECT_EQ(source->ChangedAt(SubjectKind::kManager, "ben"), batch);
  EXPECT_EQ(source->ChangedAt(SubjectKind::kAccount, "acme"), batch);
  EXPECT_EQ(Talks(*source, store::Managers({"anna"})), 0);
  EXPECT_EQ(Talks(*source, store::Managers({"ben"})), 2);
}

TEST_F(MemorySourcesTest, AContactsPromotionConcernsWhoeverSpokeToIt) {
  const char* senior = "contact.seniority in ('c_level', 'vp')";
  EXPECT_EQ(Talks(*Now(), store::Managers({"anna"}), senior), 0);
  const int64_t before = Now()->watermark();
  const int64_t batch = Append("contact", {Person("c1", "acme", "kim", "vp")}).watermark;
  const auto source = Now();
  EXPECT_EQ(Talks(*source, store::Managers({"anna"}), senior), 1);
  EXPECT_EQ(source->ChangedAt(SubjectKind::kManager, "anna"), batch);
  EXPECT_LE(source->ChangedAt(SubjectKind::kManager, "ben"), before);
}

TEST_F(MemorySourcesTest, AManagerWhoChangesTeamsConcernsTheTeams) {
  const int64_t before = Now()->watermark();
  const int64_t batch = Append("manager", {Role("r3", "cleo", "north")}).watermark;
  const auto source = Now();
  EXPECT_EQ(source->ChangedAt(SubjectKind::kTeam, "north"), batch);
  EXPECT_EQ(source->ChangedAt(SubjectKind::kTeam, "south"), batch);
  EXPECT_LE(source->ChangedAt(SubjectKind::kManager, "ben"), before);
}

TEST_F(MemorySourcesTest, TheFirstFactOfADatasetConcernsEverybody) {
  const int64_t batch =
      Append("opportunity",
             {Fields{{"fact_id", "p1"}, {"account_id", "acme"}, {"occurred_at", At("2024-02-01")}}})
          .watermark;
  EXPECT_EQ(Now()->ChangedAt(SubjectKind::kManager, "ben"), batch);
}

TEST_F(MemorySourcesTest, AMovedAccountTakesItsFutureAlong) {
  Append("ownership", {Fields{{"fact_id", "o1"},
                              {"account_id", "acme"},
                              {"manager_id", "anna"},
                              {"occurred_at", At("2024-01-01")},
                              {"until", At("2024-04-01")}},
                       Fields{{"fact_id", "o3"},
                              {"account_id", "acme"},
                              {"manager_id", "ben"},
                              {"occurred_at", At("2024-04-01")}}});
  EXPECT_EQ(Talks(*Now(), store::Managers({"anna"})), 0);
  EXPECT_EQ(Talks(*Now(), store::Managers({"ben"})), 2);
}

TEST_F(MemorySourcesTest, AStateStandsWhileTheLogGoesOn) {
  const auto before = Now();
  Append("interaction", {Talk("i3", "acme", "")});
  EXPECT_EQ(Talks(*before, store::Managers({"anna"})), 1);
  EXPECT_EQ(Talks(*Now(), store::Managers({"anna"})), 2);
  const auto past = memory_->At(before->watermark());
  ASSERT_TRUE(past.ok());
  EXPECT_EQ(Talks(**past, store::Managers({"anna"})), 1);
}

TEST_F(MemorySourcesTest, WhoeverWroteReadsWhatTheyWrote) {
  for (int i = 0; i < 200; ++i) {
    const int64_t batch =
        Append("interaction", {Talk("talk" + std::to_string(i), "acme", "")}).watermark;
    const auto source = Now();
    ASSERT_GE(source->watermark(), batch);
    ASSERT_EQ(Talks(*source, store::Managers({"anna"})), i + 2);
  }
  EXPECT_GT(memory_->Report().batches, 0);
  EXPECT_EQ(memory_->Report().builds, 1);
}

TEST_F(MemorySourcesTest, WhoWasToldOfABatchFindsItWithoutWaiting) {
  for (int i = 0; i < 100; ++i) {
    const int64_t batch =
        Append("interaction", {Talk("talk" + std::to_string(i), "acme", "")}).watermark;
    memory_->Acknowledge(batch, /*may_wait=*/true);
    const auto source = memory_->TryNow();
    ASSERT_NE(source, nullptr);
    ASSERT_GE(source->watermark(), batch);
    ASSERT_EQ(Talks(*source, store::Managers({"anna"})), i + 2);
  }
}

TEST_F(MemorySourcesTest, NobodyWaitsForWhatWasNotAcknowledged) {
  int64_t batch = 0;
  for (int i = 0; i < 100; ++i) {
    batch = Append("interaction", {Talk("talk" + std::to_string(i), "acme", "")}).watermark;
    ASSERT_NE(memory_->TryNow(), nullptr);
  }
  memory_->Acknowledge(batch, /*may_wait=*/false);
  const auto source = memory_->TryNow();
  EXPECT_TRUE(source == nullptr || source->watermark() >= batch);
  memory_->Settle();
  ASSERT_NE(memory_->TryNow(), nullptr);
  EXPECT_EQ(Talks(*memory_->TryNow(), store::Managers({"anna"})), 101);
}

TEST_F(MemorySourcesTest, AnAcknowledgementDoesNotWaitForEver) {
  const int64_t newest = Now()->watermark();
  memory_->Acknowledge(newest + 1, /*may_wait=*/true);  // a batch that never comes
  EXPECT_EQ(memory_->TryNow(), nullptr);
  EXPECT_EQ(Now()->watermark(), newest);
}

TEST_F(MemorySourcesTest, ImpatientReadersGoToTheEngine) {
  memory_.reset();
  auto impatient =
      MemorySources::Start(*store_, EveryKindOfInput(), {.patience = absl::ZeroDuration()});
  ASSERT_TRUE(impatient.ok());
  for (int i = 0; i < 50; ++i) {
    const int64_t batch =
        Append("interaction", {Talk("talk" + std::to_string(i), "acme", "")}).watermark;
    const auto source = (*impatient)->Now({});
    ASSERT_TRUE(source.ok());
    ASSERT_GE((*source)->watermark(), batch);
    ASSERT_EQ(Talks(**source, store::Managers({"anna"})), i + 2);
  }
}

TEST(NamesTest, ATextHasOneNumberAndKeepsIt) {
  Names names;
  std::vector<uint32_t> numbers;
  names.Intern({"b", "a", "", "b"}, numbers);
  EXPECT_EQ(numbers[0], numbers[3]);
  EXPECT_NE(numbers[0], numbers[1]);
  EXPECT_EQ(numbers[2], 0U);
  const std::string longer(300, 'x');
  std::vector<uint32_t> more;
  names.Intern({longer, "a"}, more);
  EXPECT_EQ(more[1], numbers[1]);
  EXPECT_EQ(names.Find(longer), more[0]);
  EXPECT_EQ(names.Find("c"), 0U);
  EXPECT_EQ(names.TextsOf(more), (std::vector<std::string_view>{longer, "a"}));
}

TEST(RoutesTest, EqualMeasuresShareAPlaceWhateverTheirWindows) {
  const std::vector<MeasureSpec> inputs = EveryKindOfInput();
  const Routes routes(inputs);
  const Period period{.expression = "",
                      .from_day = absl::CivilDay(2024, 1, 1),
                      .to_day = absl::CivilDay(2024, 4, 1),
                      .from = At("2024-01-01"),
                      .to = At("2024-04-01")};
  MeasureSpec minutes = inputs[2];
  const auto one = routes.Find(Resolve(minutes, period, Calendar()), false);
  minutes.window = Window::kUntilEnd;
  const auto other = routes.Find(Resolve(minutes, period, Calendar()), false);
  ASSERT_TRUE(one && other);
  EXPECT_EQ(one->group, other->group);
  EXPECT_EQ(one->measure, other->measure);
  minutes.filter = "minutes > 5";
  EXPECT_FALSE(routes.Find(Resolve(minutes, period, Calendar()), false));
}

TEST(RoutesTest, MeasuresThatNameThePeriodAreTheEngines) {
  MeasureSpec open;
  open.dataset = "goal";
  open.filter = "due_at >= period_to";
  const Routes routes({open});
  EXPECT_TRUE(routes.groups().empty());
}

}  // namespace
}  // namespace keyscore::measures
