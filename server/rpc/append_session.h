// One stream of AppendFacts: takes batch after batch and keeps the counts.
//
// While a batch is being written the next one is read, parsed and validated. At most one is being
// written, so batches become durable in their order, and what a batch has to say, counts or an
// error, is said only when those before it have spoken.
#pragma once

#include <cstdint>
#include <future>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "facts/validate.h"
#include "keyscore/v1/fact_service.pb.h"
#include "rpc/backend.h"

namespace keyscore::rpc {

// Not for use from several threads at once. Independent of gRPC, so that tests can drive it.
class AppendSession {
 public:
  AppendSession(store::Store& store, measures::Sources& sources, const DatasetCatalog& datasets,
                size_t max_rows)
      : store_(store), sources_(sources), datasets_(datasets), max_rows_(max_rows) {}

  // Validates one batch and starts to append it; its columns are taken out of `message`. An error,
  // of this batch or of one before it, ends the stream: its message and metadata name the batch and
  // say how many were committed before.
  absl::Status Take(v1::AppendFactsRequest& message);

  // The response, once the client is done. Scorecards have the facts by then.
  absl::StatusOr<v1::AppendFactsResponse> Finish();

  // Ends the stream with an error that is not ours, or with that of a batch before.
  absl::Status Fail(const absl::Status& status);

  // What an error of the stream says beside its own words, at once: a batch that is being written
  // does not count as committed.
  absl::Status InBatch(const absl::Status& status) const { return Named(batch_, status); }

 private:
  // A batch that passed, or was refused.
  struct Checked {
    uint32_t number = 0;
    int64_t row_count = 0;
    bool refused = false;
    bool validate_only = false;
    facts::ValidatedBatch validated;
  };
  absl::StatusOr<Checked> Check(v1::AppendFactsRequest& message) const;
  // Waits for the batch being written, if there is one, and counts it.
  absl::Status Settle();
  void AddRejects(const Checked& batch);
  absl::Status Named(uint32_t batch, const absl::Status& status) const;

  store::Store& store_;
  measures::Sources& sources_;
  const DatasetCatalog& datasets_;
  const size_t max_rows_;
  uint32_t batch_ = 0;  // of the stream, from 0: the one that is read
  v1::AppendFactsResponse counts_;
  std::optional<Checked> writing_;
  std::future<absl::StatusOr<store::AppendResult>> written_;  // of writing_; waits when destroyed
  absl::Status broken_;  // the error that ended the stream, named
};

}  // namespace keyscore::rpc
