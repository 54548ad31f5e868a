// What is seen from outside of a plugin whose breaker opens and closes again: health and metrics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "fault/zoo_world.h"
#include "support/plugins.h"
#include "support/processes.h"
#include "support/server_fixture.h"
#include "support/standard_services.h"

namespace keyscore::testing {
namespace {

using ::testing::HasSubstr;

class ZooHealthTest : public EmptyServerTest {};

TEST_F(ZooHealthTest, OpenBreakerShowsInHealthAndMetricsUntilItCloses) {
  StartServer(
      {.more_config = absl::StrCat("plugins:\n  call_timeout: 8s\n  breaker_failures: 2\n"
                                   "  breaker_cooldown: 1s\nmetrics:\n  address: 127.0.0.1:0\n",
                                   kNothingIsKept)});
  ASSERT_THAT(SendSmallWorld(client()), IsOk());
  ASSERT_THAT(SendZooWorld(client()), IsOk());
  ASSERT_THAT(Install(client(), TestPlugin("zoo_segfault")), IsOk());
  const auto health = [this](const char* name) { return Health(server_->address(), name); };
  const auto ask = [this](const char* card) {
    return Result(card, "zoo_segfault.interactions").state();
  };
  EXPECT_EQ(ask(kHarmlessCard), v1::KpiResult::VALUE);
  EXPECT_EQ(health("kpis/zoo_segfault.interactions"), "SERVING");
  EXPECT_TRUE(Eventually([&] {
    EXPECT_EQ(ask(kTriggeringCard), v1::KpiResult::ERROR);
    return health("kpis/zoo_segfault.interactions") == "NOT_SERVING";
  }));
  EXPECT_EQ(health("kpis/zoo_segfault.more_interactions"), "SERVING");
  EXPECT_EQ(health("plugins/zoo_segfault"), "SERVING");
  const std::string kpi = "{plugin=\"zoo_segfault\",kpi=\"zoo_segfault.interactions\"} ";
  const std::string open = Scrape(server_->Log());
  EXPECT_THAT(open, HasSubstr("keyscore_plugin_breaker_state" + kpi + "2\n"));
  EXPECT_THAT(open, HasSubstr("keyscore_plugin_calls_total" + kpi + "3\n"));
  EXPECT_THAT(open, HasSubstr("keyscore_plugin_failures_total{plugin=\"zoo_segfault\",kpi=\"zoo_"
                              "segfault.interactions\",reason=\"PLUGIN_CRASHED\"} 2\n"));
  EXPECT_THAT(open,
              HasSubstr("keyscore_plugin_worker_restarts_total{plugin=\"zoo_segfault\"} 1\n"));

  // It closes by itself once somebody asks after its pause, and the KPI does well.
  EXPECT_TRUE(Eventually([&] { return ask(kHarmlessCard) == v1::KpiResult::VALUE; }));
  EXPECT_EQ(health("kpis/zoo_segfault.interactions"), "SERVING");
  EXPECT_THAT(Scrape(server_->Log()), HasSubstr("keyscore_plugin_breaker_state" + kpi + "0\n"));
  EXPECT_THAT(Uninstall(client(), "zoo_segfault"), IsOk());
  EXPECT_EQ(health("plugins/zoo_segfault"), "NOT_SERVING");
}

}  // namespace
}  // namespace keyscore::testing
