// The refusal's words, and the rounds of checking and appending.
#include "rpc/directory_etags.h"

#include <fmt/format.h>

#include <utility>

#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

// An error travels in HTTP/2 headers, and its message there twice.
constexpr size_t kMaxNamesBytes = 1'000;
constexpr int kMaxRounds = 10;
constexpr absl::Duration kConcurrentWritesDelay = absl::Seconds(1);

}  // namespace

absl::Status EtagMismatch(const std::vector<std::string>& stale) {
  std::string names;
  size_t named = 0;
  for (const std::string& name : stale) {
    if (named > 0 && names.size() + name.size() > kMaxNamesBytes) break;
    names += (named == 0 ? "" : ", ") + name;
    ++named;
  }
  if (named < stale.size()) names += fmt::format(" and {} more", stale.size() - named);
  const bool one = stale.size() == 1;
  absl::Status status = absl::AbortedError(
      fmt::format("{} {} not as the etag says; nothing was written. Read {} again, and repeat the "
                  "change on what is there now",
                  names, one ? "is" : "are", one ? "it" : "them"));
  return WithMetadata(WithReason(std::move(status), "ETAG_MISMATCH"), "stale_count",
                      std::to_string(stale.size()));
}

absl::StatusOr<std::optional<store::AppendResult>> AppendChecked(
    store::Store& store, bool only_if_unchanged, bool dry_run,
    absl::FunctionRef<absl::StatusOr<facts::ColumnBatch>(int64_t watermark)> check) {
  absl::Status lost;
  for (int round = 0; round < kMaxRounds; ++round) {
    const auto watermark = store.Watermark();
    if (!watermark.ok()) return watermark.status();
    const auto batch = check(*watermark);
    if (!batch.ok()) return batch.status();
    if (dry_run) return std::nullopt;
    const auto appended =
        only_if_unchanged ? store.AppendIfUnchanged(*batch, *watermark) : store.Append(*batch);
    if (appended.ok()) return *appended;
    if (!absl::IsAborted(appended.status())) return appended.status();
    lost = appended.status();
  }
  return WithRetry(WithReason(Prefixed("others keep writing; nothing was written, send the same "
                                       "request again: ",
                                       lost),
                              "CONCURRENT_WRITES"),
                   kConcurrentWritesDelay);
}

}  // namespace keyscore::rpc
