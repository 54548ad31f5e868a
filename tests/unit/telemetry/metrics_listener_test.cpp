// What a collector of Prometheus reads.
#include "telemetry/metrics_listener.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

#include "absl/strings/numbers.h"

namespace keyscore::telemetry {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// The whole answer to GET /metrics, or "" where nobody listens.
std::string Scrape(const std::string& address) {
  int port = 0;
  if (!absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port)) return "";
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
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

std::vector<MetricFamily> Families() {
  return {{"keyscore_calls_total",
           "Calls",
           MetricKind::kCounter,
           {{.labels = {{"plugin", "ac\"me"}}, .value = 7}}},
          {"keyscore_generation", "Now", MetricKind::kGauge, {{.labels = {}, .value = 3}}},
          {"keyscore_seconds",
           "Time",
           MetricKind::kHistogram,
           {{.labels = {}, .bounds = {0.5, 1}, .counts = {2, 3, 4}, .sum = 12.5}}}};
}

TEST(MetricsListenerTest, ShowsEachKindAsPrometheusReadsIt) {
  const auto listener = MetricsListener::Start("127.0.0.1:0", Families);
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_THAT((*listener)->address(), StartsWith("127.0.0.1:"));
  EXPECT_THAT((*listener)->address(), Not(HasSubstr(":0")));
  const std::string text = Scrape((*listener)->address());
  EXPECT_THAT(text, HasSubstr("# TYPE keyscore_calls_total counter\n"));
  EXPECT_THAT(text, HasSubstr("keyscore_calls_total{plugin=\"ac\\\"me\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("keyscore_generation 3\n"));
  EXPECT_THAT(text, HasSubstr("keyscore_seconds_bucket{le=\"0.5\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("keyscore_seconds_bucket{le=\"1\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("keyscore_seconds_bucket{le=\"+Inf\"} 9\n"));
  EXPECT_THAT(text, HasSubstr("keyscore_seconds_count 9\n"));
  EXPECT_THAT(text, HasSubstr("keyscore_seconds_sum 12.5\n"));
}

TEST(MetricsListenerTest, AsksAtEachScrapeAndNotAfterItsEnd) {
  int asked = 0;
  auto listener = MetricsListener::Start("localhost:0", [&asked] {
    ++asked;
    return std::vector<MetricFamily>();
  });
  ASSERT_TRUE(listener.ok()) << listener.status();
  const std::string address = (*listener)->address();
  Scrape(address);
  Scrape(address);
  EXPECT_EQ(asked, 2);
  listener->reset();
  EXPECT_EQ(Scrape(address), "");
  EXPECT_EQ(asked, 2);
}

TEST(MetricsListenerTest, ASourceThatThrowsIsAnAnswerWithoutFigures) {
  const auto listener = MetricsListener::Start(
      "127.0.0.1:0", []() -> std::vector<MetricFamily> { throw std::runtime_error("no figures"); });
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_THAT(Scrape((*listener)->address()), HasSubstr("200 OK"));
}

TEST(MetricsListenerTest, AnAddressInUseIsUnavailable) {
  const auto first = MetricsListener::Start("127.0.0.1:0", Families);
  ASSERT_TRUE(first.ok());
  const auto second = MetricsListener::Start((*first)->address(), Families);
  EXPECT_TRUE(absl::IsUnavailable(second.status())) << second.status();
  EXPECT_THAT(std::string(second.status().message()), HasSubstr((*first)->address()));
}

TEST(MetricsListenerTest, OnlyLoopbackIsListenedOn) {
  for (const char* address : {"127.0.0.1:9464", "127.1.2.3:0", "[::1]:9464", "localhost:9464"}) {
    EXPECT_TRUE(CheckMetricsAddress(address).ok()) << address;
  }
  for (const char* address :
       {"0.0.0.0:9464", "10.0.0.1:1", "[::]:1", "127.example.org:1", "example.org:9464"}) {
    const absl::Status refused = CheckMetricsAddress(address);
    EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << address;
    EXPECT_THAT(std::string(refused.message()), HasSubstr("127.0.0.1"));
  }
  EXPECT_FALSE(MetricsListener::Start("0.0.0.0:0", Families).ok());
}

}  // namespace
}  // namespace keyscore::telemetry
