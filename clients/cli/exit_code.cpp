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
constexpr char kFindingMark[] = "keyscore.cli/finding";

// Why a server was not reached, and what a person can do about it.
struct Unreachable {
  std::string cause;
  std::string advice = "start keyscored there, or name another with --server or KEYSCORE_SERVER";
};

// What gRPC's text says when the connection is there and TLS, or the lack of it, ends it.
struct TlsFailure {
  const char* mark;
  const char* cause;
  const char* advice;
};
constexpr char kClosed[] = "the connection was closed";
constexpr char kClosedAdvice[] =
    "if the server talks TLS, give --tls-ca, and --tls-cert and --tls-key where it asks clients "
    "for "
    "a certificate; else see whether keyscored still runs there";
constexpr TlsFailure kTlsFailures[] = {
    {"certificate verify failed",
     "the TLS handshake failed, as no authority that is trusted here signed its certificate",
     "name the one that did with --tls-ca"},
    {"is not in peer certificate",
     "the TLS handshake failed, as its certificate is for another name",
     "give the name that stands there with --tls-server-name"},
    {"wrong version number", "the TLS handshake failed, as it talks no TLS there",
     "leave --tls and the options of TLS out, or name another with --server or KEYSCORE_SERVER"},
    // gRPC makes no address usable where it can't make anything of the PEM files.
    {"empty address list", "there is no way to connect",
     "see whether the files of --tls-ca, --tls-cert and --tls-key are what they should be, and the "
     "key is that of the certificate"},
    {"SSL", "the TLS handshake failed", "check --tls-ca, --tls-cert and --tls-key"},
    {"handshake", "the TLS handshake failed", "check --tls-ca, --tls-cert and --tls-key"},
    // A server that talks TLS, or refuses a client's certificate, just hangs up.
    {"Socket closed", kClosed, kClosedAdvice},
    {"Connection reset", kClosed, kClosedAdvice},
    {"Broken pipe", kClosed, kClosedAdvice},
    {"GOAWAY", kClosed, kClosedAdvice},
};

// Where gRPC's text ends in the cause that a person can do something about.
Unreachable Explain(std::string_view message) {
  for (const TlsFailure& failure : kTlsFailures) {
    if (message.find(failure.mark) == std::string_view::npos) continue;
    return {.cause = failure.cause, .advice = failure.advice};
  }
  for (const std::string_view cause :
       {"Connection refused", "No such file or directory", "Name or service",
        "Connection timed out", "No route to host", "Network is unreachable",
        "DNS resolution failed"}) {
    if (message.find(cause) == std::string_view::npos) continue;
    if (cause == "Name or service" || cause == "DNS resolution failed") {
      return {.cause = "the host name is not known"};
    }
    std::string text(cause);
    text[0] = static_cast<char>(text[0] | 0x20);
    return {.cause = text};
  }
  const size_t colon = message.rfind(": ");
  return {.cause =
              std::string(colon == std::string_view::npos ? message : message.substr(colon + 2))};
}

// What to do about a reason that the server gave, where its message doesn't say so.
std::string Advice(const absl::Status& status) {
  static constexpr std::array<std::pair<const char*, const char*>, 10> kByReason = {{
      {"KPI_NOT_FOUND", "`keyscore kpis list` shows what there is"},
      {"DATASET_NOT_FOUND", "`keyscore datasets list` shows what there is"},
      {"PLUGIN_NOT_FOUND", "`keyscore plugins list` shows what there is"},
      {"PLUGIN_NOT_INSTALLED", "`keyscore plugins disable` takes it out of the scorecards"},
      {"NOT_AN_ADMIN",
       "connect with an administrator's certificate: --tls-ca, --tls-cert and --tls-key"},
      {"WEIGHT_PROFILE_NOT_FOUND", "`keyscore weights list` shows what there is"},
      {"TARGET_SERIES_NOT_FOUND", "`keyscore weights targets list` shows what there is"},
      {"SCORE_OVERRIDE_NOT_FOUND", "`keyscore weights overrides list` shows what there is"},
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

absl::Status Finding(std::string_view message) {
  absl::Status status = absl::FailedPreconditionError(std::string(message));
  status.SetPayload(kFindingMark, absl::Cord("1"));
  return status;
}

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kOk;
  if (status.GetPayload(kFindingMark).has_value()) return kFound;
  if (status.GetPayload(kUsageMark).has_value()) return kUsage;
  return client::IsUnreachable(status) ? kUnreachable : kFailed;
}

std::string ErrorLine(const absl::Status& status, std::string_view server) {
  // One line, whatever the server sends: scripts read the last one.
  std::string message = Printable(client::Readable(status));
  if (client::IsUnreachable(status) && !message.starts_with("import stopped")) {
    const Unreachable why = Explain(message);
    return fmt::format("keyscore: cannot reach the server at {}: {}; {}", server, why.cause,
                       why.advice);
  }
  const std::string advice = Advice(status);
  // The server often gives the advice itself, after a semicolon or as a question.
  if (advice.empty() || message.find(';') != std::string::npos || message.ends_with('?')) {
    return fmt::format("keyscore: {}", message);
  }
  return fmt::format("keyscore: {}; {}", message, advice);
}

}  // namespace keyscore::cli
