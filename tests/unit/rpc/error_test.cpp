// Errors on the wire: one ErrorInfo always, the field and the delay where they are known.
#include "rpc/error.h"

#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

template <typename Detail>
std::vector<Detail> DetailsOf(const grpc::Status& status) {
  google::rpc::Status rich;
  EXPECT_TRUE(rich.ParseFromString(status.error_details()));
  EXPECT_EQ(rich.code(), status.error_code());
  std::vector<Detail> details;
  for (const auto& any : rich.details()) {
    Detail detail;
    if (any.UnpackTo(&detail)) details.push_back(detail);
  }
  return details;
}

TEST(ErrorTest, OkStaysOk) { EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok()); }

TEST(ErrorTest, EveryErrorHasExactlyOneErrorInfo) {
  const grpc::Status status = ToGrpcStatus(absl::DataLossError("gone"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DATA_LOSS);
  const auto infos = DetailsOf<google::rpc::ErrorInfo>(status);
  ASSERT_EQ(infos.size(), 1u);
  EXPECT_EQ(infos[0].reason(), "DATA_LOSS");
  EXPECT_EQ(infos[0].domain(), "keyscore");
}

TEST(ErrorTest, FieldBecomesBadRequest) {
  const grpc::Status status = ToGrpcStatus(InvalidField("period", "is odd", "INVALID_PERIOD"));
  EXPECT_EQ(status.error_message(), "period: is odd");
  const auto bad = DetailsOf<google::rpc::BadRequest>(status);
  ASSERT_EQ(bad.size(), 1u);
  ASSERT_EQ(bad[0].field_violations_size(), 1);
  EXPECT_EQ(bad[0].field_violations(0).field(), "period");
  EXPECT_EQ(DetailsOf<google::rpc::ErrorInfo>(status)[0].reason(), "INVALID_PERIOD");
}

TEST(ErrorTest, SeveralViolationsStandBesideEachOther) {
  const std::vector<Violation> violations = {{"set.profiles[0].name", "is missing"},
                                             {"set.profiles[1].kpis[0].weight", "is negative"}};
  const absl::Status status =
      WithViolations(absl::InvalidArgumentError("two things are wrong"), violations);
  EXPECT_EQ(FaultOf(status).violations, violations);
  const auto bad = DetailsOf<google::rpc::BadRequest>(ToGrpcStatus(status));
  ASSERT_EQ(bad.size(), 1u);
  ASSERT_EQ(bad[0].field_violations_size(), 2);
  EXPECT_EQ(bad[0].field_violations(1).field(), "set.profiles[1].kpis[0].weight");
  EXPECT_EQ(bad[0].field_violations(1).description(), "is negative");
}

TEST(ErrorTest, MoreViolationsThanHeadersHoldAreCounted) {
  std::vector<Violation> violations;
  for (int i = 0; i < 500; ++i) {
    violations.push_back({"set.profiles[" + std::to_string(i) + "].selector", "is taken already"});
  }
  const std::string message(5'000, 'm');
  const grpc::Status status =
      ToGrpcStatus(WithViolations(absl::InvalidArgumentError(message), violations));
  const auto sent = DetailsOf<google::rpc::BadRequest>(status)[0].field_violations();
  EXPECT_EQ(sent[0].field(), "set.profiles[0].selector");
  const int left = 500 - (sent.size() - 1);
  EXPECT_EQ(sent[sent.size() - 1].description(), "and " + std::to_string(left) + " more");
  EXPECT_GT(sent.size(), 50);
  // All headers of an answer together: 8 KiB, the details in base64.
  EXPECT_LT(status.error_message().size() + status.error_details().size() * 4 / 3, 7'500u);
}

TEST(ErrorTest, PrefixKeepsReasonMetadataAndDelay) {
  absl::Status status = WithReason(absl::ResourceExhaustedError("full"), "FULL");
  status = WithRetry(WithMetadata(status, "batch", "3"), absl::Milliseconds(1'500));
  const grpc::Status wire = ToGrpcStatus(Prefixed("batch 3: ", status));
  EXPECT_EQ(wire.error_message(), "batch 3: full");
  const auto info = DetailsOf<google::rpc::ErrorInfo>(wire)[0];
  EXPECT_EQ(info.reason(), "FULL");
  EXPECT_EQ(info.metadata().at("batch"), "3");
  const auto retry = DetailsOf<google::rpc::RetryInfo>(wire);
  ASSERT_EQ(retry.size(), 1u);
  EXPECT_EQ(retry[0].retry_delay().seconds(), 1);
  EXPECT_EQ(retry[0].retry_delay().nanos(), 500'000'000);
}

TEST(ErrorTest, LongMessageIsCutAtACharacter) {
  std::string text(1'999, 'a');
  text += "éééé";
  const std::string sent = ToGrpcStatus(absl::InternalError(text)).error_message();
  EXPECT_EQ(sent, std::string(1'999, 'a') + "…");
}

}  // namespace
}  // namespace keyscore::rpc
