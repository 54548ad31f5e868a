// Messages as proto3 JSON.
#include "cli/text/json.h"

#include <google/protobuf/util/json_util.h>

namespace keyscore::cli {

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) json = "{}";
  if (!json.ends_with('\n')) json += '\n';
  return json;
}

}  // namespace keyscore::cli
