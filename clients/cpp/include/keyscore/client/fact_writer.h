// Sends batches of facts so that a broken connection costs nothing but time.
//
// Each batch is an AppendFacts stream of its own: when its answer is there, the batch is durable. A
// batch whose answer got lost is sent again, with exponential back-off; the server recognises rows
// it has (by fact_id) and counts them as replayed. One batch is under way while the caller prepares
// the next. When a writer gives up, what was confirmed stays, and running the same import again
// resumes.
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "keyscore/client/client.h"

namespace keyscore::client {

struct FactWriterOptions {
  v1::AppendFactsRequest::RejectPolicy reject_policy =
      v1::AppendFactsRequest::REJECT_POLICY_KEEP_GOOD_ROWS;
  bool validate_only = false;  // every check, nothing written
  int max_attempts = 5;        // of one batch
  absl::Duration initial_backoff = absl::Milliseconds(250);
  absl::Duration max_backoff = absl::Seconds(5);
};

// What the server confirmed so far.
struct FactWriterTotals {
  int64_t batches = 0;
  int64_t rows = 0;  // in those batches
  int64_t inserted = 0;
  int64_t updated = 0;
  int64_t replayed = 0;
  int64_t rejected = 0;
  int64_t retries = 0;
  int64_t watermark = 0;
};

class FactWriter {
 public:
  using DoneFn =
      std::function<void(const v1::AppendFactsRequest& sent, const v1::AppendFactsResponse&)>;

  // `client` must outlive the writer.
  FactWriter(Client* client, FactWriterOptions options);
  ~FactWriter();  // waits for the batch under way, ignoring what becomes of it
  FactWriter(const FactWriter&) = delete;
  FactWriter& operator=(const FactWriter&) = delete;

  // Waits for the batch under way, if any, and starts this one; reject_policy and validate_only are
  // set by the writer. `done` is called, on the caller's thread in a later Write() or Finish(),
  // when the batch is confirmed. After an error every further call returns it.
  absl::Status Write(v1::AppendFactsRequest batch, DoneFn done);

  // Waits for the batch under way.
  absl::Status Finish();

  const FactWriterTotals& totals() const { return totals_; }

 private:
  struct Outcome {
    v1::AppendFactsRequest batch;
    absl::StatusOr<v1::AppendFactsResponse> response;
    int retries = 0;
  };
  Outcome Send(v1::AppendFactsRequest batch) const;

  Client* const client_;
  const FactWriterOptions options_;
  std::future<Outcome> under_way_;
  DoneFn done_;
  absl::Status failure_;
  FactWriterTotals totals_;
};

}  // namespace keyscore::client
