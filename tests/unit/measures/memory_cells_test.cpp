// Collected figures worked out by hand: what each aggregate makes of a few events, and where ties,
// zeros and numbers of every size need care.
#include <gtest/gtest.h>

#include <cmath>

#include "measures/memory/id_set.h"
#include "measures/memory/packed_ints.h"
#include "tests/unit/measures/memory_oracle.h"

namespace keyscore::measures {
namespace {

using store::Aggregate;
using store::WindowKind;

const SeriesKey kOne = SeriesKey::OfOwner(1);
const SeriesKey kTwo = SeriesKey::OfOwner(2);

GroupShape ShapeOf(Aggregate aggregate) {
  GroupShape shape;
  shape.measures = {{aggregate, "value", ""}};
  return shape;
}

PlainEvent Event(SeriesKey series, int64_t time, const std::string& fact_id, double number) {
  static int64_t version = 0;
  return {series, 1, time, kOpen, ++version, fact_id, {{true, true, number}}};
}

PlainCell Ask(const GroupShape& shape, const std::vector<PlainEvent>& events,
              int64_t from = kOpenFrom, int64_t to = kOpen) {
  AskedSubject all;
  all.all = true;
  const PlainTable table = Collected(*Group::Build(shape, {ToBatch(shape, events)}),
                                     {{.measure = 0, .column = 0, .from = from, .to = to}}, all);
  return table.empty() ? PlainCell() : table.at({0, 0})[0];
}

TEST(CellsTest, TiesInTimeAreBrokenByFactId) {
  // Of one series and of two; as texts "f-10" comes before "f-9".
  const std::vector<PlainEvent> events = {Event(kOne, 5, "f-9", 9), Event(kOne, 5, "f-10", 10),
                                          Event(kTwo, 5, "f-8", 8), Event(kTwo, 5, "f-11", 11)};
  EXPECT_EQ(Ask(ShapeOf(Aggregate::kFirst), events).number, 10);
  EXPECT_EQ(Ask(ShapeOf(Aggregate::kLast), events).number, 9);
  EXPECT_EQ(Ask(ShapeOf(Aggregate::kList), events).list, (std::vector<double>{10, 11, 8, 9}));
}

TEST(CellsTest, ZeroHasNoSignButInLists) {
  const std::vector<PlainEvent> events = {Event(kOne, 5, "a", -0.0)};
  for (const Aggregate aggregate :
       {Aggregate::kSum, Aggregate::kMin, Aggregate::kMax, Aggregate::kFirst, Aggregate::kLast}) {
    EXPECT_FALSE(std::signbit(Ask(ShapeOf(aggregate), events).number));
  }
  EXPECT_TRUE(std::signbit(Ask(ShapeOf(Aggregate::kList), events).list.at(0)));
}

TEST(CellsTest, WindowsAreHalfOpen) {
  const std::vector<PlainEvent> events = {Event(kOne, 10, "a", 1), Event(kOne, 20, "b", 2),
                                          Event(kOne, 30, "c", 4)};
  const GroupShape shape = ShapeOf(Aggregate::kSum);
  EXPECT_EQ(Ask(shape, events, 10, 30).number, 3);
  EXPECT_EQ(Ask(shape, events, 11, 31).number, 6);
  EXPECT_EQ(Ask(shape, events, 20).number, 6);
  EXPECT_EQ(Ask(shape, events, kOpenFrom, 20).number, 1);
  EXPECT_EQ(Ask(shape, events, 10, 30).newest, 20);
  EXPECT_EQ(Ask(shape, events, 21, 30).fact_count, 0);
  EXPECT_EQ(Ask(shape, events, 30, 10).fact_count, 0);
}

TEST(CellsTest, AnEventIsAliveFromItsTimeUntilBeforeItsEnd) {
  GroupShape shape = ShapeOf(Aggregate::kCount);
  shape.spans = true;
  PlainEvent closed = Event(kOne, 10, "a", 0), open = Event(kOne, 15, "b", 0);
  closed.end = 20;
  const auto group = Group::Build(shape, {ToBatch(shape, {closed, open})});
  const auto alive_at = [&](int64_t at) -> int64_t {
    AskedSubject one;
    one.series = absl::MakeConstSpan(&kOne, 1);
    const PlainTable table = Collected(
        *group, {{.measure = 0, .column = 0, .window = WindowKind::kAt, .from = at}}, one);
    return table.empty() ? 0 : table.at({0, 0})[0].fact_count;
  };
  EXPECT_EQ(alive_at(9), 0);
  EXPECT_EQ(alive_at(10), 1);
  EXPECT_EQ(alive_at(15), 2);
  EXPECT_EQ(alive_at(19), 2);
  EXPECT_EQ(alive_at(20), 1);
  EXPECT_EQ(alive_at(kOpen - 1), 1);
}

// Sums of numbers that leaves keep in different ways: each over windows that begin and end within
// leaves, against the definition.
TEST(CellsTest, SumsAreExactWhateverTheNumbers) {
  const std::vector<std::pair<const char*, double (*)(int)>> kinds = {
      {"small integers", [](int i) { return static_cast<double>(i % 5); }},
      {"quarters", [](int i) { return (i * 37 % 100'000) / 4.0; }},
      {"large integers", [](int i) { return static_cast<double>(i) * 3'000'000'019.0; }},
      {"cents", [](int i) { return (i * 7'919 % 10'000'000) / 100.0; }},
      {"fractions", [](int i) { return 1000.0 / (i + 3); }},
      {"tiny", [](int i) { return std::ldexp(1.0 + i, -80); }},
      {"some huge", [](int i) { return i % 97 == 0 ? (i % 2 == 0 ? 1e300 : -1e300) : 0.1 * i; }},
      {"near the limit", [](int i) { return (i % 3 == 0 ? -1.0 : 1.0) * 0x1.fffffffffffffp50; }},
  };
  const GroupShape shape = ShapeOf(Aggregate::kSum);
  for (const auto& [name, number] : kinds) {
    std::vector<PlainEvent> events;
    for (int i = 0; i < 1'500; ++i) events.push_back(Event(kOne, i * kSecond, "", number(i)));
    const auto group = Group::Build(shape, {ToBatch(shape, events)});
    AskedSubject one;
    one.series = absl::MakeConstSpan(&kOne, 1);
    for (int64_t from = 0; from < 1'500; from += 83) {
      for (int64_t to = from + 1; to <= 1'500; to += 131) {
        const std::vector<AskedMeasure> asked = {
            {.measure = 0, .column = 0, .from = from * kSecond, .to = to * kSecond}};
        ASSERT_EQ(Difference(Expect(shape, events, asked, one), Collected(*group, asked, one)), "")
            << name << " from " << from << " to " << to;
      }
    }
  }
}

TEST(CellsTest, ASumOfManySeriesMayExceedFixedPoint) {
  std::vector<PlainEvent> events;
  for (uint32_t owner = 1; owner <= 6; ++owner) {
    for (int i = 0; i < 2'000; ++i) {
      events.push_back(Event(SeriesKey::OfOwner(owner), i, "", 0x1.fffffffffffffp50));
    }
  }
  EXPECT_EQ(Ask(ShapeOf(Aggregate::kSum), events).number, 12'000 * 0x1.fffffffffffffp50);
}

TEST(IdSetTest, CountsEachNumberOnceNearAndFar) {
  IdSet set;
  for (int round = 0; round < 3; ++round) {
    for (const uint32_t id : {0U, 5U, 63U, 64U, 5U, 1'000'000U, ~0U, ~0U - 1, ~0U, 1U << 26}) {
      set.Add(id);
    }
    EXPECT_EQ(set.count(), 8);
    set.Clear();
    EXPECT_EQ(set.count(), 0);
  }
}

TEST(PackedIntsTest, GivesBackWhatWasPacked) {
  const std::vector<std::vector<int64_t>> lists = {
      {7},
      {-5, -5, -5},
      {0, 255},
      {0, 256},
      {kDay * 20'000, kDay * 20'001, kDay * 20'400},
      {kSecond, kSecond * 100'000},
      {1, 1'000'000'000'000},
      {kOpenFrom, 0, kOpen - 1},
      {kOpenFrom, kOpen},
      {5, kOpen, 260, kOpen},
      {kOpen},
  };
  for (const std::vector<int64_t>& list : lists) {
    std::vector<uint8_t> memory(3);  // so that nothing is aligned
    const PackedInts packed = PackedInts::Append(list, memory);
    for (size_t i = 0; i < list.size(); ++i) EXPECT_EQ(packed.At(memory.data(), i), list[i]);
  }
}

TEST(PackedIntsTest, FindsTheFirstThatIsNotBefore) {
  const std::vector<int64_t> list = {-kDay, 0, 0, kDay, 5 * kDay};
  std::vector<uint8_t> memory;
  const PackedInts packed = PackedInts::Append(list, memory);
  const auto find = [&](int64_t bound) { return packed.LowerBound(memory.data(), 0, 5, bound); };
  EXPECT_EQ(memory.size(), 5);  // a byte each
  EXPECT_EQ(find(kOpenFrom), 0);
  EXPECT_EQ(find(-kDay), 0);
  EXPECT_EQ(find(-kDay + 1), 1);
  EXPECT_EQ(find(0), 1);
  EXPECT_EQ(find(1), 3);
  EXPECT_EQ(find(5 * kDay), 4);
  EXPECT_EQ(find(5 * kDay + 1), 5);
  EXPECT_EQ(find(kOpen), 5);
}

}  // namespace
}  // namespace keyscore::measures
