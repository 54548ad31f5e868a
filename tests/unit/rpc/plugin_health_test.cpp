// Which plugins and KPIs serve, and what the health service is told.
#include "rpc/plugin_health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "unit/rpc/fake_plugin_host.h"

namespace keyscore::rpc {
namespace {

using kpis::BreakerState;
using kpis::PluginState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

kpis::PluginView Plugin(const std::string& id, PluginState state,
                        const std::vector<std::pair<std::string, BreakerState>>& kpis) {
  kpis::PluginView view;
  view.id = id;
  view.state = state;
  view.stats.emplace();
  for (const auto& [kpi, breaker] : kpis) {
    view.kpi_ids.push_back(kpi);
    view.stats->kpis.push_back({.kpi_id = kpi, .breaker = {.state = breaker}});
  }
  return view;
}

TEST(PluginHealthOfTest, AnOpenBreakerTakesItsKpiOutAndNotThePlugin) {
  EXPECT_THAT(PluginHealthOf({Plugin("acme", PluginState::kActive,
                                     {{"acme.a", BreakerState::kClosed},
                                      {"acme.b", BreakerState::kOpen},
                                      {"acme.c", BreakerState::kHalfOpen}})}),
              ElementsAre(Pair("kpis/acme.a", true), Pair("kpis/acme.b", false),
                          Pair("kpis/acme.c", false), Pair("plugins/acme", true)));
}

TEST(PluginHealthOfTest, APluginWithoutAServingKpiDoesNotServe) {
  EXPECT_THAT(
      PluginHealthOf({Plugin("acme", PluginState::kActive, {{"acme.a", BreakerState::kOpen}})}),
      ElementsAre(Pair("kpis/acme.a", false), Pair("plugins/acme", false)));
  EXPECT_THAT(
      PluginHealthOf({Plugin("acme", PluginState::kDisabled, {{"acme.a", BreakerState::kClosed}})}),
      ElementsAre(Pair("kpis/acme.a", false), Pair("plugins/acme", false)));
  EXPECT_THAT(PluginHealthOf({Plugin("acme", PluginState::kRefused, {})}),
              ElementsAre(Pair("plugins/acme", false)));
}

TEST(PluginHealthOfTest, APluginOfDatasetsAloneServes) {
  EXPECT_THAT(PluginHealthOf({Plugin("acme", PluginState::kActive, {})}),
              ElementsAre(Pair("plugins/acme", true)));
}

TEST(PluginHealthOfTest, ARefusedFileDoesNotHideTheAdmittedOneOfTheSameId) {
  EXPECT_THAT(
      PluginHealthOf({Plugin("acme", PluginState::kActive, {{"acme.a", BreakerState::kClosed}}),
                      Plugin("acme", PluginState::kRefused, {})}),
      ElementsAre(Pair("kpis/acme.a", true), Pair("plugins/acme", true)));
}

class FakeHealth : public grpc::HealthCheckServiceInterface {
 public:
  void SetServingStatus(const std::string& name, bool serving) override {
    told.emplace_back(name, serving);
  }
  void SetServingStatus(bool /*serving*/) override {}
  void Shutdown() override { stopped = true; }

  std::vector<std::pair<std::string, bool>> told;
  bool stopped = false;
};

TEST(PluginHealthTest, TellsWhatChangesAndThatWhatIsGoneDoesNotServe) {
  kpis::FakePluginHost host;
  host.views = {Plugin("acme", PluginState::kActive, {{"acme.a", BreakerState::kClosed}})};
  FakeHealth service;
  PluginHealth health(host);
  health.Start(&service);
  EXPECT_THAT(service.told, ElementsAre(Pair("kpis/acme.a", true), Pair("plugins/acme", true)));

  service.told.clear();
  health.Update();
  EXPECT_THAT(service.told, IsEmpty());

  host.views.clear();
  health.Update();
  EXPECT_THAT(service.told, ElementsAre(Pair("kpis/acme.a", false), Pair("plugins/acme", false)));
}

TEST(PluginHealthTest, AChangeDuringALookIsLookedAtAgain) {
  kpis::FakePluginHost host;
  FakeHealth service;
  PluginHealth health(host);
  health.Start(&service);
  int looks = 0;
  host.on_list = [&] {
    if (++looks == 1) health.Update();  // returns at once, and is not lost
  };
  health.Update();
  EXPECT_EQ(looks, 2);
}

TEST(PluginHealthTest, NothingIsToldBeforeTheStartOrAfterTheStop) {
  kpis::FakePluginHost host;
  host.views = {Plugin("acme", PluginState::kActive, {})};
  FakeHealth service;
  PluginHealth health(host);
  health.Update();
  EXPECT_THAT(service.told, IsEmpty());
  health.Start(&service);
  service.told.clear();
  health.Stop();
  EXPECT_TRUE(service.stopped);
  host.views.clear();
  health.Update();
  EXPECT_THAT(service.told, IsEmpty());
}

}  // namespace
}  // namespace keyscore::rpc
