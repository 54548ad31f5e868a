// Opaque page tokens (AIP-158): where a list goes on, bound to the request that began it.
#pragma once

#include <cstdint>
#include <string>

#include <google/protobuf/message.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace keyscore::rpc {

inline constexpr int kDefaultPageSize = 100;
inline constexpr int kMaxPageSize = 1'000;

// What a page needs to know of those before it; each list uses the fields it needs.
struct PagePosition {
  int64_t watermark = 0;  // the log as of which the first page was made
  int64_t offset = 0;
  absl::Time time = absl::UnixEpoch();  // of the last row, or the first page's now
  std::string id;                       // of the last row
};

// A token for the page after `position`. Bound to every field of `request` but page_size and
// page_token.
std::string MakePageToken(const google::protobuf::Message& request, const PagePosition& position);

// The position of `token`; the start for an empty one. INVALID_ARGUMENT for a token that was
// changed, or that another request got.
absl::StatusOr<PagePosition> ReadPageToken(const google::protobuf::Message& request,
                                           const std::string& token);

// 0 is the default, more than the maximum is the maximum; negative is INVALID_ARGUMENT.
absl::StatusOr<int> PageSize(int asked);

// Elements [begin, end) of a list in memory, and the token of what follows.
struct PageRange {
  size_t begin = 0;
  size_t end = 0;
  std::string next_page_token;
};
absl::StatusOr<PageRange> PageOf(const google::protobuf::Message& request, int page_size,
                                 const std::string& page_token, size_t total);

// The same bytes for equal messages.
std::string StableBytes(const google::protobuf::Message& message);

// The first 16 hex digits of SHA-256: fingerprints of tokens and etags.
std::string Fingerprint(const std::string& bytes);

}  // namespace keyscore::rpc
