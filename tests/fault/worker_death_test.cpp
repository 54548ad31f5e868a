// Workers that are killed from outside, at random, under load; and workers whose server is killed.
//
// KEYSCORE_FAULT_SECONDS sets how long the killing goes on; 20 when it isn't set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "fault/zoo_world.h"
#include "support/background.h"
#include "support/plugins.h"
#include "support/processes.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

constexpr int kClients = 4;
constexpr char kKpi[] = "good_neighbour.interactions";

absl::Duration KillingTime() {
  const char* const seconds = std::getenv("KEYSCORE_FAULT_SECONDS");
  double value = 20;
  if (seconds != nullptr && !absl::SimpleAtod(seconds, &value)) value = 20;
  return absl::Seconds(value);
}

class WorkerDeathTest : public EmptyServerTest {
 protected:
  void SetUp() override {
    StartServer({.more_config = kNothingIsKept});
    ASSERT_THAT(SendSmallWorld(client()), IsOk());
    ASSERT_THAT(SendZooWorld(client()), IsOk());
    ASSERT_THAT(Install(client(), TestPlugin("good_neighbour")), IsOk());
    ASSERT_EQ(Result(kHarmlessCard, kKpi).value(), kHarmless);
  }

  // The worker at the moment; 0 where none runs.
  pid_t Worker() {
    const auto plugin = GetPlugin(client(), "good_neighbour");
    EXPECT_THAT(plugin, IsOk());
    return plugin.ok() ? plugin->runtime().worker_process_id() : 0;
  }
};

TEST_F(WorkerDeathTest, KilledWorkersAreReplacedAndNoAnswerIsWrong) {
  std::vector<Background::Ask> asks;
  for (const auto& [name, minutes] :
       {std::pair{kHarmlessCard, kHarmless}, std::pair{kTriggeringCard, kTrigger}}) {
    v1::GetScorecardRequest request;
    request.set_name(name);
    request.add_kpis(absl::StrCat("kpis/", kKpi));
    request.add_kpis("kpis/account_engagement");
    asks.emplace_back([request, expected = minutes](client::Client& from) -> std::string {
      const auto card = from.GetScorecard(request);
      if (!card.ok()) return card.status().ToString();
      const v1::KpiResult result = ResultOf(*card, kKpi);
      if (result.state() == v1::KpiResult::VALUE && result.value() == expected) return "";
      return absl::StrCat("expected ", expected, ": ", result.ShortDebugString());
    });
  }
  Background background(server_->address(), kClients, asks);
  background.WaitForMore(2);
  std::mt19937 random(20240229);
  std::uniform_int_distribution<int> pause_ms(50, 400);
  std::set<pid_t> killed;
  const absl::Time end = absl::Now() + KillingTime();
  while (absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(pause_ms(random)));
    const pid_t worker = Worker();
    if (worker == 0) continue;
    ASSERT_NE(worker, server_->pid());
    kill(worker, SIGKILL);
    killed.insert(worker);
    background.WaitForMore(1);
  }
  background.WaitForMore(2);
  EXPECT_EQ(background.Stop(), "");
  EXPECT_GT(killed.size(), 5u);
  const auto plugin = GetPlugin(client(), "good_neighbour");
  ASSERT_THAT(plugin, IsOk());
  EXPECT_GE(plugin->runtime().worker_restarts(), static_cast<int64_t>(killed.size()) - 1);
  EXPECT_TRUE(Eventually([this] {
    const std::vector<ChildProcess> children = ChildrenOf(server_->pid());
    return children.size() <= 1 && (children.empty() || children[0].state != 'Z');
  }));
  for (const pid_t pid : killed) EXPECT_FALSE(IsRunning(pid));
  EXPECT_EQ(Result(kHarmlessCard, kKpi).value(), kHarmless);
}

TEST_F(WorkerDeathTest, KilledServerLeavesNoWorkerBehind) {
  ASSERT_THAT(Install(client(), TestPlugin("zoo_loop")), IsOk());
  std::vector<pid_t> workers;
  for (const ChildProcess& child : ChildrenOf(server_->pid())) workers.push_back(child.pid);
  ASSERT_EQ(workers.size(), 2u);
  // One of them in the middle of a call that never ends.
  Background hanging(server_->address(), 1, {[](client::Client& from) -> std::string {
                       v1::GetScorecardRequest request;
                       request.set_name(kTriggeringCard);
                       request.add_kpis("kpis/zoo_loop.interactions");
                       (void)from.GetScorecard(request);
                       return "";
                     }});
  absl::SleepFor(absl::Milliseconds(300));
  for (const ChildProcess& child : ChildrenOf(server_->pid())) workers.push_back(child.pid);
  server_->Kill();
  EXPECT_TRUE(Eventually([&] {
    for (const pid_t worker : workers) {
      if (IsRunning(worker)) return false;
    }
    return true;
  }));
}

TEST_F(WorkerDeathTest, StoppedServerStopsItsWorkers) {
  const pid_t worker = Worker();
  ASSERT_GT(worker, 0);
  EXPECT_EQ(server_->Stop(), 0);
  EXPECT_FALSE(IsRunning(worker));
}

}  // namespace
}  // namespace keyscore::testing
