// Exit codes and the last line.
#include "cli/exit_code.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "absl/strings/cord.h"
#include "cli/text/width.h"
#include "keyscore/client/error.h"

namespace keyscore::cli {
namespace {

constexpr char kUsageMark[] = "keyscore.cli/usage";

// Where gRPC's text ends in the cause that a person can do something about.
std::string CauseOfUnreachable(std::string_view message) {
  for (const std::string_view cause :
       {"Connection refused", "No such file or directory", "Connection reset", "Name or service",
        "Connection timed out", "No route to host", "Network is unreachable", "Socket closed",
        "GOAWAY", "DNS resolution failed", "SSL", "handshake"}) {
    if (message.find(cause) == std::string_view::npos) continue;
    if (cause == "Socket closed" || cause == "Connection reset" || cause == "GOAWAY") {
      return "the connection was closed";
    }
    if (cause == "Name or service" || cause == "DNS resolution failed") {
      return "the host name is not known";
    }
    if (cause == "SSL" || cause == "handshake") return "the TLS handshake failed";
    std::string text(cause);
    text[0] = static_cast<char>(text[0] | 0x20);
    return text;
  }
  const size_t colon = message.rfind(": ");
  return std::string(colon == std::string_view::npos ? message : message.substr(colon + 2));
}

// What to do about a reason that the server gave, where its message doesn't say so.
std::string Advice(const absl::Status& status) {
  static constexpr std::array<std::pair<const char*, const char*>, 5> kByReason = {{
      {"KPI_NOT_FOUND", "`keyscore kpis list` shows what there is"},
      {"DATASET_NOT_FOUND", "`keyscore datasets list` shows what there is"},
      {"PLUGIN_NOT_FOUND", "`keyscore plugins list` shows what there is"},
      {"SUBJECT_NOT_FOUND", "`keyscore rank managers --period P` shows who is known"},
      {"INVALID_PERIOD",
       "give 2017-Q3, 2017-09, 2017, 2017-07-01..2017-10-01 or trailing-90d@2017-10-01"},
  }};
  const std::string reason = client::DetailsOf(status).reason;
  for (const auto& [known, advice] : kByReason) {
    if (reason == known) return advice;
  }
  switch (status.code()) {
    case absl::StatusCode::kDeadlineExceeded:
      return "try a longer --timeout";
    case absl::StatusCode::kUnauthenticated:
      return "check --tls-cert and --tls-key";
    case absl::StatusCode::kUnimplemented:
      return "the server is older than this command, or is no Keyscore";
    default:
      return "";
  }
}

}  // namespace

absl::Status UsageError(std::string_view message) {
  absl::Status status = absl::InvalidArgumentError(std::string(message));
  status.SetPayload(kUsageMark, absl::Cord("1"));
  return status;
}

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kOk;
  if (status.GetPayload(kUsageMark).has_value()) return kUsage;
  return client::IsUnreachable(status) ? kUnreachable : kFailed;
}

std::string ErrorLine(const absl::Status& status, std::string_view server) {
  // One line, whatever the server sends: scripts read the last one.
  std::string message = Printable(client::Readable(status));
  if (client::IsUnreachable(status) && !message.starts_with("import stopped")) {
    return fmt::format(
        "keyscore: cannot reach the server at {}: {}; start keyscored there, or name another with "
        "--server or KEYSCORE_SERVER",
        server, CauseOfUnreachable(message));
  }
  const std::string advice = Advice(status);
  // The server often gives the advice itself, after a semicolon.
  if (advice.empty() || message.find(';') != std::string::npos) {
    return fmt::format("keyscore: {}", message);
  }
  return fmt::format("keyscore: {}; {}", message, advice);
}

}  // namespace keyscore::cli
