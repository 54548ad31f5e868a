// A server with more to do than it can: it says so at once, what it took it answers, and nothing
// keeps it from stopping.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "support/facts.h"
#include "support/plugins.h"
#include "support/server_fixture.h"
#include "support/standard_services.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;
using S = std::string;
using Answered = absl::StatusOr<v1::Scorecard>;

constexpr char kConfig[] =
    "limits:\n  worker_threads: 1\n  queue_length: 2\n  drain_timeout: 1s\n"
    "plugins:\n  call_timeout: 3s\n  breaker_failures: 1000\n"
    "metrics:\n  address: 127.0.0.1:0\n";
constexpr double kTrigger = 31337;  // minutes on which the slow plugin falls asleep

class BusyServerTest : public EmptyServerTest {
 protected:
  void SetUp() override {
    StartServer({.more_config = kConfig});
    ASSERT_THAT(SendSmallWorld(client()), IsOk());
    const auto sent =
        client().AppendFacts({Batch("manager", {"fact_id", "manager_id", "occurred_at", "name"},
                                    {{S("zoe"), S("zoe"), At{"2022-01-01"}, S("Zoe Zhao")}}),
                              Batch("interaction",
                                    {"fact_id", "manager_id", "occurred_at", "channel", "direction",
                                     "minutes", "check_in"},
                                    {{S("z1"), S("zoe"), At{"2024-02-10 09:00:00"}, S("call"),
                                      S("outbound"), kTrigger, false}})});
    ASSERT_THAT(sent, IsOk());
    ASSERT_EQ(sent->rows_rejected(), 0);
    ASSERT_THAT(Install(client(), TestPlugin("zoo_sleep")), IsOk());
    client::ConnectOptions once;
    once.timeout = absl::Minutes(1);
    once.max_attempts = 1;
    auto connected = client::Connect(server_->address(), once);
    ASSERT_THAT(connected, IsOk());
    impatient_ = *std::move(connected);
  }

  // A card that takes seconds; each number is another question.
  static v1::GetScorecardRequest Slow(int number) {
    v1::GetScorecardRequest request;
    request.set_name("managers/zoe/scorecards/2024-Q1");
    for (int i = 0; i <= number; ++i) request.add_kpis("kpis/zoo_sleep.interactions");
    return request;
  }
  static v1::GetScorecardRequest Quick(const std::string& kpi) {
    v1::GetScorecardRequest request;
    request.set_name("managers/anna/scorecards/2024-Q1");
    request.add_kpis("kpis/" + kpi);
    return request;
  }
  std::future<Answered> Ask(const v1::GetScorecardRequest& request) {
    return std::async(std::launch::async,
                      [this, request] { return impatient_->GetScorecard(request); });
  }
  static bool Waits(const std::future<Answered>& call) {
    return call.wait_for(std::chrono::seconds(0)) == std::future_status::timeout;
  }
  // Asks until the queue has no room: then those that were taken fill it.
  Answered AskUntilRefused(const v1::GetScorecardRequest& request) {
    for (;;) {
      const Answered answered = impatient_->GetScorecard(request);
      if (answered.status().code() == StatusCode::kResourceExhausted) return answered;
      absl::SleepFor(absl::Milliseconds(10));
    }
  }
  void AwaitWaiting(int count) const {
    const std::string line = absl::StrCat("\nkeyscore_calls_waiting ", count, "\n");
    while (!absl::StrContains(Scrape(server_->Log()), line)) {
      absl::SleepFor(absl::Milliseconds(5));
    }
  }
  int64_t CallsOf(const std::string& kpi) const {
    const std::string text = Scrape(server_->Log());
    const std::string labels = absl::StrCat("kpi=\"", kpi, "\"} ");
    size_t at = text.find("\nkeyscore_plugin_calls_total{");
    at = at == std::string::npos ? at : text.find(labels, at);
    return at == std::string::npos ? -1 : std::stoll(text.substr(at + labels.size()));
  }

  std::unique_ptr<client::Client> impatient_;
};

TEST_F(BusyServerTest, WhoComesTooLateIsToldAtOnceAndWhoWasTakenIsAnswered) {
  const auto kept = client().GetScorecard(Quick("net_promoter_score"));
  ASSERT_THAT(kept, IsOk());
  std::vector<std::future<Answered>> taken;
  taken.push_back(Ask(Slow(0)));
  absl::SleepFor(absl::Milliseconds(300));  // it has the only thread
  taken.push_back(Ask(Slow(1)));
  AwaitWaiting(1);
  taken.push_back(Ask(Slow(2)));
  AwaitWaiting(2);
  const Answered refused = AskUntilRefused(Slow(3));
  EXPECT_EQ(client::DetailsOf(refused.status()).reason, "SERVER_OVERLOADED");
  EXPECT_TRUE(Waits(taken[2]));
  // What is kept is answered beside all that.
  const auto again = impatient_->GetScorecard(Quick("net_promoter_score"));
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), kept->SerializeAsString());
  EXPECT_TRUE(Waits(taken[2]));
  for (auto& call : taken) {
    const Answered answered = call.get();
    ASSERT_THAT(answered, IsOk());
    EXPECT_EQ(answered->kpis(0).state(), v1::KpiResult::ERROR);  // out of time
  }
}

TEST_F(BusyServerTest, ACallWhoseTimeRanOutInTheQueueIsNotEvaluated) {
  const S kpi = "customer_education";  // has no weight: evaluated for who asks for it
  ASSERT_EQ(CallsOf(kpi), 0);
  auto slow = Ask(Slow(0));
  absl::SleepFor(absl::Milliseconds(300));
  client::ConnectOptions options;
  options.timeout = absl::Milliseconds(200);
  options.max_attempts = 1;
  const auto hurried = client::Connect(server_->address(), options);
  ASSERT_THAT(hurried, IsOk());
  EXPECT_EQ((*hurried)->GetScorecard(Quick(kpi)).status().code(), StatusCode::kDeadlineExceeded);
  EXPECT_THAT(slow.get(), IsOk());
  // Whoever comes next gets the thread after what was in the queue.
  EXPECT_THAT(impatient_->GetScorecard(Quick("account_engagement")), IsOk());
  EXPECT_EQ(CallsOf(kpi), 0);
  EXPECT_THAT(impatient_->GetScorecard(Quick(kpi)), IsOk());
  EXPECT_EQ(CallsOf(kpi), 1);
}

TEST_F(BusyServerTest, ItStopsWhateverWaits) {
  std::vector<std::future<Answered>> calls;
  calls.push_back(Ask(Slow(0)));
  absl::SleepFor(absl::Milliseconds(300));
  calls.push_back(Ask(Slow(1)));
  calls.push_back(Ask(Slow(2)));
  absl::SleepFor(absl::Milliseconds(100));
  EXPECT_EQ(server_->Stop(), 0);
  for (auto& call : calls) call.wait();
}

}  // namespace
}  // namespace keyscore::testing
