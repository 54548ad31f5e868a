// What a Keyscore server says when it refuses: the status of a call with the details that came
// along (google.rpc.ErrorInfo, BadRequest, RetryInfo), taken apart for programs and put into words
// for people.
//
// Calls of this library return absl::Status with the server's code and message; the details travel
// in a payload of it, so that a caller who doesn't care never meets them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace keyscore::client {

struct FieldViolation {
  std::string field;  // path in the request, e.g. "name"
  std::string description;
};

struct ErrorDetails {
  std::string reason;  // upper snake, e.g. "KPI_NOT_FOUND"; empty when the server gave none
  std::string domain;
  std::map<std::string, std::string> metadata;
  std::vector<FieldViolation> violations;
  std::optional<absl::Duration> retry_delay;  // the server asks to try again after this
};

// The details of a status that a call of this library returned; all empty where there are none.
ErrorDetails DetailsOf(const absl::Status& status);

// One sentence or more without a trailing full stop: the server's message, then the field
// violations that the message doesn't name already.
std::string Readable(const absl::Status& status);

// The server could not be reached, or went away during the call. Sending the same again later is
// safe for everything that this library retries, and for facts.
bool IsUnreachable(const absl::Status& status);

// Builds what a call returns from the parts of a gRPC status: its code, its message and its binary
// details (a serialised google.rpc.Status, may be empty). CANCELLED without details is UNAVAILABLE:
// a server that is stopping threw the call away.
absl::Status MakeStatus(int code, std::string_view message, std::string_view binary_details);

}  // namespace keyscore::client
