// What a batch adds to the events and takes away, and waiting for the next batch.
#include <random>
#include <set>
#include <thread>

#include "event_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using EventChangeTest = EventTest;

TEST_F(EventChangeTest, ABatchAddsNewVersionsAndRemovesThoseTheyReplace) {
  Append("service_cost",
         {Cost("c1", "acme", "anna", "2024-01-01", 1), Cost("c2", "acme", "anna", "2024-01-02", 2),
          Cost("c3", "acme", "anna", "2024-01-03", 3)});
  const int64_t before = store_->Watermark().value();
  Append("service_cost", {Cost("c2", "acme", "ben", "2024-01-02", 20),    // corrected
                          Cost("c1", "acme", "anna", "2024-01-01", 1),    // replayed
                          Cost("c0", "acme", "anna", "2020-01-01", 5)});  // late
  Append(Deletion("service_cost", {"c3"}));
  const int64_t now = store_->Watermark().value();
  EXPECT_THAT(Scan(Costs(kAll, before)),
              ElementsAre("c1 anna acme 1", "c2 anna acme 2", "c3 anna acme 3"));
  EXPECT_THAT(Scan(Costs(kAdded, now, before)), ElementsAre("c0 anna acme 5", "c2 ben acme 20"));
  EXPECT_THAT(Scan(Costs(kRemoved, now, before)), ElementsAre("c2 anna acme 2", "c3 anna acme 3"));
  EXPECT_THAT(Scan(Costs(kAll, now)),
              ElementsAre("c0 anna acme 5", "c1 anna acme 1", "c2 ben acme 20"));
  EXPECT_THAT(Scan(Costs(kAdded, before, before)), IsEmpty());
  EXPECT_THAT(Scan(Costs(kRemoved, now - 1, before)), ElementsAre("c2 anna acme 2"));
  EXPECT_THAT(Scan(Costs(kAdded, before, 0)), Scan(Costs(kAll, before)));
}

TEST_F(EventChangeTest, AFactThatCameAndWentInBetweenShowsNowhere) {
  Append("service_cost", {Cost("c1", "acme", "anna", "2024-01-01", 1)});
  const int64_t before = store_->Watermark().value();
  Append("service_cost", {Cost("c2", "acme", "anna", "2024-01-01", 2)});
  Append(Deletion("service_cost", {"c2", "c1"}));
  Append("service_cost", {Cost("c1", "acme", "anna", "2024-01-01", 7)});
  const int64_t now = store_->Watermark().value();
  EXPECT_THAT(Scan(Costs(kAdded, now, before)), ElementsAre("c1 anna acme 7"));
  EXPECT_THAT(Scan(Costs(kRemoved, now, before)), ElementsAre("c1 anna acme 1"));
}

TEST_F(EventChangeTest, WhatIsRemovedIsSeenAsItWas) {
  Append("ownership", {Own("w1", "acme", "anna", "2024-01-01")});
  Append("service_cost", {Cost("c1", "acme", nullptr, "2024-03-01", 1)});
  const int64_t before = store_->Watermark().value();
  Append("ownership", {Own("w1", "acme", "ben", "2024-01-01")});
  Append("service_cost", {Cost("c1", "acme", nullptr, "2024-03-01", 2)});
  const int64_t now = store_->Watermark().value();
  EXPECT_THAT(Scan(Costs(kRemoved, now, before)), ElementsAre("c1 anna acme 1"));
  EXPECT_THAT(Scan(Costs(kAdded, now, before)), ElementsAre("c1 ben acme 2"));
}

TEST_F(EventChangeTest, WhatChangesIsWhatABatchAddsLessWhatItRemoves) {
  std::mt19937 random(7);
  const auto below = [&random](int limit) { return static_cast<int>(random() % limit); };
  Append("ownership", {Own("w1", "account 0", "anna", "2023-01-01", "2024-02-01"),
                       Own("w2", "account 0", "ben", "2024-02-01"),
                       Own("w3", "account 1", "cleo", "2024-01-15")});
  const EventScan all{.dataset = "service_cost",
                      .measures = {{Aggregate::kSum, "amount", "amount > 3"},
                                   {Aggregate::kCountDistinct, "amount"}}};
  std::vector<std::vector<std::string>> states = {Scan(all)};
  std::vector<int64_t> watermarks = {store_->Watermark().value()};
  for (int step = 0; step < 40; ++step) {
    std::set<std::string> ids;
    for (int i = below(8) + 1; i > 0; --i) ids.insert(fmt::format("c{}", below(25)));
    if (below(3) == 0) {
      Append(Deletion("service_cost", {ids.begin(), ids.end()}));
    } else {
      std::vector<Fields> rows;
      for (const std::string& id : ids) {
        const std::string account = fmt::format("account {}", below(3));
        const std::string day = fmt::format("2024-0{}-01", below(4) + 1);
        rows.push_back(
            Cost(id, account.c_str(), below(3) == 0 ? "dora" : nullptr, day.c_str(), below(10)));
      }
      Append("service_cost", rows);
    }
    const int64_t watermark = store_->Watermark().value();
    if (watermark == watermarks.back()) continue;
    watermarks.push_back(watermark);
    states.push_back(Scan(all));
    for (size_t earlier = 0; earlier + 1 < states.size(); earlier += below(5) + 1) {
      EventScan change = all;
      change.watermark = watermark;
      change.after = watermarks[earlier];
      change.rows = kRemoved;
      std::multiset<std::string> lines(states[earlier].begin(), states[earlier].end());
      for (const std::string& line : Scan(change)) {
        const auto found = lines.find(line);
        ASSERT_NE(found, lines.end()) << line;
        lines.erase(found);
      }
      change.rows = kAdded;
      for (const std::string& line : Scan(change)) lines.insert(line);
      ASSERT_EQ(std::vector<std::string>(lines.begin(), lines.end()), states.back())
          << "from " << change.after << " to " << watermark;
    }
  }
  EXPECT_GT(states.size(), 30U);
}

TEST_F(EventChangeTest, TheNextBatchCanBeWaitedFor) {
  const int64_t before = store_->Watermark().value();
  EXPECT_EQ(store_->AwaitWatermark(before, absl::Milliseconds(1)).value(), before);
  std::thread writer([&] { Append("service_cost", {Cost("c1", "a", "anna", "2024-01-01", 1)}); });
  EXPECT_EQ(store_->AwaitWatermark(before, absl::Seconds(60)).value(), before + 1);
  writer.join();
  EXPECT_EQ(store_->AwaitWatermark(before, absl::ZeroDuration()).value(), before + 1);
  std::thread closer([&] { ASSERT_OK(store_->Close()); });
  EXPECT_EQ(store_->AwaitWatermark(before + 1, absl::Seconds(60)).status().code(),
            absl::StatusCode::kUnavailable);
  closer.join();
}

}  // namespace
}  // namespace keyscore::store
