// Checks of form here; what speaks against a library is for the plugin host to say.
#include "rpc/install_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "rpc/convert.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

constexpr size_t kMaxChunkBytes = size_t{1} << 20;
constexpr size_t kMaxGoldenBytes = size_t{1} << 20;
constexpr size_t kSignatureBytes = 64;
constexpr size_t kDigestDigits = 64;
constexpr std::string_view kExtension = ".so";

absl::Status CheckFileName(const std::string& name) {
  constexpr char kField[] = "header.file_name";
  if (name.empty()) return InvalidField(kField, "is empty; give the file's name, acme_health.so");
  if (name.find('/') != name.npos) {
    return InvalidField(kField, "holds a '/'; give the file's name alone, acme_health.so");
  }
  if (!name.ends_with(kExtension) || name.size() == kExtension.size()) {
    return InvalidField(kField, "does not end in .so; the part before it is the plugin's id");
  }
  const std::string id = name.substr(0, name.size() - kExtension.size());
  if (id.front() == '.') {
    return InvalidField(kField, "begins with a '.'; the part before .so is the plugin's id");
  }
  return ParseName(kField, "plugins", MakeName("plugins", id)).status();
}

bool IsDigest(const std::string& text) {
  return text.size() == kDigestDigits &&
         std::all_of(text.begin(), text.end(), absl::ascii_isxdigit);
}

}  // namespace

absl::Status InstallSession::Take(v1::InstallPluginRequest& message) {
  switch (message.part_case()) {
    case v1::InstallPluginRequest::kHeader:
      return TakeHeader(*message.mutable_header());
    case v1::InstallPluginRequest::kContent:
      return TakeContent(message.content());
    case v1::InstallPluginRequest::PART_NOT_SET:
      break;
  }
  return InvalidField("part", "is not set; a message holds the header or a part of the file");
}

absl::Status InstallSession::TakeHeader(v1::InstallPluginRequest::Header& header) {
  if (request_.has_value()) {
    return InvalidField("header", "was sent already; only the first message holds it");
  }
  absl::StatusOr<kpis::Change> change = changes_.Allow(caller_, header.reason(), header.etag());
  if (absl::IsInvalidArgument(change.status())) {  // about the field "reason"
    return WithField(Prefixed("header.", change.status()), "header.reason");
  }
  if (!change.ok()) return change.status();
  if (absl::Status status = CheckFileName(header.file_name()); !status.ok()) return status;
  if (!header.sha256().empty() && !IsDigest(header.sha256())) {
    return InvalidField("header.sha256", "is no SHA-256; give 64 hex digits, or nothing");
  }
  if (!header.signature().empty() && header.signature().size() != kSignatureBytes) {
    return InvalidField("header.signature",
                        fmt::format("has {} bytes; an Ed25519 signature has {}",
                                    header.signature().size(), kSignatureBytes));
  }
  if (header.golden_vectors().size() > kMaxGoldenBytes) {
    return InvalidField("header.golden_vectors",
                        fmt::format("has {} bytes, at most {} are taken",
                                    header.golden_vectors().size(), kMaxGoldenBytes));
  }
  request_ = {.file_name = std::move(*header.mutable_file_name()),
              .from_directory = header.from_directory(),
              .content = "",
              .sha256 = absl::AsciiStrToLower(header.sha256()),
              .signature = std::move(*header.mutable_signature()),
              .golden_vectors = std::move(*header.mutable_golden_vectors()),
              .validate_only = header.validate_only(),
              .shadow = header.shadow(),
              .change = *std::move(change)};
  return absl::OkStatus();
}

absl::Status InstallSession::TakeContent(const std::string& content) {
  if (!request_.has_value()) {
    return InvalidField("header", "is missing; the first message must hold it");
  }
  if (request_->from_directory) {
    return InvalidField("content",
                        "is not taken with header.from_directory: the file is the server's own");
  }
  if (content.size() > kMaxChunkBytes) {
    return InvalidField("content", fmt::format("has {} bytes, a message may hold {}",
                                               content.size(), kMaxChunkBytes));
  }
  if (request_->content.size() + content.size() > static_cast<size_t>(max_library_bytes_)) {
    return InvalidField("content",
                        fmt::format("the file is larger than {} bytes; make it smaller, or raise "
                                    "plugins.max_library in the server's configuration",
                                    max_library_bytes_),
                        "LIBRARY_TOO_LARGE");
  }
  request_->content += content;
  return absl::OkStatus();
}

absl::StatusOr<v1::InstallPluginResponse> InstallSession::Finish(const store::StopFn& stop) {
  if (!request_.has_value()) {
    return InvalidField("header", "is missing; the first message must hold it");
  }
  if (!request_->from_directory && request_->content.empty()) {
    return InvalidField("content",
                        "the file is empty; send it after the header, or set "
                        "header.from_directory");
  }
  v1::InstallPluginResponse response;
  const absl::Status status =
      changes_.Run({"INSTALL_NOT_POSSIBLE", "PLUGIN_FILE_NOT_FOUND", /*examines=*/true}, [&] {
        const auto installed = plugins_.Install(*request_, stop);
        if (!installed.ok()) return installed.status();
        *response.mutable_plugin() = ToProto(installed->plugin);
        for (const kpis::ConformanceResult& check : installed->checks) {
          *response.add_checks() = ToProto(check);
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return response;
}

}  // namespace keyscore::rpc
