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
