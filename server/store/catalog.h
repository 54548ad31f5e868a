// What the store knows about its datasets, as an immutable snapshot.
//
// The writer publishes a new snapshot after each commit; a reader takes one and holds to it, so a
// query sees one watermark and one set of schemas from beginning to end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/btree_map.h"
#include "facts/schema.h"

namespace keyscore::store {

struct DatasetState {
  facts::DatasetSchema schema;
  int64_t schema_revision = 0;
  int64_t version_count = 0;       // rows of the log; versions are 1 … version_count
  int64_t superseded_count = 0;    // rows of the superseded table
  int64_t fact_count = 0;          // current facts
  int64_t unattributed_count = 0;  // versions with an account and no manager_id
  int64_t watermark = 0;           // last batch that wrote here
};

struct Catalog {
  int64_t watermark = 0;             // newest durable batch
  int64_t last_recorded_micros = 0;  // of that batch
  absl::btree_map<std::string, std::shared_ptr<const DatasetState>> datasets;

  const DatasetState* Find(const std::string& dataset) const {
    const auto it = datasets.find(dataset);
    return it == datasets.end() ? nullptr : it->second.get();
  }
};

}  // namespace keyscore::store
