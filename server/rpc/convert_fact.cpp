// Rows of the log as facts.
#include "rpc/convert.h"
#include "rpc/convert_time.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {

v1::Fact ToProto(const facts::DatasetSchema& schema, const store::Row& row) {
  v1::Fact fact;
  fact.set_name(MakeName("datasets", schema.id) + "/" + MakeName("facts", row.fact_id));
  for (size_t i = 0; i < row.values.size() && i < schema.columns.size(); ++i) {
    const store::Value& value = row.values[i];
    if (std::holds_alternative<std::monostate>(value)) continue;
    v1::FactValue& out = (*fact.mutable_values())[schema.columns[i].name];
    if (const auto* flag = std::get_if<bool>(&value)) {
      out.set_bool_value(*flag);
    } else if (const auto* integer = std::get_if<int64_t>(&value)) {
      out.set_int64_value(*integer);
    } else if (const auto* number = std::get_if<double>(&value)) {
      out.set_double_value(*number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      out.set_string_value(*text);
    } else if (const auto* time = std::get_if<absl::Time>(&value)) {
      *out.mutable_timestamp_value() = ToProto(*time);
    }
  }
  *fact.mutable_recorded_time() = ToProto(row.recorded_at);
  fact.set_fact_watermark(row.watermark);
  fact.set_attributed_manager(MakeOptionalName("managers", row.attributed_manager_id));
  if (row.measured.has_value()) fact.set_measured_value(*row.measured);
  return fact;
}

}  // namespace keyscore::rpc
