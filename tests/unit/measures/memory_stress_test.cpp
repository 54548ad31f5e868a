// The measures in memory against the engine on a log that changes in every way: not a bit differs.
#include <atomic>
#include <thread>

#include "memory_world.h"

namespace keyscore::measures {
namespace {

std::vector<store::ResolvedMeasure> ResolveAll(const std::vector<MeasureSpec>& inputs,
                                               RandomLog& random) {
  const Period period = random.RandomPeriod();
  std::vector<store::ResolvedMeasure> measures;
  for (MeasureSpec input : inputs) {
    if (input.window != Window::kAtEnd) {
      constexpr Window kWindows[] = {Window::kPeriod, Window::kPreviousPeriod,
                                     Window::kSamePeriodLastYear, Window::kUntilStart,
                                     Window::kUntilEnd};
      input.window = kWindows[random.Below(5)];
    } else if (random.Chance(50)) {
      input.window = Window::kAtStart;
    }
    measures.push_back(Resolve(input, period, Calendar()));
  }
  return measures;
}

class MemoryStressTest : public store::StoreTest {
 protected:
  void StartMemory(MemoryOptions options = {}) {
    auto sources = MemorySources::Start(*store_, EveryKindOfInput(), options);
    ASSERT_TRUE(sources.ok()) << sources.status();
    memory_ = *std::move(sources);
  }

  // One question, asked of both.
  static std::string Compare(Source& source, store::Store& store, RandomLog& random) {
    const auto measures = ResolveAll(EveryKindOfInput(), random);
    const store::Scope scope = random.RandomScope();
    const auto ours = source.Measure(measures, scope, source.watermark(), {});
    const auto theirs = store.Measure(measures, scope, source.watermark(), {});
    if (!ours.ok() || !theirs.ok()) {
      return std::string(ours.status().message()) + " / " + std::string(theirs.status().message());
    }
    return Difference(measures, *ours, *theirs);
  }

  void CompareNow(RandomLog& random) {
    memory_->Settle();
    const auto source = memory_->Now({});
    ASSERT_TRUE(source.ok()) << source.status();
    ASSERT_EQ((*source)->watermark(), store_->Watermark().value());
    EXPECT_EQ(Compare(**source, *store_, random), "");
  }

  std::unique_ptr<MemorySources> memory_;
};

TEST_F(MemoryStressTest, EqualsTheEngineAfterEveryChange) {
  for (const uint64_t seed : {1, 2}) {
    SCOPED_TRACE(seed);
    Open(":memory:");
    RandomLog random(seed);
    for (int i = 0; i < 20; ++i) random.Step(*store_);
    StartMemory();
    for (int i = 0; i < 15 && !HasFailure(); ++i) {
      for (int64_t batches = random.Below(3); batches >= 0; --batches) random.Step(*store_);
      CompareNow(random);
    }
    EXPECT_GT(memory_->Report().from_memory, memory_->Report().from_engine);
    // And whoever starts now sees the same.
    memory_.reset();
    StartMemory();
    for (int i = 0; i < 10; ++i) CompareNow(random);
    memory_.reset();
  }
}

TEST_F(MemoryStressTest, ReadersSeeOneStateWhileTheLogGoesOn) {
  RandomLog random(7);
  for (int i = 0; i < 10; ++i) random.Step(*store_);
  StartMemory();
  std::atomic<bool> writing = true;
  std::vector<std::string> differences(3);
  std::vector<std::thread> readers;
  for (size_t i = 0; i < differences.size(); ++i) {
    readers.emplace_back([&, i] {
      RandomLog own(100 + i);
      while (writing && differences[i].empty()) {
        const int64_t acknowledged = store_->Watermark().value();
        const auto source = memory_->Now({});
        if (!source.ok()) {
          differences[i] = std::string(source.status().message());
        } else if ((*source)->watermark() < acknowledged) {
          differences[i] = "an acknowledged batch is not seen";
        } else {
          differences[i] = Compare(**source, *store_, own);
        }
      }
    });
  }
  for (int i = 0; i < 30; ++i) random.Step(*store_);
  writing = false;
  for (std::thread& reader : readers) reader.join();
  for (const std::string& difference : differences) EXPECT_EQ(difference, "");
  CompareNow(random);
}

TEST_F(MemoryStressTest, WhatDoesNotFitIsAskedOfTheEngineAndReported) {
  RandomLog random(11);
  for (int i = 0; i < 30; ++i) random.Step(*store_);
  StartMemory({.max_bytes = 1 << 15});
  const MemoryReport report = memory_->Report();
  size_t left_out = 0, kept = 0;
  for (const auto& dataset : report.datasets) ++(dataset.left_out.empty() ? kept : left_out);
  EXPECT_GT(left_out, 0U);
  EXPECT_GT(kept, 0U);
  EXPECT_LE(report.bytes, 1 << 15);
  for (int i = 0; i < 8 && !HasFailure(); ++i) {
    random.Step(*store_);
    CompareNow(random);
  }
}

TEST_F(MemoryStressTest, NewInputsAreTakenUpWhileOthersStand) {
  RandomLog random(13);
  for (int i = 0; i < 30; ++i) random.Step(*store_);
  const std::vector<MeasureSpec> all = EveryKindOfInput();
  auto sources = MemorySources::Start(*store_, {all.begin(), all.begin() + 10}, {});
  ASSERT_TRUE(sources.ok()) << sources.status();
  memory_ = *std::move(sources);
  CompareNow(random);
  const size_t before = memory_->Report().datasets.size();
  memory_->SetInputs(all);
  memory_->Settle();
  EXPECT_GT(memory_->Report().datasets.size(), before);
  for (int i = 0; i < 10 && !HasFailure(); ++i) {
    random.Step(*store_);
    CompareNow(random);
  }
}

}  // namespace
}  // namespace keyscore::measures
