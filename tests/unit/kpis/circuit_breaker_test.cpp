// The breaker on a clock of the test's.
#include "kpis/isolation/circuit_breaker.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kpis/failure.h"

namespace keyscore::kpis {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr BreakerOptions kOptions{.failures_to_open = 3,
                                  .first_pause = absl::Milliseconds(100),
                                  .cooldown = absl::Seconds(10),
                                  .max_cooldown = absl::Seconds(25)};

class CircuitBreakerTest : public ::testing::Test {
 protected:
  // One failing call.
  bool Fail() {
    EXPECT_TRUE(breaker_.Admit(now_).ok());
    return breaker_.Failed(now_, "PLUGIN_CRASHED: it crashed");
  }
  bool Admits() { return breaker_.Admit(now_).ok(); }

  CircuitBreaker breaker_{kOptions};
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
};

TEST_F(CircuitBreakerTest, PausesAfterEachFailureTwiceAsLong) {
  EXPECT_FALSE(Fail());
  now_ += absl::Milliseconds(99);
  EXPECT_FALSE(Admits());
  now_ += absl::Milliseconds(1);
  EXPECT_FALSE(Fail());
  now_ += absl::Milliseconds(199);
  EXPECT_FALSE(Admits());
  now_ += absl::Milliseconds(1);
  EXPECT_TRUE(Admits());
}

TEST_F(CircuitBreakerTest, OpensAfterTooManyFailuresInARowAndSaysSoOnce) {
  EXPECT_FALSE(Fail());
  now_ += absl::Seconds(1);
  EXPECT_FALSE(Fail());
  now_ += absl::Seconds(1);
  EXPECT_TRUE(Fail());
  EXPECT_EQ(breaker_.Stats().state, BreakerState::kOpen);
  now_ += absl::Seconds(9);
  const absl::Status refused = breaker_.Admit(now_);
  EXPECT_EQ(FailureReason(refused), kPluginUnavailable);
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("3 times in a row"), HasSubstr("PLUGIN_CRASHED: it crashed"),
                    HasSubstr("tried again in 1.001s")));
}

TEST_F(CircuitBreakerTest, ASuccessInBetweenStartsTheCountAnew) {
  for (int round = 0; round < 5; ++round) {
    EXPECT_FALSE(Fail());
    now_ += absl::Seconds(1);
    EXPECT_FALSE(Fail());
    now_ += absl::Seconds(1);
    EXPECT_TRUE(Admits());
    EXPECT_FALSE(breaker_.Succeeded());  // it was never open
  }
  EXPECT_EQ(breaker_.Stats().consecutive_failures, 0);
}

TEST_F(CircuitBreakerTest, LetsOneCallTryWhenItsTimeHasComeAndClosesIfThatGoesWell) {
  for (int i = 0; i < 3; ++i, now_ += absl::Seconds(1)) Fail();
  now_ += absl::Seconds(10);
  EXPECT_TRUE(Admits());
  EXPECT_EQ(breaker_.Stats().state, BreakerState::kHalfOpen);
  EXPECT_FALSE(Admits()) << "a second call while the first is still trying";
  EXPECT_TRUE(breaker_.Succeeded());
  EXPECT_EQ(breaker_.Stats().state, BreakerState::kClosed);
  EXPECT_TRUE(Admits());
  EXPECT_TRUE(Admits());
}

TEST_F(CircuitBreakerTest, CoolsDownLongerAfterEachFailedTryUpToALimit) {
  for (int i = 0; i < 3; ++i, now_ += absl::Seconds(1)) Fail();
  now_ += absl::Seconds(10);
  EXPECT_FALSE(Fail()) << "it was open before";
  EXPECT_EQ(breaker_.Stats().retry_time, now_ + absl::Seconds(20));
  now_ += absl::Seconds(20);
  Fail();
  EXPECT_EQ(breaker_.Stats().retry_time, now_ + absl::Seconds(25));
}

TEST_F(CircuitBreakerTest, ATryThatItsCallerGaveUpMayBeMadeByTheNext) {
  for (int i = 0; i < 3; ++i, now_ += absl::Seconds(1)) Fail();
  now_ += absl::Seconds(10);
  EXPECT_TRUE(Admits());
  breaker_.Abandoned();
  EXPECT_EQ(breaker_.Stats().state, BreakerState::kOpen);
  EXPECT_TRUE(Admits());
}

}  // namespace
}  // namespace keyscore::kpis
