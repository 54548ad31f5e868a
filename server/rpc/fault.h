// What an error of the API carries beside code and message: its reason, the fields of the request
// that are at fault, more facts, and when to try again. Travels inside absl::Status as payloads
// until error.h turns it into google.rpc details.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace keyscore::rpc {

// Upper-snake, such as SUBJECT_NOT_FOUND. Replaces a reason given before.
absl::Status WithReason(absl::Status status, const std::string& reason);
// The path of the offending field of the request, such as "columns[2].name".
absl::Status WithField(absl::Status status, const std::string& field);
absl::Status WithMetadata(absl::Status status, const std::string& key, const std::string& value);
absl::Status WithRetry(absl::Status status, absl::Duration delay);

// One of several things that are wrong with a request.
struct Violation {
  std::string field;
  std::string description;  // without the field
  bool operator==(const Violation&) const = default;
};
// In place of a single field.
absl::Status WithViolations(absl::Status status, const std::vector<Violation>& violations);

// INVALID_ARGUMENT about one field.
absl::Status InvalidField(const std::string& field, const std::string& message,
                          const std::string& reason = "INVALID_ARGUMENT");
absl::Status NotFound(const std::string& reason, const std::string& message);

// The same error, its message "{prefix}{message}", payloads kept.
absl::Status Prefixed(const std::string& prefix, const absl::Status& status);

struct Fault {
  std::string reason;  // the code's own name when none was given
  std::string field;   // empty = none
  std::vector<Violation> violations;
  std::map<std::string, std::string> metadata;
  std::optional<absl::Duration> retry_delay;
};

Fault FaultOf(const absl::Status& status);

}  // namespace keyscore::rpc
