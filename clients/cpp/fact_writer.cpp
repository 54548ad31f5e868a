// Batches of facts, one confirmed stream each.
#include "keyscore/client/fact_writer.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "keyscore/client/error.h"

namespace keyscore::client {
namespace {

// How long to wait before trying again; absent = this error won't go away by itself.
std::optional<absl::Duration> RetryAfter(const absl::Status& status, absl::Duration backoff) {
  if (status.code() == absl::StatusCode::kUnavailable) return backoff;
  // A queue that is full: the server says when to come back.
  if (const auto asked = DetailsOf(status).retry_delay; asked.has_value()) {
    return std::max(*asked, backoff);
  }
  return std::nullopt;
}

}  // namespace

FactWriter::FactWriter(Client* client, FactWriterOptions options)
    : client_(client), options_(options) {}

FactWriter::~FactWriter() {
  if (under_way_.valid()) under_way_.wait();
}

FactWriter::Outcome FactWriter::Send(v1::AppendFactsRequest batch) const {
  absl::BitGen random;
  absl::Duration backoff = options_.initial_backoff;
  Outcome outcome{.batch = std::move(batch), .response = absl::UnknownError("nothing was sent")};
  for (int attempt = 1;; ++attempt) {
    outcome.response = client_->AppendFacts(outcome.batch);
    if (outcome.response.ok() || attempt >= options_.max_attempts) return outcome;
    const auto wait = RetryAfter(outcome.response.status(), backoff);
    if (!wait.has_value()) return outcome;
    ++outcome.retries;
    // Jitter, so that several writers don't come back at the same moment.
    absl::SleepFor(*wait * absl::Uniform(random, 0.8, 1.2));
    backoff = std::min(backoff * 2, options_.max_backoff);
  }
}

absl::Status FactWriter::Finish() {
  if (!under_way_.valid()) return failure_;
  const Outcome outcome = under_way_.get();
  totals_.retries += outcome.retries;
  if (!outcome.response.ok()) {
    failure_ = outcome.response.status();
    return failure_;
  }
  const v1::AppendFactsResponse& response = *outcome.response;
  ++totals_.batches;
  totals_.rows += response.rows_received();
  totals_.inserted += response.rows_inserted();
  totals_.updated += response.rows_updated();
  totals_.replayed += response.rows_replayed();
  totals_.rejected += response.rows_rejected();
  totals_.watermark = response.fact_watermark();
  if (done_) std::exchange(done_, nullptr)(outcome.batch, response);
  return failure_;
}

absl::Status FactWriter::Write(v1::AppendFactsRequest batch, DoneFn done) {
  if (absl::Status status = Finish(); !status.ok()) return status;
  batch.set_reject_policy(options_.reject_policy);
  batch.set_validate_only(options_.validate_only);
  done_ = std::move(done);
  under_way_ = std::async(std::launch::async, [this, batch = std::move(batch)]() mutable {
    return Send(std::move(batch));
  });
  return absl::OkStatus();
}

}  // namespace keyscore::client
