// Get, List and BatchUpsert of the directory's resources, written once for all of them.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "facts/validate.h"
#include "rpc/backend.h"
#include "rpc/directory_resources.h"
#include "rpc/directory_rows.h"
#include "rpc/fault.h"
#include "rpc/filter.h"
#include "rpc/page_token.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {

// A row as the resource it describes, name and etag included.
template <typename Resource>
typename Resource::Message ResourceOf(const facts::DatasetSchema& schema, const store::Row& row) {
  auto message = Resource::FromRow(RowReader(schema, row));
  message.set_name(MakeName(Resource::kCollection, KeyOf(schema, row)));
  message.set_etag(Fingerprint(StableBytes(message)));
  return message;
}

template <typename Resource>
absl::Status GetResource(const Backend& backend, const std::string& name,
                         typename Resource::Message& response, const Call& call) {
  const auto id = ParseName("name", Resource::kCollection, name);
  if (!id.ok()) return id.status();
  const facts::DatasetSchema& schema = DirectorySchema(Resource::kDataset);
  const auto rows = LatestRows(backend.store, schema, {*id}, 0, call.stop());
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return NotFound(Resource::kNotFound, fmt::format("there is no {}", name));
  response = ResourceOf<Resource>(schema, rows->begin()->second);
  return absl::OkStatus();
}

// A page of rows, those left out that a later row of the same id replaces: so a page may be shorter
// than asked for.
template <typename Resource, typename Request, typename Response>
absl::Status ListResources(const Backend& backend, const Request& request,
                           google::protobuf::RepeatedPtrField<typename Resource::Message>& out,
                           Response& response, const Call& call) {
  const facts::DatasetSchema& schema = DirectorySchema(Resource::kDataset);
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const auto position = ReadPageToken(request, request.page_token());
  if (!position.ok()) return position.status();
  const auto comparisons = ParseFilter(request.filter());
  if (!comparisons.ok()) return comparisons.status();
  auto conditions = RowConditions(*comparisons, schema);
  if (!conditions.ok()) return conditions.status();

  store::RowQuery query{.dataset = schema.id};
  query.conditions = *std::move(conditions);
  query.limit = static_cast<size_t>(*page_size);
  if (!request.page_token().empty()) {
    query.watermark = position->watermark;
    query.after = {position->time, position->id};
  }
  const auto page = backend.store.ListRows(query, call.stop());
  if (!page.ok()) return page.status();
  std::vector<std::string> ids;
  for (const store::Row& row : page->rows) ids.push_back(KeyOf(schema, row));
  const auto latest = LatestRows(backend.store, schema, ids, page->watermark, call.stop());
  if (!latest.ok()) return latest.status();
  for (size_t i = 0; i < page->rows.size(); ++i) {
    const auto found = latest->find(ids[i]);
    if (found == latest->end() || found->second.fact_id != page->rows[i].fact_id) continue;
    *out.Add() = ResourceOf<Resource>(schema, page->rows[i]);
  }
  if (page->more && !page->rows.empty()) {
    const store::Row& last = page->rows.back();
    response.set_next_page_token(MakePageToken(
        request, {.watermark = page->watermark, .time = last.time, .id = last.fact_id}));
  }
  return absl::OkStatus();
}

// The resources as rows. Each keeps the fact_id of the row that it replaces, and is a new fact
// under its own id otherwise.
template <typename Resource>
absl::StatusOr<facts::ColumnBatch> RowsOf(
    const google::protobuf::RepeatedPtrField<typename Resource::Message>& resources,
    const std::vector<std::string>& ids, const std::map<std::string, store::Row>& known,
    const facts::DatasetSchema& schema) {
  RowWriter rows(schema);
  for (int i = 0; i < resources.size(); ++i) {
    const std::string& id = ids[static_cast<size_t>(i)];
    rows.NextRow();
    const auto replaced = known.find(id);
    rows.Text("fact_id", replaced == known.end() ? id : replaced->second.fact_id);
    if (schema.key_column != "fact_id") rows.Text(schema.key_column, id);
    if (const absl::Status status = Resource::ToRow(resources[i], rows); !status.ok()) {
      const std::string path = fmt::format("{}[{}].", Resource::kField, i);
      return WithField(Prefixed(path, status), path + FaultOf(status).field);
    }
  }
  return rows.Finish();
}

template <typename Resource>
absl::StatusOr<std::vector<std::string>> IdsOf(
    const google::protobuf::RepeatedPtrField<typename Resource::Message>& resources) {
  if (resources.size() > kMaxUpserts) {
    return InvalidField(Resource::kField,
                        fmt::format("{} resources, at most {} are allowed; send several requests",
                                    resources.size(), kMaxUpserts));
  }
  std::vector<std::string> ids;
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < resources.size(); ++i) {
    const std::string field = fmt::format("{}[{}].name", Resource::kField, i);
    auto id = ParseName(field, Resource::kCollection, resources[i].name());
    if (!id.ok()) return id.status();
    if (!seen.insert(*id).second) {
      return InvalidField(field, fmt::format("{} stands twice", resources[i].name()));
    }
    ids.push_back(*std::move(id));
  }
  return ids;
}

template <typename Resource, typename Response>
absl::Status UpsertResources(
    const Backend& backend,
    const google::protobuf::RepeatedPtrField<typename Resource::Message>& resources,
    bool validate_only, google::protobuf::RepeatedPtrField<typename Resource::Message>& out,
    Response& response, const Call& call) {
  const facts::DatasetSchema& schema = DirectorySchema(Resource::kDataset);
  const auto ids = IdsOf<Resource>(resources);
  if (!ids.ok()) return ids.status();
  const auto known = LatestRows(backend.store, schema, *ids, 0, call.stop());
  if (!known.ok()) return known.status();
  auto batch = RowsOf<Resource>(resources, *ids, *known, schema);
  if (!batch.ok()) return batch.status();
  const auto validated = facts::Validate(schema, *std::move(batch), kMaxUpserts);
  if (!validated.ok()) return validated.status();
  if (!validated->rejects.empty()) {
    const facts::RowReject& reject = validated->rejects.front();
    return InvalidField(
        fmt::format("{}[{}].{}", Resource::kField, reject.row, Resource::FieldOf(reject.column)),
        reject.reason);
  }
  if (validate_only || resources.empty()) return absl::OkStatus();
  const auto appended = backend.store.Append(validated->batch);
  if (!appended.ok()) return appended.status();
  const auto now = LatestRows(backend.store, schema, *ids, appended->watermark, call.stop());
  if (!now.ok()) return now.status();
  for (const std::string& id : *ids) {
    const auto row = now->find(id);
    if (row != now->end()) *out.Add() = ResourceOf<Resource>(schema, row->second);
  }
  response.set_fact_watermark(appended->watermark);
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
