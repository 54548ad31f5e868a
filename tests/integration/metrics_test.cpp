// The figures that a running server shows to Prometheus.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <regex>
#include <string>

#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using ::testing::HasSubstr;

// The answer to GET /metrics at the address that the server's log names.
std::string Scrape(const std::string& log) {
  std::smatch address;
  if (!std::regex_search(log, address, std::regex("metrics on http://127.0.0.1:(\\d+)/metrics"))) {
    return "the log names no address:\n" + log;
  }
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address[1])));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int peer = socket(AF_INET, SOCK_STREAM, 0);
  std::string answer;
  if (connect(peer, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) {
    const std::string request = "GET /metrics HTTP/1.0\r\nConnection: close\r\n\r\n";
    EXPECT_EQ(write(peer, request.data(), request.size()), static_cast<ssize_t>(request.size()));
    char part[4096];
    for (ssize_t got = 0; (got = read(peer, part, sizeof part)) > 0;) {
      answer.append(part, static_cast<size_t>(got));
    }
  }
  close(peer);
  return answer;
}

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
