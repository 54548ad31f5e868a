// A fixture with a server of its own, empty or with the small world in it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "support/matchers.h"
#include "support/server.h"
#include "support/small_world.h"

namespace keyscore::testing {

class EmptyServerTest : public ::testing::Test {
 protected:
  void SetUp() override { StartServer({}); }

  void StartServer(const ServerOptions& options) {
    auto server = Server::Start(options);
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }
  client::Client& client() { return server_->client(); }

  absl::StatusOr<v1::Scorecard> Card(const std::string& name,
                                     const std::vector<std::string>& kpis = {}) {
    v1::GetScorecardRequest request;
    request.set_name(name);
    for (const std::string& kpi : kpis) request.add_kpis("kpis/" + kpi);
    return client().GetScorecard(request);
  }

  // The one result asked for; an empty one, with a failure, where there is none.
  v1::KpiResult Result(const std::string& name, const std::string& kpi) {
    const auto card = Card(name, {kpi});
    EXPECT_THAT(card, IsOk());
    if (!card.ok() || card->kpis_size() != 1) {
      ADD_FAILURE() << name << " has no result of " << kpi;
      return {};
    }
    return card->kpis(0);
  }

  std::unique_ptr<Server> server_;
};

class SmallWorldTest : public EmptyServerTest {
 protected:
  void SetUp() override {
    EmptyServerTest::SetUp();
    ASSERT_THAT(SendSmallWorld(client()), IsOk());
  }
};

}  // namespace keyscore::testing
