// Versions of a plugin that take each other's place while clients ask: each answer belongs to
// exactly one of them, the one that its receipt names, and no request fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "fault/zoo_world.h"
#include "support/background.h"
#include "support/plugins.h"
#include "support/processes.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;

constexpr int kClients = 4;
constexpr int kSwaps = 200;
constexpr char kPlugin[] = "swapping";
constexpr char kKpi[] = "swapping.minutes";
constexpr double kOfV1 = kHarmless;
constexpr double kOfV2 = kHarmless + 1000;

v1::GetScorecardRequest Question() {
  v1::GetScorecardRequest request;
  request.set_name(kHarmlessCard);
  request.add_kpis(absl::StrCat("kpis/", kKpi));
  request.add_kpis("kpis/swapping.more_minutes");
  return request;
}

// The digest of the plugin in the card's receipt; empty where it isn't named.
std::string DigestOf(const v1::Scorecard& card) {
  for (const auto& plugin : card.receipt().plugins()) {
    if (plugin.plugin() == absl::StrCat("plugins/", kPlugin)) return plugin.sha256();
  }
  return "";
}

class SwapTest : public EmptyServerTest {
 protected:
  void SetUp() override { Serve(); }

  void Serve() {
    // Every card is made by the plugins in force.
    StartServer({.data = data_.path(), .more_config = kNothingIsKept});
    ASSERT_THAT(SendSmallWorld(client()), IsOk());
    ASSERT_THAT(SendZooWorld(client()), IsOk());
  }

  // Installs a version and notes its digest and its value.
  void InstallVersion(const std::string& library, double value, bool shadow = false) {
    v1::InstallPluginRequest::Header header;
    header.set_file_name("swapping.so");
    header.set_shadow(shadow);
    const auto installed = Install(client(), TestPlugin(library), header);
    ASSERT_THAT(installed, IsOk());
    const v1::Plugin& plugin = installed->plugin();
    const std::string digest = shadow ? plugin.shadow().sha256() : plugin.sha256();
    ASSERT_EQ(digest.size(), 64u);
    values_[digest] = value;
  }

  // What is wrong with an answer in which both KPIs must have a value.
  std::string Check(const absl::StatusOr<v1::Scorecard>& card) const {
    if (!card.ok()) return card.status().ToString();
    const auto version = values_.find(DigestOf(*card));
    if (version == values_.end()) return "no known version: " + card->receipt().ShortDebugString();
    if (card->kpis_size() != 2) return absl::StrCat(card->kpis_size(), " results");
    for (const v1::KpiResult& result : card->kpis()) {
      if (result.state() != v1::KpiResult::VALUE || result.value() != version->second) {
        return absl::StrCat("expected ", version->second, ": ", result.ShortDebugString());
      }
    }
    return "";
  }

  // Four clients that ask for the plugin's KPIs without pause.
  std::unique_ptr<Background> AskForBoth() {
    return std::make_unique<Background>(
        server_->address(), kClients,
        std::vector<Background::Ask>{[this](client::Client& from) -> std::string {
          const auto card = from.GetScorecard(Question());
          if (card.ok() && DigestOf(*card) != first_digest_) ++of_the_other_;
          return Check(card);
        }});
  }

  v1::Plugin Now() {
    const auto plugin = GetPlugin(client(), kPlugin);
    EXPECT_THAT(plugin, IsOk());
    return plugin.ok() ? *plugin : v1::Plugin();
  }

  std::vector<v1::PluginRevision> Revisions() {
    v1::ListPluginRevisionsRequest request;
    request.set_parent(absl::StrCat("plugins/", kPlugin));
    request.set_page_size(1000);
    const auto page = client().ListPluginRevisions(request);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) return {};
    return {page->revisions().begin(), page->revisions().end()};
  }

  TempDir data_;
  std::map<std::string, double> values_;  // of each version, by digest
  std::string first_digest_;
  std::atomic<int64_t> of_the_other_ = 0;
};

TEST_F(SwapTest, TwoHundredSwapsUnderLoadFailNoRequestAndMixNoVersions) {
  InstallVersion("swap_v1", kOfV1);
  InstallVersion("swap_v2", kOfV2);
  ASSERT_EQ(values_.size(), 2u);
  first_digest_ = Now().sha256();
  const auto background = AskForBoth();
  background->WaitForMore(5);
  std::string in_force = first_digest_;
  for (int swap = 1; swap <= kSwaps; ++swap) {
    const auto swapped = Rollback(client(), kPlugin);
    ASSERT_THAT(swapped, IsOk()) << swap;
    EXPECT_NE(swapped->sha256(), in_force) << swap;
    in_force = swapped->sha256();
    // Who asks after the swap has returned gets the new version.
    const auto card = client().GetScorecard(Question());
    EXPECT_EQ(Check(card), "") << swap;
    EXPECT_TRUE(card.ok() && DigestOf(*card) == in_force) << swap;
  }
  background->WaitForMore(5);
  EXPECT_EQ(background->Stop(), "");
  // Both versions were asked, and often.
  EXPECT_GT(of_the_other_, 20);
  EXPECT_GT(background->requests() - of_the_other_, 20);

  const v1::Plugin plugin = Now();
  EXPECT_EQ(plugin.state(), v1::Plugin::STATE_ACTIVE);
  EXPECT_EQ(plugin.sha256(), first_digest_);  // after an even number of swaps
  EXPECT_EQ(plugin.version(), "2.0.0");
  EXPECT_EQ(plugin.revision(), 2 + kSwaps);
  EXPECT_EQ(plugin.kpis_size(), 2);
  const auto revisions = Revisions();
  ASSERT_EQ(revisions.size(), static_cast<size_t>(2 + kSwaps));
  EXPECT_EQ(revisions.front().action(), "rollback");
  EXPECT_EQ(revisions.back().action(), "install");
  // What was retired is gone: one worker, no zombie.
  EXPECT_TRUE(Eventually([this] { return ChildrenOf(server_->pid()).size() == 1; }))
      << ChildrenOf(server_->pid()).size();

  ASSERT_EQ(server_->Stop(), 0);
  StartServer({.data = data_.path()});
  EXPECT_EQ(Now().sha256(), first_digest_);
  EXPECT_EQ(Now().revision(), 2 + kSwaps);
  EXPECT_EQ(Now().source(), v1::Plugin::SOURCE_INSTALLED);
  EXPECT_EQ(Check(client().GetScorecard(Question())), "");
  // Also what was not in force is kept, across the restart.
  const auto back = Rollback(client(), kPlugin);
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->version(), "1.0.0");
  EXPECT_EQ(Check(client().GetScorecard(Question())), "");
}

TEST_F(SwapTest, DisablingUnderLoadGivesAValueOrNoSuchKpi) {
  InstallVersion("swap_v1", kOfV1);
  std::atomic<int64_t> without = 0;
  Background background(
      server_->address(), kClients, {[&](client::Client& from) -> std::string {
        const auto card = from.GetScorecard(Question());
        if (card.ok()) return Check(card);
        const StatusCode code = card.status().code();
        if ((code == StatusCode::kNotFound || code == StatusCode::kInvalidArgument) &&
            absl::StrContains(client::Readable(card.status()), "swapping.")) {
          ++without;
          return "";
        }
        return card.status().ToString();
      }});
  background.WaitForMore(2);
  for (int i = 0; i < 10; ++i) {
    v1::DisablePluginRequest disable;
    disable.set_name("plugins/swapping");
    const auto disabled = client().DisablePlugin(disable);
    ASSERT_THAT(disabled, IsOk());
    EXPECT_EQ(disabled->state(), v1::Plugin::STATE_DISABLED);
    background.WaitForMore(1);
    v1::EnablePluginRequest enable;
    enable.set_name("plugins/swapping");
    const auto enabled = client().EnablePlugin(enable);
    ASSERT_THAT(enabled, IsOk());
    EXPECT_EQ(enabled->state(), v1::Plugin::STATE_ACTIVE);
    background.WaitForMore(1);
  }
  EXPECT_EQ(background.Stop(), "");
  EXPECT_GT(without, 0);
  EXPECT_LT(without, background.requests());
}

TEST_F(SwapTest, DisabledStaysDisabledAcrossARestart) {
  InstallVersion("swap_v1", kOfV1);
  v1::DisablePluginRequest disable;
  disable.set_name("plugins/swapping");
  disable.set_reason("the figures look odd");
  ASSERT_THAT(client().DisablePlugin(disable), IsOk());
  EXPECT_TRUE(Eventually([this] { return ChildrenOf(server_->pid()).empty(); }));
  ASSERT_EQ(server_->Stop(), 0);
  StartServer({.data = data_.path()});
  EXPECT_EQ(Now().state(), v1::Plugin::STATE_DISABLED);
  EXPECT_FALSE(client().GetScorecard(Question()).ok());
  ASSERT_FALSE(Revisions().empty());
  EXPECT_EQ(Revisions().front().action(), "disable");
  EXPECT_EQ(Revisions().front().reason(), "the figures look odd");
}

TEST_F(SwapTest, VersionInShadowIsComparedAndNotServed) {
  InstallVersion("swap_v1", kOfV1);
  InstallVersion("swap_v2", kOfV2, /*shadow=*/true);
  EXPECT_EQ(Now().version(), "1.0.0");
  EXPECT_EQ(Now().shadow().version(), "2.0.0");
  first_digest_ = Now().sha256();
  const auto background = AskForBoth();
  background->WaitForMore(10);
  EXPECT_EQ(background->Stop(), "");
  EXPECT_EQ(of_the_other_, 0);

  v1::GetShadowReportRequest ask;
  ask.set_name("plugins/swapping");
  absl::StatusOr<v1::ShadowReport> report;
  EXPECT_TRUE(Eventually([&] {
    report = client().GetShadowReport(ask);
    return report.ok() && report->kpis_size() == 2 && report->kpis(0).compared() >= 10;
  }));
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->served_version(), "1.0.0");
  EXPECT_EQ(report->shadow_version(), "2.0.0");
  for (const v1::ShadowReport::KpiComparison& kpi : report->kpis()) {
    EXPECT_EQ(kpi.different(), kpi.compared()) << kpi.kpi();
    EXPECT_EQ(kpi.equal(), 0);
    EXPECT_EQ(kpi.failed(), 0);
    EXPECT_EQ(kpi.max_difference(), 1000);
  }
  ASSERT_GT(report->differences_size(), 0);
  const v1::ShadowReport::Difference& newest = report->differences(0);
  EXPECT_EQ(newest.subject(), "managers/yann");
  EXPECT_EQ(newest.served_value(), kOfV1);
  EXPECT_EQ(newest.shadow_value(), kOfV2);

  v1::PromotePluginRequest promote;
  promote.set_name("plugins/swapping");
  const auto promoted = client().PromotePlugin(promote);
  ASSERT_THAT(promoted, IsOk());
  EXPECT_EQ(promoted->version(), "2.0.0");
  EXPECT_FALSE(promoted->has_shadow());
  auto card = client().GetScorecard(Question());
  EXPECT_EQ(Check(card), "");
  ASSERT_THAT(card, IsOk());
  EXPECT_EQ(card->kpis(0).value(), kOfV2);
  const auto back = Rollback(client(), kPlugin);
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->version(), "1.0.0");
  card = client().GetScorecard(Question());
  ASSERT_THAT(card, IsOk());
  EXPECT_EQ(card->kpis(0).value(), kOfV1);
}

}  // namespace
}  // namespace keyscore::testing
