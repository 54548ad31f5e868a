// The pool refuses at once when it is full, and runs all that it took.
#include "rpc/work_pool.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/notification.h"

namespace keyscore::rpc {
namespace {

TEST(WorkPoolTest, RefusesWhenTheQueueIsFullAndTakesAgainLater) {
  absl::Notification started, release;
  std::atomic<int> ran = 0;
  WorkPool pool(1, 2);
  WorkPool::Job blocker = [&] {
    started.Notify();
    release.WaitForNotification();
    ++ran;
  };
  ASSERT_TRUE(pool.TryRun(blocker));
  started.WaitForNotification();
  for (int i = 0; i < 2; ++i) {
    WorkPool::Job job = [&] { ++ran; };
    EXPECT_TRUE(pool.TryRun(job));
  }
  WorkPool::Job refused = [&] { ran += 100; };
  EXPECT_FALSE(pool.TryRun(refused));
  EXPECT_TRUE(static_cast<bool>(refused)) << "a refused job stays the caller's";
  release.Notify();
  pool.Shutdown();
  EXPECT_EQ(ran, 3);
}

TEST(WorkPoolTest, TakesNothingAfterShutdown) {
  WorkPool pool(2, 2);
  pool.Shutdown();
  WorkPool::Job job = [] {};
  EXPECT_FALSE(pool.TryRun(job));
  pool.Shutdown();
}

}  // namespace
}  // namespace keyscore::rpc
