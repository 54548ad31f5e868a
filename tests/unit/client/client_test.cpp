// The client library against a server inside the test.
#include "keyscore/client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "google/rpc/status.pb.h"
#include "keyscore/client/error.h"
#include "unit/client/fake_server.h"

namespace keyscore::client {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Client> ConnectTo(const std::string& address, ConnectOptions options = {}) {
  auto client = Connect(address, options);
  EXPECT_TRUE(client.ok()) << client.status();
  return *std::move(client);
}

TEST(ConnectTest, AddressWithoutPortIsRefusedWithAnExample) {
  const auto client = Connect("example.org", {});
  EXPECT_EQ(client.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(client.status().message()), HasSubstr("127.0.0.1:7443"));
}

TEST(ConnectTest, CertificateWithoutItsKeyIsRefused) {
  ConnectOptions options;
  options.tls = TlsOptions{.certificate_file = "client.pem"};
  EXPECT_EQ(Connect("localhost:1", options).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ConnectTest, MissingCertificateFileIsNamed) {
  ConnectOptions options;
  options.tls = TlsOptions{.root_certificates_file = "/nowhere/ca.pem"};
  const auto client = Connect("localhost:1", options);
  EXPECT_EQ(client.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(client.status().message()), HasSubstr("/nowhere/ca.pem"));
}

TEST(ClientTest, ReadIsRetriedWhileTheServerIsUnavailable) {
  keyscore::testing::FakeServer server;
  server.failing_reads = 2;
  server.scorecard.set_subject("managers/a");
  const auto card = ConnectTo(server.address())->GetScorecard({});
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_EQ(card->subject(), "managers/a");
  EXPECT_EQ(server.calls, 3);
}

TEST(ClientTest, ReadGivesUpAfterMaxAttempts) {
  keyscore::testing::FakeServer server;
  server.failing_reads = 100;
  ConnectOptions options;
  options.max_attempts = 2;
  const auto card = ConnectTo(server.address(), options)->GetScorecard({});
  EXPECT_TRUE(IsUnreachable(card.status()));
  EXPECT_EQ(server.calls, 2);
}

TEST(ClientTest, AppendIsNotRetriedByTheChannel) {
  keyscore::testing::FakeServer server;
  server.unavailable_times = 1;
  EXPECT_TRUE(
      IsUnreachable(ConnectTo(server.address())->AppendFacts(v1::AppendFactsRequest()).status()));
  EXPECT_EQ(server.calls, 1);
}

TEST(ClientTest, DeadPortIsUnreachable) {
  const auto card = ConnectTo("127.0.0.1:1")->GetScorecard({});
  EXPECT_TRUE(IsUnreachable(card.status())) << card.status();
}

TEST(ClientTest, DetailsOfAnErrorAreTakenApart) {
  keyscore::testing::FakeServer server;
  v1::GetKpiRequest request;
  request.set_name("kpis/chrun_rate");
  const auto kpi = ConnectTo(server.address())->GetKpi(request);
  EXPECT_EQ(kpi.status().code(), absl::StatusCode::kNotFound);
  const ErrorDetails details = DetailsOf(kpi.status());
  EXPECT_EQ(details.reason, "KPI_NOT_FOUND");
  EXPECT_EQ(details.domain, "keyscore");
  ASSERT_EQ(details.violations.size(), 1u);
  EXPECT_EQ(details.violations[0].field, "name");
  EXPECT_EQ(Readable(kpi.status()),
            "there is no KPI kpis/chrun_rate; name: did you mean kpis/churn_rate?");
}

TEST(ErrorTest, ViolationThatTheMessageRepeatsIsSaidOnce) {
  const grpc::Status status =
      keyscore::testing::RichError(grpc::StatusCode::INVALID_ARGUMENT, "to is before from.",
                                   "INVALID_PERIOD", "name", "to is before from");
  EXPECT_EQ(
      Readable(MakeStatus(status.error_code(), status.error_message(), status.error_details())),
      "to is before from");
}

TEST(ErrorTest, StatusWithoutDetailsHasNone) {
  const ErrorDetails details = DetailsOf(absl::NotFoundError("gone"));
  EXPECT_TRUE(details.reason.empty());
  EXPECT_TRUE(details.violations.empty());
  EXPECT_EQ(Readable(absl::Status(absl::StatusCode::kAborted, "")), "ABORTED");
}

TEST(ServiceConfigTest, RetriesOnlyWhatReads) {
  const auto config = nlohmann::json::parse(ServiceConfig({}));
  const auto& method = config.at("methodConfig").at(0);
  EXPECT_EQ(method.at("retryPolicy").at("retryableStatusCodes"),
            nlohmann::json::array({"UNAVAILABLE"}));
  EXPECT_EQ(method.at("retryPolicy").at("maxAttempts"), 4);
  for (const auto& name : method.at("name")) {
    const std::string service = name.at("service");
    const std::string called = name.value("method", "");
    // Services with methods that write are never named as a whole.
    if (service == "keyscore.v1.FactService" || service == "keyscore.v1.DatasetService" ||
        service == "keyscore.v1.DirectoryService" || service == "keyscore.v1.PluginService") {
      EXPECT_TRUE(called.starts_with("Get") || called.starts_with("List")) << name;
    }
  }
}

TEST(MakeStatusTest, ACallThatAStoppingServerThrewAwayIsUnavailable) {
  EXPECT_TRUE(absl::IsUnavailable(MakeStatus(1, "CANCELLED", "")));
  google::rpc::Status rich;
  rich.set_code(1);
  rich.set_message("the caller has gone");
  EXPECT_TRUE(absl::IsCancelled(MakeStatus(1, "the caller has gone", rich.SerializeAsString())));
}

}  // namespace
}  // namespace keyscore::client
