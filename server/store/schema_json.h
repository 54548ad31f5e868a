// Dataset schemas as the JSON documents that the store keeps.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "facts/schema.h"

namespace keyscore::store {

std::string SchemaToJson(const facts::DatasetSchema& schema);
// DATA_LOSS when the text is no such document.
absl::StatusOr<facts::DatasetSchema> SchemaFromJson(const std::string& text);

}  // namespace keyscore::store
