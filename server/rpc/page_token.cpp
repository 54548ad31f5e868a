// A token is web-safe base64 of a JSON array whose first element is a checksum over the rest and
// the request. It guards against mistakes, not malice: what a token says is checked again where it
// is used.
#include "rpc/page_token.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <memory>

#include "absl/strings/escaping.h"
#include "nlohmann/json.hpp"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

constexpr size_t kMaxTokenBytes = 4'096;

// The request without its paging fields, the same bytes for equal requests.
std::string Canonical(const google::protobuf::Message& request) {
  std::unique_ptr<google::protobuf::Message> bare(request.New());
  bare->CopyFrom(request);
  for (const char* name : {"page_size", "page_token"}) {
    if (const auto* field = bare->GetDescriptor()->FindFieldByName(name)) {
      bare->GetReflection()->ClearField(bare.get(), field);
    }
  }
  return bare->GetDescriptor()->full_name() + '\n' + StableBytes(*bare);
}

std::string Checksum(const google::protobuf::Message& request, const nlohmann::json& content) {
  return Fingerprint(content.dump() + '\n' + Canonical(request));
}

absl::Status Unusable() {
  return InvalidField("page_token",
                      "does not belong to this request; repeat the request that it came with, or "
                      "start without a token",
                      "INVALID_PAGE_TOKEN");
}

}  // namespace

std::string StableBytes(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

std::string Fingerprint(const std::string& bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), 8));
}

std::string MakePageToken(const google::protobuf::Message& request, const PagePosition& position) {
  // The id may be any bytes as far as JSON is concerned, hence hex.
  const nlohmann::json content = {position.watermark, position.offset,
                                  absl::ToUnixMicros(position.time),
                                  absl::BytesToHexString(position.id)};
  return absl::WebSafeBase64Escape(nlohmann::json({Checksum(request, content), content}).dump());
}

absl::StatusOr<PagePosition> ReadPageToken(const google::protobuf::Message& request,
                                           const std::string& token) {
  if (token.empty()) return PagePosition{};
  std::string text;
  if (token.size() > kMaxTokenBytes || !absl::WebSafeBase64Unescape(token, &text)) {
    return Unusable();
  }
  const nlohmann::json outer = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!outer.is_array() || outer.size() != 2 || !outer[0].is_string()) return Unusable();
  const nlohmann::json& content = outer[1];
  if (!content.is_array() || content.size() != 4 || !content[0].is_number_integer() ||
      !content[1].is_number_integer() || !content[2].is_number_integer() ||
      !content[3].is_string() || outer[0].get<std::string>() != Checksum(request, content)) {
    return Unusable();
  }
  PagePosition position{.watermark = content[0].get<int64_t>(),
                        .offset = content[1].get<int64_t>(),
                        .time = absl::FromUnixMicros(content[2].get<int64_t>()),
                        .id = absl::HexStringToBytes(content[3].get<std::string>())};
  if (position.watermark < 0 || position.offset < 0) return Unusable();
  return position;
}

absl::StatusOr<int> PageSize(int asked) {
  if (asked < 0) {
    return InvalidField("page_size", "must not be negative; 0 asks for the default",
                        "INVALID_PAGE_SIZE");
  }
  return asked == 0 ? kDefaultPageSize : std::min(asked, kMaxPageSize);
}

absl::StatusOr<PageRange> PageOf(const google::protobuf::Message& request, int page_size,
                                 const std::string& page_token, size_t total) {
  const absl::StatusOr<int> size = PageSize(page_size);
  if (!size.ok()) return size.status();
  absl::StatusOr<PagePosition> position = ReadPageToken(request, page_token);
  if (!position.ok()) return position.status();
  PageRange range;
  range.begin = std::min(static_cast<size_t>(position->offset), total);
  range.end = std::min(range.begin + static_cast<size_t>(*size), total);
  if (range.end < total) {
    position->offset = static_cast<int64_t>(range.end);
    range.next_page_token = MakePageToken(request, *position);
  }
  return range;
}

}  // namespace keyscore::rpc
