// absl::Status to grpc::Status.
#include "rpc/error.h"

#include <fmt/format.h>

#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

constexpr char kDomain[] = "keyscore";
// Headers of an HTTP/2 response are limited (8 KiB with most peers). A message stands there twice,
// once percent-encoded, which triples what is not ASCII, and once in the details, which are base64.
// Where several fields are at fault, the room is theirs.
constexpr size_t kMaxMessageBytes = 2'000;
constexpr size_t kMaxMessageBytesBesideViolations = 500;
constexpr size_t kMaxViolationBytes = 3'200;  // of all fields and descriptions
constexpr size_t kMaxDescriptionBytes = 800;  // of one
constexpr size_t kBytesAround = 12;           // of the message that they stand in

// Cut at a character's start, so that it stays UTF-8.
std::string Shortened(std::string text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

// As many as there is room for; how many more there are is said in place of the rest.
google::rpc::BadRequest ToProto(const std::vector<Violation>& violations) {
  google::rpc::BadRequest message;
  size_t bytes = 0;
  for (size_t i = 0; i < violations.size(); ++i) {
    const std::string description = Shortened(violations[i].description, kMaxDescriptionBytes);
    const std::string field = Shortened(violations[i].field, kMaxDescriptionBytes);
    bytes += field.size() + description.size() + kBytesAround;
    auto& added = *message.add_field_violations();
    if (bytes > kMaxViolationBytes) {
      added.set_description(fmt::format("and {} more", violations.size() - i));
      break;
    }
    added.set_field(field);
    added.set_description(description);
  }
  return message;
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const Fault fault = FaultOf(status);
  const std::string message =
      Shortened(std::string(status.message()),
                fault.violations.empty() ? kMaxMessageBytes : kMaxMessageBytesBesideViolations);

  google::rpc::Status rich;
  rich.set_code(static_cast<int>(status.code()));
  rich.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(fault.reason);
  info.set_domain(kDomain);
  for (const auto& [key, value] : fault.metadata) (*info.mutable_metadata())[key] = value;
  rich.add_details()->PackFrom(info);
  if (!fault.violations.empty()) {
    rich.add_details()->PackFrom(ToProto(fault.violations));
  } else if (!fault.field.empty()) {
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
