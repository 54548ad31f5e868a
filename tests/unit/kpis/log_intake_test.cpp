// A worker's log on its way into the server's.
#include "kpis/isolation/log_intake.h"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kpis/isolation/log_line.h"

namespace keyscore::kpis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Catches what is logged as "logger level text" lines.
class LogIntakeTest : public ::testing::Test {
 protected:
  LogIntakeTest() : before_(spdlog::default_logger()) {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(out_);
    auto logger = std::make_shared<spdlog::logger>("test", sink);
    logger->set_pattern("%n %l %v");
    logger->set_level(spdlog::level::debug);
    spdlog::set_default_logger(logger);
  }
  ~LogIntakeTest() override { spdlog::set_default_logger(before_); }

  std::vector<std::string> Lines() const {
    return absl::StrSplit(out_.str(), '\n', absl::SkipEmpty());
  }

  std::shared_ptr<spdlog::logger> before_;
  std::ostringstream out_;
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
};

TEST_F(LogIntakeTest, KeepsLevelsAndTakesWhatIsPrintedForAWarning) {
  LogIntake intake("acme", 20);
  intake.Take(MarkedLine(KS_LOG_INFO, "started") + "printed\n" + MarkedLine(KS_LOG_ERROR, "broken"),
              now_);
  EXPECT_THAT(Lines(), ElementsAre("plugin/acme info started", "plugin/acme warning printed",
                                   "plugin/acme error broken"));
}

TEST_F(LogIntakeTest, PutsLinesTogetherThatComeInPieces) {
  LogIntake intake("acme", 20);
  const std::string line = MarkedLine(KS_LOG_INFO, "one whole line");
  intake.Take(line.substr(0, 5), now_);
  intake.Take(line.substr(5, 3), now_);
  EXPECT_TRUE(Lines().empty());
  intake.Take(line.substr(8) + "\n\n", now_);
  EXPECT_THAT(Lines(), ElementsAre("plugin/acme info one whole line"));
}

TEST_F(LogIntakeTest, CutsALineThatNeverEnds) {
  LogIntake intake("acme", 20);
  for (int i = 0; i < 1'000; ++i) intake.Take(std::string(10'000, 'x'), now_);
  intake.Take("\nafter\n", now_);
  ASSERT_EQ(Lines().size(), 2u);
  EXPECT_LE(Lines()[0].size(), kMaxLogLineBytes + 100);
  EXPECT_THAT(Lines()[1], HasSubstr("after"));
}

TEST_F(LogIntakeTest, LetsABurstThroughThenSoManyASecondAndCountsTheRest) {
  LogIntake intake("acme", 5);
  for (int i = 0; i < 1'000; ++i) intake.Take("flood\n", now_);
  EXPECT_EQ(Lines().size(), 50u);
  EXPECT_EQ(intake.suppressed(), 950);
  now_ += absl::Seconds(2);
  for (int i = 0; i < 100; ++i) intake.Take("flood\n", now_);
  EXPECT_EQ(Lines().size(), 60u);
  EXPECT_EQ(intake.suppressed(), 1'040);
  intake.Tick(now_);
  intake.Tick(now_);
  ASSERT_EQ(Lines().size(), 61u);
  EXPECT_THAT(Lines().back(), HasSubstr("1040 lines"));
}

TEST_F(LogIntakeTest, NothingCanForgeALineOfTheServers) {
  LogIntake intake("acme", 20);
  intake.Take(std::string("one\x1b[2J\rtwo\n"), now_);
  EXPECT_THAT(Lines(), ElementsAre("plugin/acme warning one [2J two"));
}

}  // namespace
}  // namespace keyscore::kpis
