// BatchUpsert of the directory's resources, written once for all of them.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "facts/validate.h"
#include "rpc/backend.h"
#include "rpc/directory_etags.h"
#include "rpc/directory_methods.h"
#include "rpc/directory_resources.h"
#include "rpc/directory_rows.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {

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

// ABORTED (ETAG_MISMATCH) where a resource carries an etag and is no longer, or never was, what
// that says.
template <typename Resource>
absl::Status CheckEtags(
    const google::protobuf::RepeatedPtrField<typename Resource::Message>& resources,
    const std::vector<std::string>& ids, const std::map<std::string, store::Row>& known,
    const facts::DatasetSchema& schema) {
  std::vector<std::string> stale;
  for (int i = 0; i < resources.size(); ++i) {
    if (resources[i].etag().empty()) continue;
    const auto found = known.find(ids[static_cast<size_t>(i)]);
    if (found == known.end()) {
      stale.push_back(resources[i].name() + " (not there)");
    } else if (ResourceOf<Resource>(schema, found->second).etag() != resources[i].etag()) {
      stale.push_back(resources[i].name());
    }
  }
  return stale.empty() ? absl::OkStatus() : EtagMismatch(stale);
}

// Checks the resources against what is known as of `watermark` and returns them as valid rows.
template <typename Resource>
absl::StatusOr<facts::ColumnBatch> CheckedRows(
    const Backend& backend,
    const google::protobuf::RepeatedPtrField<typename Resource::Message>& resources,
    const std::vector<std::string>& ids, int64_t watermark, const Call& call) {
  const facts::DatasetSchema& schema = DirectorySchema(Resource::kDataset);
  const auto known = LatestRows(backend.store, schema, ids, watermark, call.stop());
  if (!known.ok()) return known.status();
  auto batch = RowsOf<Resource>(resources, ids, *known, schema);
  if (!batch.ok()) return batch.status();
  auto validated = facts::Validate(schema, *std::move(batch), kMaxUpserts);
  if (!validated.ok()) return validated.status();
  if (!validated->rejects.empty()) {
    const facts::RowReject& reject = validated->rejects.front();
    return InvalidField(
        fmt::format("{}[{}].{}", Resource::kField, reject.row, Resource::FieldOf(reject.column)),
        reject.reason);
  }
  absl::Status etags = CheckEtags<Resource>(resources, ids, *known, schema);
  if (!etags.ok()) return etags;
  return std::move(validated->batch);
}

template <typename Resource, typename Response>
absl::Status UpsertResources(
    const Backend& backend,
    const google::protobuf::RepeatedPtrField<typename Resource::Message>& resources,
    bool validate_only, google::protobuf::RepeatedPtrField<typename Resource::Message>& out,
    Response& response, const Call& call) {
  const auto ids = IdsOf<Resource>(resources);
  if (!ids.ok()) return ids.status();
  const bool has_etags = std::any_of(resources.begin(), resources.end(),
                                     [](const auto& resource) { return !resource.etag().empty(); });
  const auto appended =
      AppendChecked(backend.store, /*only_if_unchanged=*/has_etags,
                    /*dry_run=*/validate_only || resources.empty(), [&](int64_t watermark) {
                      return CheckedRows<Resource>(backend, resources, *ids, watermark, call);
                    });
  if (!appended.ok()) return appended.status();
  if (!appended->has_value()) return absl::OkStatus();
  const int64_t watermark = (*appended)->watermark;
  backend.sources.Acknowledge(watermark, /*may_wait=*/true);
  const facts::DatasetSchema& schema = DirectorySchema(Resource::kDataset);
  const auto now = LatestRows(backend.store, schema, *ids, watermark, call.stop());
  if (!now.ok()) return now.status();
  for (const std::string& id : *ids) {
    const auto row = now->find(id);
    if (row != now->end()) *out.Add() = ResourceOf<Resource>(schema, row->second);
  }
  response.set_fact_watermark(watermark);
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
