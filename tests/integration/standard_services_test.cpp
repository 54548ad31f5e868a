// The standard services of gRPC: health, reflection, channelz. Their messages are simple enough to
// be written down as bytes, so the test needs no stubs that Debian doesn't ship.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "support/server_fixture.h"
#include "support/standard_services.h"

namespace keyscore::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kServing[] = "\x08\x01";     // status = SERVING
constexpr char kNotServing[] = "\x08\x02";  // status = NOT_SERVING
constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kChannelz[] = "/grpc.channelz.v1.Channelz/GetServers";

using StandardServicesTest = EmptyServerTest;

TEST_F(StandardServicesTest, HealthOfTheServerAndOfEachService) {
  for (const char* service :
       {"", "keyscore.v1.ScorecardService", "keyscore.v1.KpiService", "keyscore.v1.DatasetService",
        "keyscore.v1.FactService", "keyscore.v1.DirectoryService", "keyscore.v1.PluginService",
        "keyscore.v1.AuditService", "keyscore.v1.WeightingService",
        "google.longrunning.Operations"}) {
    const Reply reply = Ask(server_->address(), kHealth, *service == '\0' ? "" : Field(1, service));
    EXPECT_TRUE(reply.status.ok()) << service << reply.status.error_message();
    EXPECT_EQ(reply.bytes, kServing) << service;
  }
  const Reply unknown = Ask(server_->address(), kHealth, Field(1, "keyscore.v1.Nothing"));
  EXPECT_EQ(unknown.status.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(StandardServicesTest, HealthOfEachPluginAndKpi) {
  for (const char* name :
       {"plugins/relationships", "plugins/retention", "kpis/churn_rate", "kpis/coaching_hours"}) {
    EXPECT_EQ(Ask(server_->address(), kHealth, Field(1, name)).bytes, kServing) << name;
  }
  EXPECT_EQ(Ask(server_->address(), kHealth, Field(1, "kpis/nothing")).status.error_code(),
            grpc::StatusCode::NOT_FOUND);

  v1::DisablePluginRequest disable;
  disable.set_name("plugins/learning");
  ASSERT_THAT(client().DisablePlugin(disable), IsOk());
  for (const char* name : {"plugins/learning", "kpis/coaching_hours"}) {
    EXPECT_EQ(Ask(server_->address(), kHealth, Field(1, name)).bytes, kNotServing) << name;
  }
  EXPECT_EQ(Ask(server_->address(), kHealth, Field(1, "kpis/churn_rate")).bytes, kServing);
  v1::EnablePluginRequest enable;
  enable.set_name("plugins/learning");
  ASSERT_THAT(client().EnablePlugin(enable), IsOk());
  EXPECT_EQ(Ask(server_->address(), kHealth, Field(1, "kpis/coaching_hours")).bytes, kServing);
}

TEST_F(StandardServicesTest, ReflectionListsTheApi) {
  // list_services is field 7 of the request.
  const Reply reply = Ask(server_->address(), kReflection, Field(7, "*"));
  for (const char* service :
       {"ScorecardService", "KpiService", "DatasetService", "FactService", "DirectoryService",
        "PluginService", "AuditService", "WeightingService"}) {
    EXPECT_THAT(reply.bytes, HasSubstr(std::string("keyscore.v1.") + service));
  }
  EXPECT_THAT(reply.bytes, HasSubstr("grpc.health.v1.Health"));
}

TEST_F(StandardServicesTest, ReflectionCanBeSwitchedOff) {
  StartServer({.more_config = "reflection: false\n"});
  EXPECT_EQ(Ask(server_->address(), kReflection, Field(7, "*")).status.error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(StandardServicesTest, ChannelzKnowsTheServer) {
  const Reply reply = Ask(server_->address(), kChannelz, "");
  EXPECT_TRUE(reply.status.ok()) << reply.status.error_message();
  EXPECT_FALSE(reply.bytes.empty());
}

TEST_F(StandardServicesTest, GarbageIsAnsweredAndTheServerLives) {
  for (const char* method :
       {"/keyscore.v1.ScorecardService/GetScorecard", "/keyscore.v1.FactService/AppendFacts",
        "/keyscore.v1.DirectoryService/BatchUpsertManagers"}) {
    EXPECT_FALSE(
        Ask(server_->address(), method, std::string("\xff\xff\xff\x01garbage", 11)).status.ok());
  }
  EXPECT_EQ(Ask(server_->address(), kHealth, "").bytes, kServing);
}

}  // namespace
}  // namespace keyscore::testing
