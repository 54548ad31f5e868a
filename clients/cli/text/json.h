// Messages as proto3 JSON.
#pragma once

#include <string>

#include <google/protobuf/message.h>

namespace keyscore::cli {

// Indented, lowerCamelCase, zeros shown; fields that are absent (no data) stay absent. Ends in a
// line break.
std::string ToJson(const google::protobuf::Message& message);

}  // namespace keyscore::cli
