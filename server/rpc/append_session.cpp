// Batches in order, each all or nothing.
#include "rpc/append_session.h"

#include <fmt/format.h>

#include <utility>

#include "rpc/append_batch.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

constexpr int kMaxRejects = 10'000;
constexpr absl::Duration kWriterBusyDelay = absl::Seconds(1);

// The store and the schema know no fields and reasons of the API.
absl::Status Explained(absl::Status status) {
  const Fault fault = FaultOf(status);
  if (fault.reason != absl::StatusCodeToString(status.code())) return status;
  if (absl::IsInvalidArgument(status)) {
    return WithReason(WithField(std::move(status), "columns"), "INVALID_BATCH");
  }
  if (absl::IsResourceExhausted(status)) {
    return WithRetry(WithReason(std::move(status), "WRITER_BUSY"), kWriterBusyDelay);
  }
  return status;
}

}  // namespace

absl::Status AppendSession::Named(uint32_t batch, const absl::Status& status) const {
  sources_.Acknowledge(counts_.fact_watermark(), /*may_wait=*/false);
  absl::Status named = Prefixed(fmt::format("batch {}: ", batch), status);
  named = WithMetadata(std::move(named), "batch", std::to_string(batch));
  return WithMetadata(std::move(named), "batches_committed",
                      std::to_string(counts_.batches_committed()));
}

absl::Status AppendSession::Fail(const absl::Status& status) {
  if (absl::Status earlier = Settle(); !earlier.ok()) return earlier;
  return InBatch(status);
}

absl::Status AppendSession::Take(v1::AppendFactsRequest& message) {
  absl::StatusOr<Checked> batch = Check(message);
  if (absl::Status earlier = Settle(); !earlier.ok()) return earlier;
  if (!batch.ok()) return InBatch(batch.status());
  ++batch_;
  counts_.set_rows_received(counts_.rows_received() + batch->row_count);
  AddRejects(*batch);
  const auto rejected =
      batch->refused ? batch->row_count : static_cast<int64_t>(batch->validated.rejects.size());
  counts_.set_rows_rejected(counts_.rows_rejected() + rejected);
  if (batch->refused) {
    counts_.set_batches_refused(counts_.batches_refused() + 1);
    return absl::OkStatus();
  }
  if (batch->validate_only) return absl::OkStatus();
  if (batch->validated.batch.row_count == 0) {
    counts_.set_batches_committed(counts_.batches_committed() + 1);
    return absl::OkStatus();
  }
  writing_ = *std::move(batch);
  written_ =
      std::async(std::launch::async, [this] { return store_.Append(writing_->validated.batch); });
  return absl::OkStatus();
}

absl::StatusOr<AppendSession::Checked> AppendSession::Check(v1::AppendFactsRequest& message) const {
  const auto id = ParseName("dataset", "datasets", message.dataset());
  if (!id.ok()) return id.status();
  const auto schema = datasets_.Find(*id);
  if (!schema.ok()) return schema.status();
  if (!v1::AppendFactsRequest::RejectPolicy_IsValid(message.reject_policy())) {
    return InvalidField("reject_policy", "is no known policy", "INVALID_BATCH");
  }
  const bool refuse = message.reject_policy() == v1::AppendFactsRequest::REJECT_POLICY_REFUSE_BATCH;
  auto batch = TakeBatch(*id, max_rows_, message);
  if (!batch.ok()) return batch.status();
  const auto row_count = static_cast<int64_t>(batch->row_count);
  auto validated = facts::Validate(*schema, *std::move(batch), max_rows_);
  if (!validated.ok()) return Explained(validated.status());
  const bool refused = refuse && !validated->rejects.empty();
  return Checked{batch_, row_count, refused, message.validate_only(), *std::move(validated)};
}

absl::Status AppendSession::Settle() {
  if (!writing_.has_value()) return broken_;
  const absl::StatusOr<store::AppendResult> result = written_.get();
  const uint32_t batch = writing_->number;
  writing_.reset();
  if (!result.ok()) {
    broken_ = Named(batch, Explained(result.status()));
    return broken_;
  }
  counts_.set_rows_inserted(counts_.rows_inserted() + static_cast<int64_t>(result->inserted));
  counts_.set_rows_updated(counts_.rows_updated() + static_cast<int64_t>(result->updated));
  counts_.set_rows_replayed(counts_.rows_replayed() + static_cast<int64_t>(result->replayed));
  counts_.set_rows_deleted(counts_.rows_deleted() + static_cast<int64_t>(result->deleted));
  counts_.set_rows_unknown(counts_.rows_unknown() + static_cast<int64_t>(result->unknown_deletes));
  counts_.set_fact_watermark(result->watermark);
  counts_.set_batches_committed(counts_.batches_committed() + 1);
  return absl::OkStatus();
}

void AppendSession::AddRejects(const Checked& batch) {
  for (const facts::RowReject& reject : batch.validated.rejects) {
    if (counts_.rejects_size() >= kMaxRejects) return;
    v1::RowReject& out = *counts_.add_rejects();
    out.set_batch(batch.number);
    out.set_row(static_cast<uint32_t>(reject.row));
    out.set_column(reject.column);
    out.set_reason(reject.reason);
  }
}

absl::StatusOr<v1::AppendFactsResponse> AppendSession::Finish() {
  if (absl::Status last = Settle(); !last.ok()) return last;
  if (counts_.fact_watermark() == 0) {
    const auto watermark = store_.Watermark();
    if (!watermark.ok()) return watermark.status();
    counts_.set_fact_watermark(*watermark);
  }
  sources_.Acknowledge(counts_.fact_watermark(), /*may_wait=*/true);
  return std::move(counts_);
}

}  // namespace keyscore::rpc
