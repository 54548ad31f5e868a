// Payloads of absl::Status under names of our own.
#include "rpc/fault.h"

#include <fmt/format.h>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"

namespace keyscore::rpc {
namespace {

constexpr char kReason[] = "keyscore/reason";
constexpr char kField[] = "keyscore/field";
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

Fault FaultOf(const absl::Status& status) {
  Fault fault{.reason = absl::StatusCodeToString(status.code())};
  status.ForEachPayload([&fault](absl::string_view url, const absl::Cord& cord) {
    const std::string name(url), value(cord);
    int64_t micros = 0;
    if (name == kReason) {
      fault.reason = value;
    } else if (name == kField) {
      fault.field = value;
    } else if (name == kRetryMicros && absl::SimpleAtoi(value, &micros)) {
      fault.retry_delay = absl::Microseconds(micros);
    } else if (name.starts_with(kMetadata)) {
      fault.metadata[name.substr(sizeof(kMetadata) - 1)] = value;
    }
  });
  return fault;
}

}  // namespace keyscore::rpc
