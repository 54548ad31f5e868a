// Plugins that misbehave in every way there is, one after the other, on one server that four
// clients keep asking: only the plugin's own KPI suffers, only where it misbehaves, and nothing of
// it stays.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "fault/zoo_world.h"
#include "support/background.h"
#include "support/plugins.h"
#include "support/processes.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int kClients = 4;
// Long enough for a call that does no harm to end in time on a busy machine.
constexpr char kConfig[] =
    "plugins:\n  call_timeout: 8s\n  breaker_cooldown: 1s\n  memory: 256MiB\n";
constexpr char kImpatientConfig[] =
    "plugins:\n  call_timeout: 2s\n  breaker_cooldown: 1s\n  memory: 256MiB\n";

// What four clients ask for all the while; none of it has anything to do with zoe and yann.
constexpr const char* kCards[] = {
    "managers/anna/scorecards/2024-Q1", "managers/boris/scorecards/2024-Q1",
    "accounts/acme/scorecards/2024-Q1", "teams/south/scorecards/2024"};
constexpr const char* kBuiltIns[] = {"opportunity_conversion_rate", "net_promoter_score",
                                     "account_engagement", "upsell_revenue_share",
                                     "revenue_per_account"};

// What misbehaving comes to.
enum class Outcome {
  kError,        // ERROR for one of the reasons
  kMayBeValue,   // … or the honest value, where the host is out of its reach
  kHonestValue,  // nothing to be seen from outside
};

struct Animal {
  std::string id;
  Outcome outcome;
  std::vector<std::string> reasons = {};
  std::string says = "";  // stands in the reason too
};

v1::GetScorecardRequest BuiltInCard(const char* name) {
  v1::GetScorecardRequest request;
  request.set_name(name);
  for (const char* kpi : kBuiltIns) request.add_kpis(absl::StrCat("kpis/", kpi));
  return request;
}

// The card without what differs from one moment to the next: how far the log of facts is, and
// which plugins there are beside the built-in ones.
v1::Scorecard Lasting(v1::Scorecard card) {
  static const std::set<std::string> kLasting = {"plugins/relationships", "plugins/revenue",
                                                 "plugins/retention", "plugins/learning"};
  card.mutable_receipt()->clear_fact_watermark();
  auto* plugins = card.mutable_receipt()->mutable_plugins();
  for (int i = plugins->size() - 1; i >= 0; --i) {
    if (kLasting.count(plugins->Get(i).plugin()) == 0) plugins->DeleteSubrange(i, 1);
  }
  return card;
}

// How the card differs from what it was; "" = not at all.
std::string Difference(const v1::Scorecard& before, const v1::Scorecard& now) {
  google::protobuf::util::MessageDifferencer differencer;
  std::string difference;
  differencer.ReportDifferencesToString(&difference);
  differencer.Compare(before, Lasting(now));
  return difference;
}

class ZooTest : public EmptyServerTest {
 protected:
  explicit ZooTest(const char* config = kConfig) : config_(config) {}

  void SetUp() override {
    StartServer({.more_config = absl::StrCat(config_, kNothingIsKept)});
    ASSERT_THAT(SendSmallWorld(client()), IsOk());
    ASSERT_THAT(SendZooWorld(client()), IsOk());
    pid_ = server_->pid();
    std::vector<Background::Ask> asks;
    for (const char* name : kCards) {
      const auto card = client().GetScorecard(BuiltInCard(name));
      ASSERT_THAT(card, IsOk());
      ASSERT_EQ(card->kpis_size(), 5);
      asks.emplace_back([request = BuiltInCard(name),
                         before = Lasting(*card)](client::Client& from) -> std::string {
        const auto now = from.GetScorecard(request);
        if (!now.ok()) return now.status().ToString();
        return Difference(before, *now);
      });
    }
    background_ = std::make_unique<Background>(server_->address(), kClients, std::move(asks));
    background_->WaitForMore(2);
    // Whatever the server sets up for its first plugin is there from now on.
    ASSERT_THAT(Install(client(), TestPlugin("good_neighbour")), IsOk());
    EXPECT_EQ(Ask(kHarmlessCard, "good_neighbour").first.value(), kHarmless);
    ASSERT_THAT(Uninstall(client(), "good_neighbour"), IsOk());
    ASSERT_TRUE(Eventually([this] { return ChildrenOf(pid_).empty(); }));
    background_->WaitForMore(2);
    descriptors_ = DescriptorsOf(pid_);
    mappings_ = MappingsOf(pid_);
  }

  void TearDown() override {
    if (background_ == nullptr) return;
    background_->WaitForMore(2);
    EXPECT_TRUE(Eventually([this] { return DescriptorsOf(pid_).size() <= descriptors_.size(); }))
        << ::testing::PrintToString(DescriptorsOf(pid_)) << " but before "
        << ::testing::PrintToString(descriptors_);
    EXPECT_EQ(CountWith(DescriptorsOf(pid_), "memfd:"), CountWith(descriptors_, "memfd:"));
    EXPECT_EQ(CountWith(MappingsOf(pid_), "memfd:"), CountWith(mappings_, "memfd:"));
    EXPECT_EQ(CountWith(MappingsOf(pid_), "zoo_"), 0u);
    EXPECT_TRUE(ChildrenOf(pid_).empty());
    EXPECT_EQ(background_->Stop(), "");
    EXPECT_GT(background_->requests(), 4 * kClients);
    EXPECT_TRUE(IsRunning(pid_));
    EXPECT_EQ(server_->Stop(), 0);
  }

  struct Pair {
    v1::KpiResult first;   // of the KPI that misbehaves
    v1::KpiResult second;  // of its sibling
  };
  Pair Ask(const std::string& name, const std::string& plugin) {
    const std::string first = plugin + ".interactions";
    const std::string second = plugin + ".more_interactions";
    const auto card = Card(name, {first, second});
    EXPECT_THAT(card, IsOk()) << plugin;
    if (!card.ok()) return {};
    return {ResultOf(*card, first), ResultOf(*card, second)};
  }

  static void ExpectValue(const v1::KpiResult& result, double value) {
    EXPECT_EQ(result.state(), v1::KpiResult::VALUE) << result.ShortDebugString();
    EXPECT_EQ(result.value(), value);
  }

  static void ExpectMisbehaved(const Animal& animal, const v1::KpiResult& result) {
    if (result.state() == v1::KpiResult::VALUE && animal.outcome != Outcome::kError) {
      EXPECT_EQ(result.value(), kTrigger);
      return;
    }
    EXPECT_NE(animal.outcome, Outcome::kHonestValue) << result.ShortDebugString();
    EXPECT_EQ(result.state(), v1::KpiResult::ERROR) << result.ShortDebugString();
    EXPECT_FALSE(result.has_value());
    bool known = false;
    for (const std::string& reason : animal.reasons) {
      known = known || absl::StartsWith(result.state_reason(), reason + ": ");
    }
    EXPECT_TRUE(known) << result.state_reason();
    EXPECT_THAT(result.state_reason(), HasSubstr(animal.says));
  }

  // The plugin comes, does well, misbehaves, does well again, and goes.
  void Visit(const Animal& animal) {
    SCOPED_TRACE(animal.id);
    const auto installed = Install(client(), TestPlugin(animal.id));
    ASSERT_THAT(installed, IsOk());
    EXPECT_EQ(installed->plugin().state(), v1::Plugin::STATE_ACTIVE);
    EXPECT_TRUE(installed->plugin().isolated());
    EXPECT_GT(installed->checks_size(), 20);
    const Pair before = Ask(kHarmlessCard, animal.id);
    ExpectValue(before.first, kHarmless);
    ExpectValue(before.second, kHarmless);

    const Pair triggered = Ask(kTriggeringCard, animal.id);
    ExpectMisbehaved(animal, triggered.first);
    ExpectValue(triggered.second, kTrigger);
    // Its sibling answers for everybody, whatever has become of the process.
    ExpectValue(Ask(kHarmlessCard, animal.id).second, kHarmless);
    ExpectValue(Ask(kTriggeringCard, animal.id).second, kTrigger);
    // It is tried again by itself, and does well where it isn't set off.
    EXPECT_TRUE(Eventually([&] {
      const v1::KpiResult again = Ask(kHarmlessCard, animal.id).first;
      if (again.state() == v1::KpiResult::VALUE) return again.value() == kHarmless;
      EXPECT_THAT(again.state_reason(),
                  AnyOf(StartsWith("PLUGIN_UNAVAILABLE: "), StartsWith("PLUGIN_TIMEOUT: ")));
      return false;
    })) << "does not recover";

    const auto plugin = GetPlugin(client(), animal.id);
    ASSERT_THAT(plugin, IsOk());
    const pid_t worker = plugin->runtime().worker_process_id();
    EXPECT_NE(worker, pid_);
    EXPECT_THAT(Uninstall(client(), animal.id), IsOk());
    EXPECT_TRUE(Eventually([&] { return ChildrenOf(pid_).empty() && !IsRunning(worker); }))
        << "leaves " << ChildrenOf(pid_).size() << " processes";
    EXPECT_TRUE(IsRunning(pid_));
    background_->WaitForMore(1);
  }

  const char* const config_;
  pid_t pid_ = -1;
  std::unique_ptr<Background> background_;
  std::vector<std::string> descriptors_;
  std::vector<std::string> mappings_;
};

TEST_F(ZooTest, ThoseThatEndTheirProcessEndNoOther) {
  for (const char* id : {"zoo_segfault", "zoo_abort", "zoo_exit", "zoo_recursion"}) {
    Visit({id, Outcome::kError, {"PLUGIN_CRASHED"}});
  }
  // A host that catches it may say so instead.
  Visit({"zoo_throws", Outcome::kError, {"PLUGIN_CRASHED", "PLUGIN_ERROR"}});
  // What happens when they are taken down is nobody's business any more.
  for (const char* id : {"zoo_destroy", "zoo_destructor"}) Visit({id, Outcome::kHonestValue});
}

class ImpatientZooTest : public ZooTest {
 protected:
  ImpatientZooTest() : ZooTest(kImpatientConfig) {}
};

TEST_F(ImpatientZooTest, ThoseThatNeverReturnHoldUpNobodyElse) {
  for (const char* id : {"zoo_loop", "zoo_sleep"}) {
    Visit({id, Outcome::kError, {"PLUGIN_TIMEOUT"}});
  }
}

TEST_F(ZooTest, ThoseThatWriteWhereTheyMustNotDamageNothing) {
  Visit({"zoo_writes_far", Outcome::kError, {"PLUGIN_CRASHED"}});
  Visit({"zoo_writes_past", Outcome::kError, {"PLUGIN_INVALID_OUTPUT", "PLUGIN_CRASHED"}});
  Visit({"zoo_wrong_length", Outcome::kError, {"PLUGIN_INVALID_OUTPUT"}});
  Visit({"zoo_nan", Outcome::kError, {"PLUGIN_INVALID_OUTPUT"}});
  Visit({"zoo_changes_inputs", Outcome::kMayBeValue, {"PLUGIN_CRASHED", "PLUGIN_INVALID_OUTPUT"}});
  Visit({"zoo_scribbles",
         Outcome::kError,
         {"PLUGIN_CRASHED", "PLUGIN_INVALID_OUTPUT", "PLUGIN_ERROR", "PLUGIN_TIMEOUT"}});
}

TEST_F(ZooTest, ThoseThatTakeAllMemoryTakeOnlyTheirs) {
  Visit({"zoo_memory", Outcome::kError, {"PLUGIN_CRASHED"}});
}

TEST_F(ZooTest, LeakEndsTheWorkerAndTheNextOneGoesOn) {
  ASSERT_THAT(Install(client(), TestPlugin("zoo_leak")), IsOk());
  // On a busy machine its time may be up before its memory is.
  const Animal leak = {"zoo_leak", Outcome::kMayBeValue, {"PLUGIN_CRASHED", "PLUGIN_TIMEOUT"}};
  int crashes = 0;
  // 256 MiB hold two leaks of a hundred at most.
  for (int calls = 0; calls < 10 && crashes < 2; ++calls) {
    EXPECT_TRUE(Eventually([&] {
      const Pair pair = Ask(kTriggeringCard, "zoo_leak");
      ExpectValue(pair.second, kTrigger);
      if (absl::StartsWith(pair.first.state_reason(), "PLUGIN_UNAVAILABLE: ")) return false;
      ExpectMisbehaved(leak, pair.first);
      crashes += pair.first.state() == v1::KpiResult::ERROR ? 1 : 0;
      return true;
    }));
  }
  EXPECT_EQ(crashes, 2);
  const auto plugin = GetPlugin(client(), "zoo_leak");
  ASSERT_THAT(plugin, IsOk());
  EXPECT_GE(plugin->runtime().worker_restarts(), 2);
  EXPECT_THAT(Uninstall(client(), "zoo_leak"), IsOk());
  EXPECT_TRUE(Eventually([this] { return ChildrenOf(pid_).empty(); }));
}

TEST_F(ZooTest, ThoseThatReachOutsideAreStopped) {
  const std::filesystem::path written = "/tmp/zoo_file.written";
  std::filesystem::remove(written);
  Visit({"zoo_socket", Outcome::kError, {"PLUGIN_ERROR"}, "socket: "});
  Visit({"zoo_file", Outcome::kError, {"PLUGIN_ERROR"}, "open: "});
  EXPECT_FALSE(std::filesystem::exists(written));
  EXPECT_FALSE(std::filesystem::exists("zoo_file.written"));
  Visit({"zoo_reads", Outcome::kError, {"PLUGIN_ERROR"}, "open: "});
  Visit({"zoo_limits", Outcome::kError, {"PLUGIN_ERROR"}, "setrlimit: "});
  Visit({"zoo_kills", Outcome::kError, {"PLUGIN_ERROR"}, "kill: "});
  Visit({"zoo_forks", Outcome::kError, {"PLUGIN_ERROR"}, "fork: "});
  Visit({"zoo_thread", Outcome::kError, {"PLUGIN_ERROR"}, "pthread_create: "});
  Visit({"zoo_closes", Outcome::kMayBeValue, {"PLUGIN_CRASHED", "PLUGIN_TIMEOUT"}});
  // What it closes is gone for the next call; its own answer still comes through.
  Visit({"zoo_closes_early", Outcome::kHonestValue});
}

TEST_F(ZooTest, FloodOfLogLinesIsCutShort) {
  const size_t before = server_->Log().size();
  ASSERT_THAT(Install(client(), TestPlugin("zoo_log")), IsOk());
  const Pair pair = Ask(kTriggeringCard, "zoo_log");
  ExpectMisbehaved({"zoo_log", Outcome::kMayBeValue, {"PLUGIN_TIMEOUT"}}, pair.first);
  ExpectValue(pair.second, kTrigger);
  EXPECT_TRUE(Eventually([&] {
    const auto plugin = GetPlugin(client(), "zoo_log");
    return plugin.ok() && plugin->runtime().suppressed_log_lines() > 1'000;
  }));
  const std::string log = server_->Log();
  EXPECT_THAT(log, HasSubstr("this line says nothing"));
  EXPECT_LT(log.size() - before, size_t{1} << 20);  // of more than 20 MB
  EXPECT_THAT(Uninstall(client(), "zoo_log"), IsOk());
  EXPECT_TRUE(Eventually([this] { return ChildrenOf(pid_).empty(); }));
}

TEST_F(ZooTest, OneThatCrashesAsItIsLoadedIsRefused) {
  const auto installed = Install(client(), TestPlugin("zoo_constructor"));
  EXPECT_THAT(installed, Refused(StatusCode::kInvalidArgument));
  EXPECT_EQ(client::DetailsOf(installed.status()).reason, "PLUGIN_REFUSED");
  EXPECT_THAT(client::Readable(installed.status()),
              AnyOf(HasSubstr("SIGSEGV"), HasSubstr("crashed")));
  EXPECT_FALSE(Card(kHarmlessCard, {"zoo_constructor.interactions"}).ok());
}

TEST_F(ZooTest, BreakerOpensAfterFailuresAndClosesWhenTheFactIsCorrected) {
  ASSERT_THAT(Install(client(), TestPlugin("zoo_segfault")), IsOk());
  const std::string kpi = "zoo_segfault.interactions";
  const auto runtime = [&](const std::string& of) {
    const auto plugin = GetPlugin(client(), "zoo_segfault");
    EXPECT_THAT(plugin, IsOk());
    return plugin.ok() ? RuntimeOf(*plugin, of) : v1::KpiRuntime();
  };
  EXPECT_TRUE(Eventually([&] {
    ExpectValue(Ask(kTriggeringCard, "zoo_segfault").second, kTrigger);
    return runtime(kpi).breaker() == v1::KpiRuntime::BREAKER_OPEN;
  }));
  const v1::KpiRuntime open = runtime(kpi);
  EXPECT_GE(open.consecutive_failures(), 5);
  EXPECT_GE(open.failures(), 5);
  EXPECT_THAT(open.last_failure(), StartsWith("PLUGIN_CRASHED: "));
  EXPECT_TRUE(open.has_retry_time());
  const Pair refused = Ask(kTriggeringCard, "zoo_segfault");
  EXPECT_EQ(refused.first.state(), v1::KpiResult::ERROR);
  EXPECT_EQ(runtime("zoo_segfault.more_interactions").breaker(), v1::KpiRuntime::BREAKER_CLOSED);

  ASSERT_THAT(SetZoesMinutes(client(), 5), IsOk());
  EXPECT_TRUE(Eventually([&] {
    const v1::KpiResult result = Ask(kTriggeringCard, "zoo_segfault").first;
    return result.state() == v1::KpiResult::VALUE && result.value() == 5;
  }));
  const v1::KpiRuntime closed = runtime(kpi);
  EXPECT_EQ(closed.breaker(), v1::KpiRuntime::BREAKER_CLOSED);
  EXPECT_EQ(closed.consecutive_failures(), 0);
  EXPECT_THAT(Uninstall(client(), "zoo_segfault"), IsOk());
  EXPECT_TRUE(Eventually([this] { return ChildrenOf(pid_).empty(); }));
}

// A weight that is missing because of an error is not quietly given to others: the total says so.
TEST(ZooWeightTest, TotalSaysThatAWeightedKpiIsInError) {
  const auto server = Server::Start({.more_config = absl::StrCat(kConfig, kNothingIsKept)});
  ASSERT_THAT(server, IsOk());
  client::Client& client = (*server)->client();
  ASSERT_THAT(SendSmallWorld(client), IsOk());
  ASSERT_THAT(SendCall(client, "set_off", "acme", "anna", kTrigger), IsOk());
  v1::GetScorecardRequest request;
  request.set_name("managers/anna/scorecards/2024-Q1");
  auto card = client.GetScorecard(request);
  ASSERT_THAT(card, IsOk());
  ASSERT_EQ(card->total_state(), v1::Scorecard::SCORED) << card->coverage();
  EXPECT_EQ(card->error_weight(), 0);

  ASSERT_THAT(Install(client, TestPlugin("zoo_weighted")), IsOk());
  card = client.GetScorecard(request);
  ASSERT_THAT(card, IsOk());
  const v1::KpiResult failed = ResultOf(*card, "zoo_weighted.interactions");
  EXPECT_EQ(failed.state(), v1::KpiResult::ERROR);
  EXPECT_EQ(failed.weight(), 0);
  EXPECT_GT(failed.nominal_weight(), 0);
  EXPECT_NEAR(card->error_weight(), failed.nominal_weight(), 1e-12);
  EXPECT_EQ(card->total_state(), v1::Scorecard::SCORED_WITH_ERRORS);
  // Had it scored 0 or 100, the total would be at least so far away.
  EXPECT_LE(card->score_low(), card->total() * (1 - card->error_weight()) + 1e-9);
  EXPECT_GE(card->score_high(), card->score_low() + 100 * card->error_weight() - 1e-9);

  ASSERT_THAT(SendCall(client, "set_off", "acme", "anna", 40), IsOk());
  EXPECT_TRUE(Eventually([&] {
    card = client.GetScorecard(request);
    return card.ok() &&
           ResultOf(*card, "zoo_weighted.interactions").state() == v1::KpiResult::VALUE;
  }));
  ASSERT_THAT(card, IsOk());
  EXPECT_EQ(card->error_weight(), 0);
  EXPECT_EQ(card->total_state(), v1::Scorecard::SCORED);
}

}  // namespace
}  // namespace keyscore::testing
