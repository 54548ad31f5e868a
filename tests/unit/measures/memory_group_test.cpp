// Groups against plain loops: built, changed and asked at random.
#include "measures/memory/group.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "tests/unit/measures/memory_oracle.h"

namespace keyscore::measures {
namespace {

using store::Aggregate;

constexpr size_t kQuestions = 60;

void ExpectSame(const Group& group, const std::vector<PlainEvent>& events, EventSource& source,
                size_t questions = kQuestions) {
  ASSERT_EQ(group.event_count(), static_cast<int64_t>(events.size()));
  for (size_t i = 0; i < questions; ++i) {
    const std::vector<AskedMeasure> asked = source.Ask();
    const AskedSubject subject = source.AskSubject(static_cast<uint32_t>(i));
    ASSERT_EQ(
        Difference(Expect(group.shape(), events, asked, subject), Collected(group, asked, subject)),
        "")
        << "question " << i << (subject.all ? " all" : "")
        << (subject.by_account ? " by account" : "") << (subject.only_account ? " of one" : "");
  }
}

// Takes `count` random events out of `events`.
std::vector<PlainEvent> Draw(std::vector<PlainEvent>& events, size_t count, EventSource& source) {
  std::shuffle(events.begin(), events.end(), source.random());
  count = std::min(count, events.size());
  std::vector<PlainEvent> drawn(events.end() - static_cast<std::ptrdiff_t>(count), events.end());
  events.resize(events.size() - count);
  return drawn;
}

std::vector<EventKey> KeysOf(const std::vector<PlainEvent>& events) {
  std::vector<EventKey> keys;
  for (const PlainEvent& event : events) keys.push_back(KeyOf(event));
  return keys;
}

struct Case {
  size_t events;
  bool spans;
  EventSource::Options options;
};

class GroupOracleTest : public testing::TestWithParam<Case> {};

TEST_P(GroupOracleTest, AnswersAsPlainLoopsDo) {
  const Case& param = GetParam();
  const GroupShape shape = RichShape(param.spans);
  EventSource source(shape, param.options, 1);
  const std::vector<PlainEvent> events = source.Next(param.events);
  ExpectSame(*Group::Build(shape, ToParts(shape, events, source.random())), events, source);
}

TEST_P(GroupOracleTest, AnswersAsPlainLoopsDoAfterChanges) {
  const Case& param = GetParam();
  const GroupShape shape = RichShape(param.spans);
  EventSource source(shape, param.options, 2);
  std::vector<PlainEvent> events = source.Next(param.events / 2);
  auto group = Group::Build(shape, ToParts(shape, events, source.random()));
  for (int round = 0; round < 12; ++round) {
    const size_t change = source.Below(round % 4 == 0 ? param.events / 2 + 2 : 5);
    const std::vector<PlainEvent> removed = Draw(events, source.Below(change + 1), source);
    const std::vector<PlainEvent> added = source.Next(change);
    events.insert(events.end(), added.begin(), added.end());
    auto next = group->Apply(ToBatch(shape, added), KeysOf(removed));
    ASSERT_TRUE(next.ok()) << next.status();
    group = *next;
    ExpectSame(*group, events, source, 8);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, GroupOracleTest,
    testing::Values(Case{0, false, {}}, Case{1, true, {}}, Case{63, false, {}},
                    Case{300, true, {.owners = 1}}, Case{2'500, false, {}},
                    Case{2'500, true, {.whole_seconds = false}},
                    Case{3'000, true, {.owners = 1, .accounts = 1}},
                    Case{3'000, false, {.owners = 2, .days = 1, .odd_numbers = false}},
                    Case{2'000, true, {.owners = 60, .accounts = 700}}));

TEST(GroupTest, GrowsEventByEvent) {
  const GroupShape shape = RichShape(false);
  EventSource source(shape, {.owners = 1, .accounts = 2}, 3);
  std::vector<PlainEvent> events = source.Next(1'200);
  std::stable_sort(events.begin(), events.end(),
                   [](const PlainEvent& a, const PlainEvent& b) { return a.time < b.time; });
  auto group = Group::Build(shape, {});
  std::vector<PlainEvent> known;
  for (size_t i = 0; i < events.size(); i += 7) {
    const std::vector<PlainEvent> next(
        events.begin() + static_cast<std::ptrdiff_t>(i),
        events.begin() + static_cast<std::ptrdiff_t>(std::min(i + 7, events.size())));
    known.insert(known.end(), next.begin(), next.end());
    auto applied = group->Apply(ToBatch(shape, next), {});
    ASSERT_TRUE(applied.ok());
    group = *applied;
    if (i % 70 == 0) ExpectSame(*group, known, source, 2);
  }
  ExpectSame(*group, known, source, 20);
}

TEST(GroupTest, ShrinksToNothing) {
  const GroupShape shape = RichShape(true);
  EventSource source(shape, {}, 4);
  std::vector<PlainEvent> events = source.Next(1'500);
  auto group = Group::Build(shape, ToParts(shape, events, source.random()));
  while (!events.empty()) {
    const std::vector<PlainEvent> removed = Draw(events, 100, source);
    auto applied = group->Apply({}, KeysOf(removed));
    ASSERT_TRUE(applied.ok());
    group = *applied;
    ExpectSame(*group, events, source, 4);
  }
  EXPECT_EQ(group->event_count(), 0);
  EXPECT_EQ(group->bytes(), Group::Build(shape, {})->bytes());
  EXPECT_TRUE(group->SeriesOf(1).empty());
}

TEST(GroupTest, AChangeLeavesTheOldGroupAsItWas) {
  const GroupShape shape = RichShape(true);
  EventSource source(shape, {}, 5);
  const std::vector<PlainEvent> events = source.Next(1'000);
  const auto group = Group::Build(shape, ToParts(shape, events, source.random()));
  const std::vector<PlainEvent> removed(events.begin(), events.begin() + 300);
  ASSERT_TRUE(group->Apply(ToBatch(shape, source.Next(300)), KeysOf(removed)).ok());
  ExpectSame(*group, events, source);
}

TEST(GroupTest, DoesNotRemoveWhatIsNotThere) {
  const GroupShape shape = RichShape(false);
  EventSource source(shape, {}, 6);
  const std::vector<PlainEvent> events = source.Next(200);
  const auto group = Group::Build(shape, ToParts(shape, events, source.random()));
  EventKey key = KeyOf(events.front());
  EXPECT_TRUE(absl::IsNotFound(group->Apply({}, {key, key}).status()));  // there is one of it
  key.version = -1;
  EXPECT_TRUE(absl::IsNotFound(group->Apply({}, {key}).status()));
  key = KeyOf(events.front());
  key.time += 1;
  EXPECT_TRUE(absl::IsNotFound(group->Apply({}, {key}).status()));
  EXPECT_TRUE(absl::IsNotFound(group->Apply({}, {{SeriesKey::OfOwner(9999), 0, 1}}).status()));
  ExpectSame(*group, events, source, 5);
}

TEST(GroupTest, FindsTheEventsOfAnAccount) {
  const GroupShape shape = RichShape(false);
  EventSource source(shape, {.owners = 5, .accounts = 20}, 7);
  std::vector<PlainEvent> events = source.Next(3'000);
  auto group = Group::Build(shape, ToParts(shape, events, source.random()));
  for (int round = 0; round < 4; ++round) {
    for (NameId account = 1; account <= 21; ++account) {
      std::vector<std::tuple<SeriesKey, int64_t, int64_t>> expected, actual;
      std::vector<SeriesKey> series;
      for (const PlainEvent& event : events) {
        if (event.account != account) continue;
        expected.emplace_back(event.series, event.time, event.version);
        series.push_back(event.series);
      }
      for (const EventKey& key : group->EventsOf(account)) {
        actual.emplace_back(key.series, key.time, key.version);
      }
      std::sort(expected.begin(), expected.end());
      std::sort(actual.begin(), actual.end());
      EXPECT_EQ(actual, expected);
      std::sort(series.begin(), series.end());
      series.erase(std::unique(series.begin(), series.end()), series.end());
      EXPECT_EQ(group->SeriesOf(account), series);
    }
    // All events of one account go, and of another come.
    const std::vector<EventKey> removed = group->EventsOf(3);
    events.erase(std::remove_if(events.begin(), events.end(),
                                [](const PlainEvent& event) { return event.account == 3; }),
                 events.end());
    std::vector<PlainEvent> added = source.Next(50);
    for (PlainEvent& event : added) {
      event.account = round % 2 == 0 ? 21 : 3;
      event.series = SeriesKey::OfOwner(1);
    }
    events.insert(events.end(), added.begin(), added.end());
    auto applied = group->Apply(ToBatch(shape, added), removed);
    ASSERT_TRUE(applied.ok());
    group = *applied;
  }
}

TEST(GroupTest, CountsDaysWithEvents) {
  GroupShape shape;
  shape.measures = {{Aggregate::kCount, "", ""}, {Aggregate::kCount, "", "some"}};
  const auto event = [](NameId owner, int64_t time, bool some) {
    static int64_t version = 0;
    return PlainEvent{SeriesKey::OfOwner(owner),   1, time, kOpen, ++version, "",
                      {{true, true}, {some, some}}};
  };
  const auto group = Group::Build(
      shape, {ToBatch(shape, {event(1, 0, false), event(1, kDay - 1, true), event(1, kDay, false),
                              event(1, -1, true), event(2, 0, false)})});
  // The first measure: days -1, 0 and 1 of owner 1, day 0 of owner 2; the second: -1 and 0.
  EXPECT_EQ(group->CountSeriesDays(), 6);
}

TEST(GroupTest, TellsWhatItTakesInMemory) {
  GroupShape shape;
  shape.measures = {{Aggregate::kCount, "", ""}, {Aggregate::kSum, "amount", ""}};
  std::vector<PlainEvent> events;
  for (int64_t i = 0; i < 10'000; ++i) {
    events.push_back({SeriesKey::OfOwner(1),
                      1 + static_cast<NameId>(i % 10),
                      i * kDay / 10,
                      kOpen,
                      i,
                      "",
                      {{true, true}, {true, true, static_cast<double>(i % 100)}}});
  }
  const auto group = Group::Build(shape, {ToBatch(shape, events)});
  // Of an event: its time, version and sum in 4, 2 and 2 bytes, its account in 1; and little else.
  EXPECT_GT(group->bytes(), 10'000 * 8);
  EXPECT_LT(group->bytes(), 10'000 * 12);
}

TEST(GroupTest, IsReadWhileTheNextOnesAreMade) {
  const GroupShape shape = RichShape(true);
  EventSource source(shape, {}, 8);
  std::vector<PlainEvent> events = source.Next(600);
  std::mutex mutex;
  std::shared_ptr<const Group> newest =
      Group::Build(shape, ToParts(shape, events, source.random()));
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  std::atomic<int> wrong = 0;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&, reader] {
      const std::vector<AskedMeasure> asked = {
          {.measure = 0, .column = 0, .from = kOpenFrom, .to = kOpen}};
      AskedSubject all;
      all.all = true;
      all.by_account = reader == 0;
      while (!done) {
        std::shared_ptr<const Group> group;
        {
          const std::lock_guard lock(mutex);
          group = newest;
        }
        int64_t facts = 0;
        for (const auto& [row, cells] : Collected(*group, asked, all)) {
          facts += cells[0].fact_count;
        }
        if (reader != 0 && facts != group->event_count()) ++wrong;
      }
    });
  }
  for (int round = 0; round < 40; ++round) {
    const std::vector<PlainEvent> removed = Draw(events, 20, source);
    const std::vector<PlainEvent> added = source.Next(25);
    events.insert(events.end(), added.begin(), added.end());
    auto next = newest->Apply(ToBatch(shape, added), KeysOf(removed));
    ASSERT_TRUE(next.ok());
    const std::lock_guard lock(mutex);
    newest = *next;
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  ExpectSame(*newest, events, source, 10);
}

}  // namespace
}  // namespace keyscore::measures
