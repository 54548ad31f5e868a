// Status and details, from the wire and into words.
#include "keyscore/client/error.h"

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace keyscore::client {
namespace {

constexpr absl::string_view kDetailsUrl = "type.googleapis.com/google.rpc.Status";

}  // namespace

absl::Status MakeStatus(int code, std::string_view message, std::string_view binary_details) {
  // This library cancels nothing, and the server's own refusals have details: gRPC itself threw the
  // call away before anybody looked at it, as it does with what reaches a server that is stopping.
  if (code == static_cast<int>(absl::StatusCode::kCancelled) && binary_details.empty()) {
    return absl::UnavailableError("the server is stopping and has not taken the call");
  }
  absl::Status status(static_cast<absl::StatusCode>(code), std::string(message));
  if (!status.ok() && !binary_details.empty()) {
    status.SetPayload(kDetailsUrl, absl::Cord(std::string(binary_details)));
  }
  return status;
}

ErrorDetails DetailsOf(const absl::Status& status) {
  ErrorDetails details;
  const auto payload = status.GetPayload(kDetailsUrl);
  google::rpc::Status rich;
  if (!payload.has_value() || !rich.ParseFromString(std::string(*payload))) return details;
  for (const auto& any : rich.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad_request;
    google::rpc::RetryInfo retry;
    if (any.Is<google::rpc::ErrorInfo>() && any.UnpackTo(&info)) {
      details.reason = info.reason();
      details.domain = info.domain();
      details.metadata.insert(info.metadata().begin(), info.metadata().end());
    } else if (any.Is<google::rpc::BadRequest>() && any.UnpackTo(&bad_request)) {
      for (const auto& violation : bad_request.field_violations()) {
        details.violations.push_back({violation.field(), violation.description()});
      }
    } else if (any.Is<google::rpc::RetryInfo>() && any.UnpackTo(&retry)) {
      details.retry_delay = absl::Seconds(retry.retry_delay().seconds()) +
                            absl::Nanoseconds(retry.retry_delay().nanos());
    }
  }
  return details;
}

std::string Readable(const absl::Status& status) {
  std::string text(status.message());
  if (text.empty()) text = absl::StatusCodeToString(status.code());
  while (!text.empty() && text.back() == '.') text.pop_back();
  for (const FieldViolation& violation : DetailsOf(status).violations) {
    // Servers often repeat the only violation as the message.
    if (violation.description.empty() || absl::StrContains(text, violation.description)) continue;
    absl::StrAppend(&text, "; ", violation.field, violation.field.empty() ? "" : ": ",
                    violation.description);
  }
  return text;
}

bool IsUnreachable(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable;
}

}  // namespace keyscore::client
