// Admin datasets are kept in the store as serialised keyscore.v1.Dataset, kind "dataset".
#include "rpc/dataset_catalog.h"

#include <fmt/format.h>

#include <utility>

#include "config/nearest.h"
#include "facts/builtin_datasets.h"
#include "keyscore/v1/dataset_service.pb.h"
#include "rpc/convert.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

constexpr char kKind[] = "dataset";
constexpr char kAuthor[] = "admin";

absl::Status Taken(const std::string& id) {
  return WithReason(WithField(absl::AlreadyExistsError(
                                  fmt::format("dataset_id: there is a dataset '{}' already", id)),
                              "dataset_id"),
                    "DATASET_EXISTS");
}

// What is kept: as an admin would send it, so without the key columns.
std::string Payload(const facts::DatasetSchema& schema) {
  v1::Dataset dataset = ToProto(schema);
  dataset.mutable_columns()->DeleteSubrange(0, static_cast<int>(facts::KeyColumns().size()));
  return dataset.SerializeAsString();
}

}  // namespace

absl::Status DatasetCatalog::Load() {
  for (const facts::DatasetSchema& schema : facts::BuiltinDatasets()) {
    if (absl::Status status = store_.DefineDataset(schema); !status.ok()) return status;
    Add(schema);
  }
  const auto documents = store_.ListConfig(kKind);
  if (!documents.ok()) return documents.status();
  for (const store::ConfigRevision& document : *documents) {
    v1::Dataset dataset;
    if (!dataset.ParseFromString(document.payload)) {
      return absl::DataLossError(fmt::format("the stored dataset '{}' can't be read", document.id));
    }
    absl::StatusOr<facts::DatasetSchema> schema = SchemaFromProto(document.id, dataset);
    if (!schema.ok()) return schema.status();
    if (absl::Status status = store_.DefineDataset(*schema); !status.ok()) return status;
    Add(*std::move(schema));
  }
  return absl::OkStatus();
}

void DatasetCatalog::AddFromPlugins(const kpis::RegistrySnapshot& registry) {
  absl::MutexLock lock(&mutex_);
  auto schemas = std::make_shared<Schemas>(*schemas_);
  for (const auto& library : registry.libraries()) {
    // A newer version may have added columns.
    for (const facts::DatasetSchema& schema : library->datasets) {
      schemas->insert_or_assign(schema.id, schema);
    }
  }
  schemas_ = std::move(schemas);
}

void DatasetCatalog::Add(facts::DatasetSchema schema) {
  absl::MutexLock lock(&mutex_);
  auto schemas = std::make_shared<Schemas>(*schemas_);
  std::string id = schema.id;
  schemas->emplace(std::move(id), std::move(schema));
  schemas_ = std::move(schemas);
}

std::shared_ptr<const DatasetCatalog::Schemas> DatasetCatalog::All() const {
  absl::MutexLock lock(&mutex_);
  return schemas_;
}

absl::StatusOr<facts::DatasetSchema> DatasetCatalog::Find(const std::string& id) const {
  const std::shared_ptr<const Schemas> schemas = All();
  const auto found = schemas->find(id);
  if (found != schemas->end()) return found->second;
  std::vector<std::string> ids;
  for (const auto& entry : *schemas) ids.push_back(entry.first);
  return NotFound("DATASET_NOT_FOUND",
                  fmt::format("there is no dataset '{}'.{}", id, config::DidYouMean(id, ids)));
}

absl::Status DatasetCatalog::Create(const facts::DatasetSchema& schema, bool validate_only) {
  if (absl::Status status = facts::ValidateSchema(schema); !status.ok()) {
    return WithReason(WithField(std::move(status), "dataset"), "INVALID_SCHEMA");
  }
  const std::shared_ptr<const Schemas> known = All();
  if (known->contains(schema.id)) return Taken(schema.id);
  for (const facts::ColumnSchema& column : schema.columns) {
    if (!column.references.empty() && !known->contains(column.references)) {
      return InvalidField("dataset.columns",
                          fmt::format("column '{}' refers to the dataset '{}', which isn't there",
                                      column.name, column.references),
                          "INVALID_SCHEMA");
    }
  }
  if (validate_only) return absl::OkStatus();

  // Defined first: a document without its log would keep the server from starting, while a log
  // without its document is taken up when the dataset is created again.
  if (absl::Status status = store_.DefineDataset(schema); !status.ok()) {
    return absl::IsFailedPrecondition(status) ? Taken(schema.id) : status;
  }
  const auto written =
      store_.PutConfig(kKind, schema.id, 0, kAuthor, Payload(schema), /*deleted=*/false);
  if (absl::IsAborted(written.status())) return Taken(schema.id);
  if (!written.ok()) return written.status();
  Add(schema);
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
