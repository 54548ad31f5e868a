// Schemas from the catalogue, counts from the store.
#include "rpc/dataset_service.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "rpc/convert.h"
#include "rpc/fault.h"
#include "rpc/page_token.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

void AddCounts(const store::DatasetStats& stats, v1::Dataset& dataset) {
  dataset.set_fact_count(stats.fact_count);
  dataset.set_fact_watermark(stats.watermark);
}

}  // namespace

absl::Status DatasetService::Get(const v1::GetDatasetRequest& request, v1::Dataset& response) {
  const auto id = ParseName("name", "datasets", request.name());
  if (!id.ok()) return id.status();
  const auto schema = backend_.datasets.Find(*id);
  if (!schema.ok()) return schema.status();
  response = ToProto(*schema);
  if (schema->kind == facts::DatasetKind::kDerived) return absl::OkStatus();
  const auto stats = backend_.store.Stats(*id);
  if (!stats.ok()) return stats.status();
  for (const store::DatasetStats& of : *stats) {
    if (of.dataset == *id) AddCounts(of, response);
  }
  return absl::OkStatus();
}

absl::Status DatasetService::List(const v1::ListDatasetsRequest& request,
                                  v1::ListDatasetsResponse& response) {
  const auto schemas = backend_.datasets.All();
  std::vector<const facts::DatasetSchema*> ordered;
  for (const auto& entry : *schemas) ordered.push_back(&entry.second);
  auto page = PageOf(request, request.page_size(), request.page_token(), ordered.size());
  if (!page.ok()) return page.status();
  const auto stats = backend_.store.Stats("");
  if (!stats.ok()) return stats.status();
  std::map<std::string, store::DatasetStats> counts;
  for (const store::DatasetStats& of : *stats) counts[of.dataset] = of;
  for (size_t i = page->begin; i < page->end; ++i) {
    v1::Dataset& dataset = *response.add_datasets();
    dataset = ToProto(*ordered[i]);
    AddCounts(counts[ordered[i]->id], dataset);
  }
  response.set_next_page_token(std::move(page->next_page_token));
  return absl::OkStatus();
}

absl::Status DatasetService::Create(const v1::CreateDatasetRequest& request,
                                    v1::Dataset& response) {
  if (request.dataset_id().find('.') == std::string::npos) {
    return InvalidField("dataset_id",
                        fmt::format("'{}' needs a namespace, such as acme.site_visit",
                                    request.dataset_id().substr(0, 80)),
                        "INVALID_SCHEMA");
  }
  const auto schema = SchemaFromProto(request.dataset_id(), request.dataset());
  if (!schema.ok()) return schema.status();
  absl::Status status = backend_.datasets.Create(*schema, request.validate_only());
  if (status.ok()) response = ToProto(*schema);
  return status;
}

grpc::ServerUnaryReactor* DatasetService::GetDataset(grpc::CallbackServerContext* context,
                                                     const v1::GetDatasetRequest* request,
                                                     v1::Dataset* response) {
  return backend_.calls.Unary(context, "GetDataset",
                              [=, this](const Call&) { return Get(*request, *response); });
}

grpc::ServerUnaryReactor* DatasetService::ListDatasets(grpc::CallbackServerContext* context,
                                                       const v1::ListDatasetsRequest* request,
                                                       v1::ListDatasetsResponse* response) {
  return backend_.calls.Unary(context, "ListDatasets",
                              [=, this](const Call&) { return List(*request, *response); });
}

grpc::ServerUnaryReactor* DatasetService::CreateDataset(grpc::CallbackServerContext* context,
                                                        const v1::CreateDatasetRequest* request,
                                                        v1::Dataset* response) {
  return backend_.calls.Unary(context, "CreateDataset",
                              [=, this](const Call&) { return Create(*request, *response); });
}

}  // namespace keyscore::rpc
