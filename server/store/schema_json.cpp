// The documents are written and read by one version of the store's format only, so every field is
// present.
#include "store/schema_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace keyscore::store {
namespace {

using Json = nlohmann::ordered_json;

Json ColumnToJson(const facts::ColumnSchema& column) {
  Json json = {{"name", column.name},
               {"type", std::string(facts::ColumnTypeName(column.type))},
               {"nullable", column.nullable},
               {"description", column.description},
               {"references", column.references},
               {"allowed_values", column.allowed_values}};
  if (column.minimum.has_value()) json["minimum"] = *column.minimum;
  if (column.maximum.has_value()) json["maximum"] = *column.maximum;
  return json;
}

facts::ColumnType TypeFromName(const std::string& name) {
  using facts::ColumnType;
  for (const ColumnType type : {ColumnType::kBool, ColumnType::kInt64, ColumnType::kDouble,
                                ColumnType::kString, ColumnType::kTimestamp}) {
    if (facts::ColumnTypeName(type) == name) return type;
  }
  throw std::runtime_error("unknown column type " + name);
}

facts::ColumnSchema ColumnFromJson(const Json& json) {
  facts::ColumnSchema column;
  column.name = json.at("name");
  column.type = TypeFromName(json.at("type"));
  column.nullable = json.at("nullable");
  column.description = json.at("description");
  column.references = json.at("references");
  column.allowed_values = json.at("allowed_values").get<std::vector<std::string>>();
  if (json.contains("minimum")) column.minimum = json.at("minimum").get<double>();
  if (json.contains("maximum")) column.maximum = json.at("maximum").get<double>();
  return column;
}

}  // namespace

std::string SchemaToJson(const facts::DatasetSchema& schema) {
  Json columns = Json::array();
  for (const facts::ColumnSchema& column : schema.columns) columns.push_back(ColumnToJson(column));
  const Json json = {{"id", schema.id},
                     {"title", schema.title},
                     {"description", schema.description},
                     {"occurred_at_meaning", schema.occurred_at_meaning},
                     {"kind", static_cast<int>(schema.kind)},
                     {"declared_by", schema.declared_by},
                     {"key_column", schema.key_column},
                     {"columns", std::move(columns)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<facts::DatasetSchema> SchemaFromJson(const std::string& text) {
  try {  // the JSON library reports by exception; none leaves this function
    const Json json = Json::parse(text);
    facts::DatasetSchema schema;
    schema.id = json.at("id");
    schema.title = json.at("title");
    schema.description = json.at("description");
    schema.occurred_at_meaning = json.at("occurred_at_meaning");
    schema.kind = static_cast<facts::DatasetKind>(json.at("kind").get<int>());
    schema.declared_by = json.at("declared_by");
    schema.key_column = json.at("key_column");
    for (const Json& column : json.at("columns")) schema.columns.push_back(ColumnFromJson(column));
    return schema;
  } catch (const std::exception& error) {
    return absl::DataLossError(fmt::format("a stored schema cannot be read: {}", error.what()));
  }
}

}  // namespace keyscore::store
