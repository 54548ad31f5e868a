// Readers and writers at once: every reader sees whole batches, nothing between.
#include <atomic>
#include <thread>

#include "store_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

class ConcurrencyTest : public StoreTest {
 protected:
  // Ten rows whose qualities add up to 100, now as 5 and 15, now as 10 each.
  static facts::ColumnBatch Reviews(int round, const std::string& prefix = "r") {
    std::vector<Fields> rows;
    for (int i = 0; i < 10; ++i) {
      rows.push_back({{"fact_id", prefix + std::to_string(i)},
                      {"manager_id", std::string("anna")},
                      {"occurred_at", At("2024-03-01")},
                      {"quality", round % 2 == 0 ? 10.0
                                  : i % 2 == 0   ? 5.0
                                                 : 15.0}});
    }
    return Batch("plan_review", rows);
  }
};

TEST_F(ConcurrencyTest, ReadersSeeWholeBatchesWhileOthersWrite) {
  Append(Reviews(0));
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  std::atomic<int> reads = 0;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done || reads < 10) {
        const auto table = store_->Measure({MeasureOf("plan_review", Aggregate::kSum, "quality"),
                                            MeasureOf("plan_review", Aggregate::kCount)},
                                           kEverything, 0, {});
        ASSERT_OK(table);
        ASSERT_THAT(table->columns[0].numbers, ElementsAre(100)) << table->watermark;
        ASSERT_THAT(table->columns[1].numbers, ElementsAre(10));
        ++reads;
      }
    });
  }
  for (int round = 1; round <= 40; ++round) EXPECT_EQ(Append(Reviews(round)).updated, 10U);
  done = true;
  for (std::thread& reader : readers) reader.join();
}

TEST_F(ConcurrencyTest, AppendsFromManyThreadsAllArrive) {
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([this, i] {
      for (int round = 0; round < 5; ++round) {
        const std::string prefix = std::to_string(i) + "-" + std::to_string(round) + "-";
        const auto result = store_->Append(Reviews(0, prefix));
        ASSERT_OK(result);
        ASSERT_EQ(result->inserted, 10U);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(*store_->Watermark(), 40);
  EXPECT_THAT(Numbers(MeasureOf("plan_review", Aggregate::kCount), kEverything),
              ElementsAre(Pair("", 400)));
}

TEST_F(ConcurrencyTest, TheSameBatchFromManyThreadsIsWrittenOnce) {
  std::vector<std::thread> writers;
  std::atomic<size_t> inserted = 0, replayed = 0;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&] {
      const auto result = store_->Append(Reviews(0));
      ASSERT_OK(result);
      inserted += result->inserted;
      replayed += result->replayed;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(inserted, 10U);
  EXPECT_EQ(replayed, 70U);
  EXPECT_EQ(*store_->Watermark(), 1);
}

TEST_F(ConcurrencyTest, TooManyWaitingAppendsAreRefused) {
  store_.reset();
  auto store = OpenDuckDbStore({.path = ":memory:", .max_queued_appends = 1});
  ASSERT_OK(store);
  store_ = *std::move(store);
  ASSERT_OK(store_->DefineDataset(Builtin("plan_review")));
  std::atomic<int> written = 0, refused = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < 16; ++i) {
    writers.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        const auto result =
            store_->Append(Reviews(0, std::to_string(i) + "-" + std::to_string(round) + "-"));
        written += result.ok() ? 1 : 0;
        refused += absl::IsResourceExhausted(result.status()) ? 1 : 0;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(written + refused, 320);
  EXPECT_GT(refused, 0);
  EXPECT_EQ(*store_->Watermark(), written);
}

TEST_F(ConcurrencyTest, ABadBatchDoesNotFailItsNeighbours) {
  std::vector<std::thread> writers;
  std::atomic<int> good = 0, bad = 0;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      auto batch = Reviews(0, std::to_string(i) + "-");
      if (i % 2 == 0) batch.columns.pop_back();
      const auto result = store_->Append(batch);
      (result.ok() ? good : bad) += 1;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(good, 4);
  EXPECT_EQ(bad, 4);
}

}  // namespace
}  // namespace keyscore::store
