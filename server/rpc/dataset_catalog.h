// The datasets that the server knows: built-in, declared by plugins, and created by admins.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "facts/schema.h"
#include "kpis/registry.h"
#include "store/store.h"

namespace keyscore::rpc {

class DatasetCatalog {
 public:
  using Schemas = std::map<std::string, facts::DatasetSchema, std::less<>>;  // by id

  explicit DatasetCatalog(store::Store& store) : store_(store) {}

  // Defines the built-in datasets in the store, then those that admins created earlier. To be
  // called once, before plugins are loaded: their measures are checked against these.
  absl::Status Load();
  // Takes up what the admitted plugins declared (and the registry has defined), at start and after
  // each change of plugins. Datasets of plugins that are gone stay: their facts are still there.
  void AddFromPlugins(const kpis::RegistrySnapshot& registry);

  // A snapshot that stays as it is.
  std::shared_ptr<const Schemas> All() const;
  // NOT_FOUND (DATASET_NOT_FOUND) names the nearest.
  absl::StatusOr<facts::DatasetSchema> Find(const std::string& id) const;

  // Declares a dataset of the organisation's own, durably. INVALID_ARGUMENT lists every fault,
  // ALREADY_EXISTS if the id is taken. With validate_only nothing is kept.
  absl::Status Create(const facts::DatasetSchema& schema, bool validate_only);

 private:
  void Add(facts::DatasetSchema schema);

  store::Store& store_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const Schemas> schemas_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<const Schemas>();
};

}  // namespace keyscore::rpc
