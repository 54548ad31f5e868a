// The standard services of gRPC: health, reflection, channelz. Their messages are simple enough to
// be written down as bytes, so the test needs no stubs that Debian doesn't ship.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using ::testing::HasSubstr;

// A field of type string or message: its number, then the bytes.
std::string Field(int number, const std::string& bytes) {
  return std::string(1, static_cast<char>(number << 3 | 2)) +
         std::string(1, static_cast<char>(bytes.size())) + bytes;
}

struct Reply {
  grpc::Status status;
  std::string bytes;
};

// Sends one message and takes the first that comes back; serves unary methods and streams alike.
Reply Ask(const std::string& address, const std::string& method, const std::string& request) {
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, method, &queue);
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  Reply reply;
  call->StartCall(nullptr);
  bool alive = wait();
  const grpc::Slice slice(request);
  const grpc::ByteBuffer message(&slice, 1);
  if (alive) {
    call->Write(message, nullptr);
    alive = wait();
  }
  if (alive) {
    grpc::ByteBuffer answer;
    call->Read(&answer, nullptr);
    if (wait()) {
      std::vector<grpc::Slice> slices;
      answer.Dump(&slices);
      for (const grpc::Slice& part : slices) {
        reply.bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
      }
    }
    call->WritesDone(nullptr);
    wait();
  }
  call->Finish(&reply.status, nullptr);
  wait();
  queue.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue.Next(&tag, &ok)) {
  }
  return reply;
}

constexpr char kHealth[] = "/grpc.health.v1.Health/Check";
constexpr char kServing[] = "\x08\x01";     // status = SERVING
constexpr char kNotServing[] = "\x08\x02";  // status = NOT_SERVING
constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kChannelz[] = "/grpc.channelz.v1.Channelz/GetServers";

using StandardServicesTest = EmptyServerTest;

TEST_F(StandardServicesTest, HealthOfTheServerAndOfEachService) {
  for (const char* service :
       {"", "keyscore.v1.ScorecardService", "keyscore.v1.KpiService", "keyscore.v1.DatasetService",
        "keyscore.v1.FactService", "keyscore.v1.DirectoryService", "keyscore.v1.PluginService",
        "keyscore.v1.AuditService", "keyscore.v1.WeightingService"}) {
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
