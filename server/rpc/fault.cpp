// Payloads of absl::Status under names of our own.
#include "rpc/fault.h"

#include <fmt/format.h>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "google/rpc/error_details.pb.h"

namespace keyscore::rpc {
namespace {

constexpr char kReason[] = "keyscore/reason";
constexpr char kField[] = "keyscore/field";
constexpr char kViolations[] = "keyscore/violations";  // a google.rpc.BadRequest
constexpr char kRetryMicros[] = "keyscore/retry_micros";
constexpr char kMetadata[] = "keyscore/metadata/";

absl::Status With(absl::Status status, const std::string& name, const std::string& value) {
  status.SetPayload(name, absl::Cord(value));
  return status;
}

}  // namespace

absl::Status WithReason(absl::Status status, const std::string& reason) {
  return With(std::move(status), kReason, reason);
}

absl::Status WithField(absl::Status status, const std::string& field) {
  return With(std::move(status), kField, field);
}

absl::Status WithMetadata(absl::Status status, const std::string& key, const std::string& value) {
  return With(std::move(status), kMetadata + key, value);
}

absl::Status WithRetry(absl::Status status, absl::Duration delay) {
  return With(std::move(status), kRetryMicros, std::to_string(absl::ToInt64Microseconds(delay)));
}

absl::Status WithViolations(absl::Status status, const std::vector<Violation>& violations) {
  google::rpc::BadRequest message;
  for (const Violation& violation : violations) {
    auto& added = *message.add_field_violations();
    added.set_field(violation.field);
    added.set_description(violation.description);
  }
  return With(std::move(status), kViolations, message.SerializeAsString());
}

absl::Status InvalidField(const std::string& field, const std::string& message,
                          const std::string& reason) {
  return WithReason(WithField(absl::InvalidArgumentError(field + ": " + message), field), reason);
}

absl::Status NotFound(const std::string& reason, const std::string& message) {
  return WithReason(absl::NotFoundError(message), reason);
}

absl::Status Prefixed(const std::string& prefix, const absl::Status& status) {
  absl::Status prefixed(status.code(), prefix + std::string(status.message()));
  status.ForEachPayload([&prefixed](absl::string_view name, const absl::Cord& value) {
    prefixed.SetPayload(name, value);
  });
  return prefixed;
}

namespace {

std::vector<Violation> ReadViolations(const std::string& bytes) {
  google::rpc::BadRequest message;
  std::vector<Violation> violations;
  if (!message.ParseFromString(bytes)) return violations;
  for (const auto& violation : message.field_violations()) {
    violations.push_back({violation.field(), violation.description()});
  }
  return violations;
}

}  // namespace

Fault FaultOf(const absl::Status& status) {
  Fault fault{.reason = absl::StatusCodeToString(status.code())};
  status.ForEachPayload([&fault](absl::string_view url, const absl::Cord& cord) {
    const std::string name(url), value(cord);
    int64_t micros = 0;
    if (name == kReason) {
      fault.reason = value;
    } else if (name == kField) {
      fault.field = value;
    } else if (name == kViolations) {
      fault.violations = ReadViolations(value);
    } else if (name == kRetryMicros && absl::SimpleAtoi(value, &micros)) {
      fault.retry_delay = absl::Microseconds(micros);
    } else if (name.starts_with(kMetadata)) {
      fault.metadata[name.substr(sizeof(kMetadata) - 1)] = value;
    }
  });
  return fault;
}

}  // namespace keyscore::rpc
