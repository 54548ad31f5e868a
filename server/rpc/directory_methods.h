// Get and List of the directory's resources, written once for all of them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "facts/schema.h"
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

}  // namespace keyscore::rpc
