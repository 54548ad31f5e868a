// The figures that a running server shows to Prometheus.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/server_fixture.h"
#include "support/standard_services.h"

namespace keyscore::testing {
namespace {

using ::testing::HasSubstr;

class MetricsTest : public EmptyServerTest {
 protected:
  void SetUp() override { StartServer({.more_config = "metrics:\n  address: 127.0.0.1:0\n"}); }
};

TEST_F(MetricsTest, CallsOfPluginsAreCounted) {
  ASSERT_THAT(SendSmallWorld(client()), IsOk());
  const std::string before = Scrape(server_->Log());
  EXPECT_THAT(
      before,
      HasSubstr(
          "keyscore_plugin_calls_total{plugin=\"retention\",kpi=\"net_promoter_score\"} 0\n"));
  ASSERT_THAT(Card("managers/anna/scorecards/2024-Q1", {"net_promoter_score"}), IsOk());
  const std::string after = Scrape(server_->Log());
  EXPECT_THAT(
      after,
      HasSubstr(
          "keyscore_plugin_calls_total{plugin=\"retention\",kpi=\"net_promoter_score\"} 1\n"));
  EXPECT_THAT(after, HasSubstr("keyscore_plugin_breaker_state{plugin=\"retention\","
                               "kpi=\"net_promoter_score\"} 0\n"));
  EXPECT_THAT(after, HasSubstr("keyscore_plugin_call_seconds_count{plugin=\"retention\","
                               "kpi=\"net_promoter_score\"} 1\n"));
  EXPECT_THAT(after, HasSubstr("keyscore_registry_generation 1\n"));
  EXPECT_THAT(after, HasSubstr("keyscore_libraries_open 4\n"));
}

TEST_F(MetricsTest, ADisabledPluginLeavesTheFigures) {
  v1::DisablePluginRequest request;
  request.set_name("plugins/learning");
  EXPECT_THAT(Scrape(server_->Log()), HasSubstr("keyscore_plugin_info{plugin=\"learning\""));
  ASSERT_THAT(client().DisablePlugin(request), IsOk());
  const std::string after = Scrape(server_->Log());
  EXPECT_THAT(after, ::testing::Not(HasSubstr("plugin=\"learning\"")));
  EXPECT_THAT(after, HasSubstr("keyscore_registry_generation 2\n"));
}

TEST(MetricsConfigTest, OtherAddressesThanLoopbackKeepTheServerFromStarting) {
  const auto server = Server::Start({.more_config = "metrics:\n  address: 0.0.0.0:0\n"});
  EXPECT_FALSE(server.ok());
  EXPECT_THAT(server, MessageHas("metrics.address"));
}

}  // namespace
}  // namespace keyscore::testing
