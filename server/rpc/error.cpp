// absl::Status to grpc::Status.
#include "rpc/error.h"

#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

constexpr char kDomain[] = "keyscore";
// Headers of an HTTP/2 response are limited (8 KiB with most peers), and details are base64 there.
constexpr size_t kMaxMessageBytes = 2'000;

// Cut at a character's start, so that it stays UTF-8.
std::string Shortened(std::string text) {
  if (text.size() <= kMaxMessageBytes) return text;
  size_t end = kMaxMessageBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const Fault fault = FaultOf(status);
  const std::string message = Shortened(std::string(status.message()));

  google::rpc::Status rich;
  rich.set_code(static_cast<int>(status.code()));
  rich.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(fault.reason);
  info.set_domain(kDomain);
  for (const auto& [key, value] : fault.metadata) (*info.mutable_metadata())[key] = value;
  rich.add_details()->PackFrom(info);
  if (!fault.field.empty()) {
    google::rpc::BadRequest bad_request;
    auto& violation = *bad_request.add_field_violations();
    violation.set_field(fault.field);
    violation.set_description(message);
    rich.add_details()->PackFrom(bad_request);
  }
  if (fault.retry_delay.has_value()) {
    google::rpc::RetryInfo retry;
    const int64_t nanos = absl::ToInt64Nanoseconds(*fault.retry_delay);
    retry.mutable_retry_delay()->set_seconds(nanos / 1'000'000'000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
    rich.add_details()->PackFrom(retry);
  }
  return {static_cast<grpc::StatusCode>(status.code()), message, rich.SerializeAsString()};
}

}  // namespace keyscore::rpc
