// Instants and days between absl, protobuf and text.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace keyscore::rpc {

google::protobuf::Timestamp ToProto(absl::Time time);
void Fill(absl::Time time, google::protobuf::Timestamp& timestamp);

// INVALID_ARGUMENT for nanos out of range or a year outside 1 to 9999.
absl::StatusOr<absl::Time> FromProto(const std::string& field,
                                     const google::protobuf::Timestamp& timestamp);

// YYYY-MM-DD.
std::string FormatDay(absl::CivilDay day);
absl::StatusOr<absl::CivilDay> ParseDay(const std::string& field, const std::string& text);

}  // namespace keyscore::rpc
