// One stream of AppendFacts: takes batch after batch and keeps the counts.
#pragma once

#include "absl/status/status.h"
#include "facts/validate.h"
#include "keyscore/v1/fact_service.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

// Not for use from several threads at once. Independent of gRPC, so that tests can drive it.
class AppendSession {
 public:
  AppendSession(store::Store& store, const DatasetCatalog& datasets, size_t max_rows)
      : store_(store), datasets_(datasets), max_rows_(max_rows) {}

  // Validates and appends one batch; its columns are taken out of `message`. An error ends the
  // stream: its message and metadata name the batch and say how many were committed before.
  absl::Status Take(v1::AppendFactsRequest& message);

  // The response, once the client is done.
  absl::StatusOr<v1::AppendFactsResponse> Finish();

  // What an error of the stream says beside its own words.
  absl::Status InBatch(const absl::Status& status) const;

 private:
  absl::Status TakeUnnamed(v1::AppendFactsRequest& message);
  void AddRejects(const std::vector<facts::RowReject>& rejects);

  store::Store& store_;
  const DatasetCatalog& datasets_;
  const size_t max_rows_;
  uint32_t batch_ = 0;  // of the stream, from 0
  v1::AppendFactsResponse counts_;
};

}  // namespace keyscore::rpc
