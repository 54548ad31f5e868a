// Look-ups by key.
#include "rpc/directory_rows.h"

#include <algorithm>
#include <utility>

#include "facts/builtin_datasets.h"
#include "rpc/row_reader.h"

namespace keyscore::rpc {

absl::StatusOr<std::map<std::string, store::Row>> LatestRows(store::Store& store,
                                                             const facts::DatasetSchema& schema,
                                                             const std::vector<std::string>& ids,
                                                             int64_t watermark,
                                                             const store::StopFn& stop) {
  std::map<std::string, store::Row> latest;
  if (ids.empty()) return latest;
  store::Condition among{.column = schema.key_column, .op = store::Condition::Op::kIn};
  for (const std::string& id : ids) among.operands.emplace_back(id);
  store::RowQuery query{.dataset = schema.id, .watermark = watermark};
  query.conditions.push_back(std::move(among));
  // Rows come by occurred_at, so the last one of an id is its latest.
  const absl::Status status = ForEachRow(store, std::move(query), stop, [&](const store::Row& row) {
    latest.insert_or_assign(KeyOf(schema, row), row);
  });
  if (!status.ok()) return status;
  return latest;
}

std::string KeyOf(const facts::DatasetSchema& schema, const store::Row& row) {
  return RowReader(schema, row).Text(schema.key_column);
}

const facts::DatasetSchema& DirectorySchema(const std::string& dataset) {
  const auto& all = facts::BuiltinDatasets();
  return *std::find_if(all.begin(), all.end(),
                       [&](const facts::DatasetSchema& schema) { return schema.id == dataset; });
}

}  // namespace keyscore::rpc
