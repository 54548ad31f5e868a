// Claims about the errors that a server answers with.
#pragma once

#include <gmock/gmock.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "keyscore/client/error.h"

namespace keyscore::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <class T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "") {
  const absl::Status& status = StatusOf(arg);
  *result_listener << client::Readable(status);
  return status.ok();
}

// The code, an ErrorInfo with an upper-snake reason, and something to read.
MATCHER_P(Refused, code, "") {
  const absl::Status& status = StatusOf(arg);
  const client::ErrorDetails details = client::DetailsOf(status);
  *result_listener << status.ToString() << " reason '" << details.reason << "' domain '"
                   << details.domain << "'";
  const bool upper_snake =
      !details.reason.empty() && details.reason.find_first_not_of(
                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
  return status.code() == code && upper_snake && !details.domain.empty() &&
         !status.message().empty();
}

// As Refused, and the field that is wrong is named.
MATCHER_P2(RefusedField, code, field, "") {
  const absl::Status& status = StatusOf(arg);
  const client::ErrorDetails details = client::DetailsOf(status);
  bool named = false;
  std::string fields;
  for (const client::FieldViolation& violation : details.violations) {
    named = named || violation.field == field;
    fields += violation.field + " ";
  }
  *result_listener << status.ToString() << " reason '" << details.reason << "' fields " << fields;
  return status.code() == code && !details.reason.empty() && named;
}

MATCHER_P(MessageHas, text, "") {
  const std::string readable = client::Readable(StatusOf(arg));
  *result_listener << readable;
  return readable.find(text) != std::string::npos;
}

}  // namespace keyscore::testing
